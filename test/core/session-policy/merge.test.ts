import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Statement } from '../../../core/entitlement.ts';
import { composeSessionPolicy } from '../../../core/session-policy/compose.ts';
import { mergeStatements } from '../../../core/session-policy/merge.ts';
import { statement } from '../../second-opinion/entitlements.ts';
import { grant, unscoped } from '../../second-opinion/grants.ts';
import { applies, type Call, render } from '../../second-opinion/our-reasoning.ts';
import { probesOf } from '../../second-opinion/probes.ts';
import { draws } from '../../support/draws.ts';

const allow = (Action: readonly string[], Resource: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

function answer(statements: readonly Statement[], call: Call): string {
  const effects = statements.filter((one) => applies(one, call)).map(({ Effect }) => Effect);
  return effects.includes('Deny') ? 'denied' : (effects[0] ?? 'nothing');
}

describe('merging statements', () => {
  test.each<[string, readonly Statement[], readonly Statement[]]>([
    [
      'of which one allows all actions',
      [allow(['a:A', '*', 'b:*'], ['arn:1'])],
      [allow(['*'], ['arn:1'])],
    ],
    [
      'that differ in resources',
      [allow(['a:A'], ['arn:1']), allow(['a:A'], ['arn:2', 'arn:1'])],
      [allow(['a:A'], ['arn:1', 'arn:2'])],
    ],
    [
      'that differ in actions',
      [allow(['a:A'], ['arn:1']), allow(['a:B'], ['arn:1'])],
      [allow(['a:A', 'a:B'], ['arn:1'])],
    ],
    [
      'whose lists have the same entries in another order',
      [allow(['a:A', 'a:B'], ['arn:1']), allow(['a:B', 'a:A'], ['arn:2'])],
      [allow(['a:A', 'a:B'], ['arn:1', 'arn:2'])],
    ],
    [
      'by resources first, then by actions',
      [allow(['a:A'], ['arn:1']), allow(['a:B'], ['arn:1', 'arn:2']), allow(['a:A'], ['arn:2'])],
      [allow(['a:A', 'a:B'], ['arn:1', 'arn:2'])],
    ],
    [
      'whose fields are in another order',
      [allow(['a:A'], ['arn:1']), { Resource: ['arn:2'], Action: ['a:A'], Effect: 'Allow' }],
      [allow(['a:A'], ['arn:1', 'arn:2'])],
    ],
    ['that are the same', [withoutMfa(), withoutMfa()], [withoutMfa()]],
  ])('makes one of statements %s', (_, before, after) => {
    expect(mergeStatements(before)).toEqual(after);
  });

  test.each<[string, readonly Statement[]]>([
    ['actions and resources', [allow(['a:A'], ['arn:1']), allow(['a:B'], ['arn:2'])]],
    ['effect', [allow(['a:A'], ['arn:1']), { ...allow(['a:A'], ['arn:2']), Effect: 'Deny' }]],
    ['condition', [allow(['a:A'], ['arn:1']), { ...withoutMfa(), Effect: 'Allow' }]],
    [
      'NotAction',
      [
        { Effect: 'Allow', NotAction: ['a:A'], Resource: ['arn:1'] },
        { Effect: 'Allow', NotAction: ['a:B'], Resource: ['arn:1'] },
      ],
    ],
    [
      'NotResource',
      [
        { Effect: 'Deny', Action: ['a:A'], NotResource: ['arn:1'] },
        { Effect: 'Deny', Action: ['a:A'], NotResource: ['arn:2'] },
      ],
    ],
  ])('does not change statements that differ in %s', (_, statements) => {
    expect(mergeStatements(statements)).toEqual(statements);
  });

  test('drops a pattern that another one of its list contains, and keeps the first of equals', () => {
    const statements = [
      allow(
        ['s3:GetObject', 's3:Get*', 'S3:GET*', 's3:PutObject'],
        ['arn:aws:s3:::b/a', 'arn:aws:s3:::b/*', 'arn:aws:s3:::B/a', 'arn:aws:s3:::b/?*'],
      ),
    ];
    expect(mergeStatements(statements)).toEqual([
      allow(['s3:Get*', 's3:PutObject'], ['arn:aws:s3:::b/*', 'arn:aws:s3:::B/a']),
    ]);
    const not: Statement = { Effect: 'Deny', NotAction: ['s3:*', 's3:Get*'], Resource: ['*'] };
    expect(mergeStatements([not])).toEqual([not]);
  });

  test('changes no answer, never adds a statement, and always gives the same result', () => {
    const probed = grant.chain((one) => fc.tuple(fc.constant(one), probesOf(one)));
    let fewer = 0;
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(probed, statement, fc.nat(), ([granted, probe], other, at) => {
        const rendered = render(granted);
        // Adds twins of a statement, because few generated statements could merge otherwise.
        const twin = rendered[at % rendered.length] ?? other;
        const statements = [
          ...rendered,
          { ...twin, ...(twin.Resource && other.Resource && { Resource: other.Resource }) },
          { ...twin, ...(twin.Action && other.Action && { Action: other.Action }) },
        ];
        const merged = mergeStatements(statements);
        const before = answer(statements, probe);
        expect(answer(merged, probe)).toBe(before);
        seen.set(before, (seen.get(before) ?? 0) + 1);
        expect(merged.length).toBeLessThanOrEqual(statements.length);
        if (merged.length < statements.length) fewer += 1;
        expect(mergeStatements(statements)).toEqual(merged);
      }),
      { numRuns: draws(4_000) },
    );
    expect(fewer).toBeGreaterThan(draws(1_000));
    for (const outcome of ['Allow', 'denied', 'nothing']) {
      expect(seen.get(outcome) ?? 0).toBeGreaterThan(draws(100));
    }
  });
});

describe('the session policy', () => {
  test('is the same text for the same input, whatever the order of its parameters', () => {
    fc.assert(
      fc.property(grant, (granted) => {
        const { p = '', q = '' } = granted.parameters;
        const again = { ...structuredClone(granted), parameters: { q, p } };
        expect(composeSessionPolicy(again)).toEqual(composeSessionPolicy(granted));
      }),
    );
  });

  test('always denies after its end, and from other networks if it is bound to one', () => {
    fc.assert(
      fc.property(unscoped, (granted) => {
        const policy = composeSessionPolicy(granted);
        if (!policy.ok) return;
        const { Statement } = JSON.parse(policy.value);
        const ends = granted.entitlement.network === 'bind' ? 2 : 1;
        expect(Statement.slice(-ends)).toEqual(
          Statement.slice(-ends).map(({ Condition }: Statement) => ({
            Effect: 'Deny',
            Action: '*',
            Resource: '*',
            Condition,
          })),
        );
        const text = JSON.stringify(Statement.slice(-ends));
        expect(text).toContain(
          '"DateGreaterThanEquals":{"aws:CurrentTime":"2026-11-23T10:30:00Z"}',
        );
        expect(text.includes(`"NotIpAddress":{"aws:SourceIp":"${granted.sourceIp}"}`)).toBe(
          ends === 2,
        );
      }),
    );
  });
});

function withoutMfa(): Statement {
  return {
    Effect: 'Deny',
    Action: ['a:A'],
    Resource: ['arn:2'],
    Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  };
}
