import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Statement } from '../../../core/entitlement.ts';
import { placeholdersIn, renderStatement } from '../../../core/session-policy/template.ts';

const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1', partition: 'aws' };

const allow = (...Resource: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: ['s3:GetObject'],
  Resource,
});

function resourceOf(text: string, parameters: Readonly<Record<string, string>> = {}): string {
  return renderStatement(allow(text), parameters, DEPLOYMENT).Resource?.[0] ?? '';
}

describe('rendering', () => {
  test('replaces every placeholder in resources and condition values', () => {
    const statement: Statement = {
      Effect: 'Deny',
      NotAction: ['s3:Get*'],
      NotResource: ['arn:{{p}}:{{p}}', '{{account}}'],
      Condition: { StringLike: { 's3:prefix': ['{{p}}/*', '{{region}}'], one: '{{p}}' } },
    };
    expect(renderStatement(statement, { p: 'x' }, DEPLOYMENT)).toEqual({
      Effect: 'Deny',
      NotAction: ['s3:Get*'],
      NotResource: ['arn:x:x', '111122223333'],
      Condition: { StringLike: { 's3:prefix': ['x/*', 'eu-central-1'], one: 'x' } },
    });
  });

  test('makes a single pass, so that a value which looks like a placeholder stays text', () => {
    expect(resourceOf('{{a}}{{b}}', { a: '{{b}}', b: '{{account}}' })).toBe('{{b}}{{account}}');
    expect(resourceOf('{{a}}{{b}}', { a: '{{', b: 'account}}' })).toBe('{{account}}');
  });

  test('inserts a value unchanged, even if it looks like a replacement pattern of JavaScript', () => {
    for (const p of ['$&', '$1', '$$', "$'", '$`', '\\$&', '\\1']) {
      expect(resourceOf('a{{p}}b', { p })).toBe(`a${p}b`);
    }
  });

  test('leaves IAM’s own variables and wildcards unchanged', () => {
    const text = "arn:aws:s3:::b/${aws:username}/*/${aws:PrincipalTag/team, 'none'}/?{{p}}${$}";
    expect(resourceOf(text, { p: 'x' })).toBe(text.replace('{{p}}', 'x'));
  });

  test('prefers the deployment’s own values over those of a caller', () => {
    expect(resourceOf('{{account}}', { account: '999999999999' })).toBe('111122223333');
  });

  test('changes neither actions nor condition keys, which are never templates', () => {
    const Condition = { StringEquals: { 'aws:PrincipalTag/{{p}}': '{{p}}' } };
    const statement = { ...allow('*'), Action: ['{{p}}:Get'], Condition };
    expect(renderStatement(statement, { p: 's3' }, DEPLOYMENT)).toMatchObject({
      Action: ['{{p}}:Get'],
      Condition: { StringEquals: { 'aws:PrincipalTag/{{p}}': 's3' } },
    });
    const not = { Effect: 'Deny', NotAction: ['{{p}}:Get'], Resource: ['*'] } as const;
    expect(renderStatement(not, { p: 's3' }, DEPLOYMENT).NotAction).toEqual(['{{p}}:Get']);
  });

  test.each(['p', 'toString', 'constructor', '__proto__', '', ' account'])(
    'throws for a placeholder {{%s}} without a value',
    (name) => {
      const error = new RangeError(`no value for the placeholder {{${name}}}`);
      expect(() => resourceOf(`a{{${name}}}`)).toThrow(error);
    },
  );

  test('does not change the template itself', () => {
    const statement = allow('{{p}}');
    renderStatement(statement, { p: 'x' }, DEPLOYMENT);
    expect(statement).toEqual(allow('{{p}}'));
  });

  test('inserts exactly the value, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (p) => {
        expect(resourceOf('<{{p}}|{{p}}>', { p })).toBe(`<${p}|${p}>`);
      }),
    );
  });
});

describe('the placeholders of a text', () => {
  test('are all names between double braces', () => {
    expect(placeholdersIn('{{a}}/{{b}}{{a}}{{ c }}{{}}')).toEqual(['a', 'b', 'a', ' c ', '']);
    expect(placeholdersIn('{a} ${aws:x} {{a} {{a')).toEqual([]);
    expect(placeholdersIn('{{{a}}}')).toEqual(['a']);
  });
});
