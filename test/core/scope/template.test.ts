import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../../core/entitlement.ts';
import { placeholdersIn, renderStatement } from '../../../core/template.ts';

const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };

const full: Statement = {
  Effect: 'Deny',
  NotAction: ['s3:{{p}}'],
  NotResource: ['arn:aws:s3:::{{p}}-{{account}}-{{region}}/{{p}}/${aws:username}', '*'],
  Condition: {
    StringLike: { 's3:prefix': ['{{p}}/*', 'x'], 'aws:PrincipalTag/{{p}}': '{{q}}{{p}}' },
    Bool: { 'aws:SecureTransport': 'true' },
  },
};

describe('rendering a statement', () => {
  test('fills every placeholder of resources and condition values, and nothing else', () => {
    expect(renderStatement(full, { p: 'a', q: 'b' }, DEPLOYMENT)).toEqual({
      Effect: 'Deny',
      NotAction: ['s3:{{p}}'],
      NotResource: ['arn:aws:s3:::a-111122223333-eu-central-1/a/${aws:username}', '*'],
      Condition: {
        StringLike: { 's3:prefix': ['a/*', 'x'], 'aws:PrincipalTag/{{p}}': 'ba' },
        Bool: { 'aws:SecureTransport': 'true' },
      },
    });
    const plain: Statement = { Effect: 'Allow', Action: ['a:A'], Resource: ['{{p}}'] };
    expect(renderStatement(plain, { p: 'a' }, DEPLOYMENT)).toEqual({ ...plain, Resource: ['a'] });
  });

  test.each(['{{q}}', '{{account}}', '{{', '}}', '$&', '$1', "$'", '\\', '__proto__'])(
    'leaves the value %s as it is',
    (p) => {
      const statement: Statement = {
        Effect: 'Allow',
        Action: ['a:A'],
        Resource: ['<{{p}}|{{p}}>'],
      };
      const rendered = renderStatement(statement, { p, q: 'no' }, DEPLOYMENT);
      expect(rendered.Resource).toEqual([`<${p}|${p}>`]);
    },
  );

  test('never takes account and region from a caller', () => {
    const statement: Statement = {
      Effect: 'Allow',
      Action: ['a:A'],
      Resource: ['{{account}}{{region}}'],
    };
    const rendered = renderStatement(statement, { account: '9', region: 'x' }, DEPLOYMENT);
    expect(rendered.Resource).toEqual(['111122223333eu-central-1']);
  });

  test.each(['unknown', 'constructor', 'toString', '__proto__', ''])(
    'fails for the placeholder {{%s}}, which has no value',
    (name) => {
      const statement: Statement = { Effect: 'Allow', Action: ['a:A'], Resource: [`{{${name}}}`] };
      const render = () => renderStatement(statement, { p: 'a' }, DEPLOYMENT);
      expect(render).toThrow(new RangeError(`no value for the placeholder {{${name}}}`));
    },
  );
});

test('placeholders are found in their order, each as often as it stands there', () => {
  expect(placeholdersIn('{{a}}/${aws:x}/{{b}}{{a}}')).toEqual(['a', 'b', 'a']);
  expect(placeholdersIn('{a} {{a} ${a}')).toEqual([]);
});
