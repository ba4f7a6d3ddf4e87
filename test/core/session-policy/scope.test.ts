import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Scope, Statement } from '../../../core/entitlement.ts';
import { narrow } from '../../../core/session-policy/scope.ts';
import { grant } from '../../second-opinion/grants.ts';
import { applies, isNarrowable, mayNarrow, render } from '../../second-opinion/our-reasoning.ts';
import { probesOf } from '../../second-opinion/probes.ts';
import { matchesAction, matchesArn } from '../../second-opinion/wildcards.ts';
import { draws } from '../../support/draws.ts';

const allow = (Action: readonly string[], Resource: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const READ = allow(['s3:GetObject', 's3:GetObjectTagging'], ['arn:aws:s3:::b/a/*']);
const LIST: Statement = {
  ...allow(['s3:ListBucket'], ['arn:aws:s3:::b']),
  Condition: { StringLike: { 's3:prefix': 'a/*' } },
};
const DENY: Statement = {
  Effect: 'Deny',
  NotAction: ['s3:Get*', 's3:List*'],
  NotResource: ['arn:aws:s3:::b*'],
};

function left(statements: readonly Statement[], scope: Scope): readonly Statement[] {
  const narrowed = narrow(statements, scope);
  if (!narrowed.ok) throw new Error(JSON.stringify(narrowed.error));
  return narrowed.value;
}

function errors(statements: readonly Statement[], scope: Scope) {
  const narrowed = narrow(statements, scope);
  return narrowed.ok ? [] : narrowed.error.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe('a scope', () => {
  test('keeps the requested part of every statement, and drops statements without such a part', () => {
    expect(left([READ, LIST], { actions: ['s3:GetObject'] })).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::b/a/*']),
    ]);
    expect(left([READ, LIST], { resources: ['arn:aws:s3:::b/a/x*'] })).toEqual([
      allow(['s3:GetObject', 's3:GetObjectTagging'], ['arn:aws:s3:::b/a/x*']),
    ]);
  });

  test('of actions and resources may be spread over several statements', () => {
    const scope = {
      actions: ['s3:ListBucket', 's3:GetObject'],
      resources: ['arn:aws:s3:::b/a/x', 'arn:aws:s3:::b'],
    };
    expect(left([READ, LIST], scope)).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::b/a/x']),
      { ...LIST, Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::b'] },
    ]);
  });

  test('keeps all conditions, and every Deny statement', () => {
    expect(left([DENY, LIST, READ], { actions: ['s3:ListBucket'] })).toEqual([LIST, DENY]);
  });

  test('may have wildcards, and actions in any case', () => {
    const all = [allow(['s3:*'], ['arn:aws:s3:::b/*'])];
    const scope = { actions: ['S3:get*'], resources: ['arn:aws:s3:::b/a?/*'] };
    expect(left(all, scope)).toEqual([allow(['S3:get*'], ['arn:aws:s3:::b/a?/*'])]);
    expect(errors(all, { resources: ['arn:aws:s3:::B/x'] })).toHaveLength(1);
  });

  test('wider than a statement leaves it unchanged, if another statement contains the scope', () => {
    const own = allow(['s3:GetObject'], ['arn:aws:s3:::c/x']);
    const all = allow(['s3:*'], ['arn:aws:s3:::c*', 'arn:aws:s3:::d/*']);
    const scope = { actions: ['s3:Get*'], resources: ['arn:aws:s3:::c*'] };
    expect(left([own, all], scope)).toEqual([own, allow(['s3:Get*'], ['arn:aws:s3:::c*'])]);
  });

  test('of several patterns leaves a statement that any one of them contains', () => {
    const own = allow(['s3:GetObject'], ['arn:aws:s3:::c/x']);
    const all = allow(['s3:*'], ['arn:aws:s3:::*']);
    const scope = {
      actions: ['s3:Put*', 's3:Get*'],
      resources: ['arn:aws:s3:::d/*', 'arn:aws:s3:::c/*'],
    };
    expect(left([own, all], scope)).toEqual([own, allow(scope.actions, scope.resources)]);
  });

  test.each<[string, Scope, string]>([
    [
      'an action',
      { actions: ['s3:GetObject', 's3:GetObjectAcl'] },
      "/scope/actions/1 's3:GetObjectAcl' is not contained in the entitlement; the nearest is 's3:GetObject'",
    ],
    [
      'an action that no single pattern contains',
      { actions: ['s3:GetObject*'] },
      "/scope/actions/0 's3:GetObject*' is not contained in the entitlement; the nearest is 's3:GetObject'",
    ],
    [
      'a resource',
      { resources: ['arn:aws:s3:::b/b/x'] },
      "/scope/resources/0 'arn:aws:s3:::b/b/x' is not contained in the entitlement; the nearest is 'arn:aws:s3:::b/a/*'",
    ],
    [
      'a wildcard that reaches beyond',
      { resources: ['arn:aws:s3:::b/a*'] },
      "/scope/resources/0 'arn:aws:s3:::b/a*' is not contained in the entitlement; the nearest is 'arn:aws:s3:::b/a/*'",
    ],
    [
      'an action without a resource of its own',
      { actions: ['s3:ListBucket', 's3:GetObject'], resources: ['arn:aws:s3:::b/a/x'] },
      "/scope/actions/0 's3:ListBucket' is not allowed together with any of the requested resources",
    ],
    [
      'a resource without an action of its own',
      { actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::b/a/x', 'arn:aws:s3:::b'] },
      "/scope/resources/0 'arn:aws:s3:::b/a/x' is not allowed together with any of the requested actions",
    ],
    [
      'such an action in another case',
      { actions: ['S3:LISTBUCKET', 's3:GetObject'], resources: ['arn:aws:s3:::b/a/x'] },
      "/scope/actions/0 'S3:LISTBUCKET' is not allowed together with any of the requested resources",
    ],
    [
      'a resource in another case',
      { actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::b/A/x', 'arn:aws:s3:::b'] },
      "/scope/resources/0 'arn:aws:s3:::b/A/x' is not contained in the entitlement; the nearest is 'arn:aws:s3:::b/a/*'",
    ],
  ])(
    'that is not contained is refused with the nearest pattern that is: %s',
    (_, scope, message) => {
      expect(errors([READ, LIST, DENY], scope)).toEqual([message]);
    },
  );

  test('that is not contained is refused with every such part, actions first', () => {
    const scope = { actions: ['x:A', 's3:GetObject', 'x:B'], resources: ['arn:aws:s3:::z'] };
    const pointers = errors([READ], scope).map((line) => line.split(' ')[0]);
    expect(pointers).toEqual([
      '/scope/actions/0',
      '/scope/actions/1',
      '/scope/actions/2',
      '/scope/resources/0',
    ]);
  });

  const NOT_ACTION: Statement = { Effect: 'Allow', NotAction: ['iam:*'], Resource: ['*'] };
  const NOT_RESOURCE: Statement = {
    Effect: 'Allow',
    Action: ['s3:*'],
    NotResource: ['arn:aws:s3:::x/*'],
  };

  test.each([
    ['NotAction', NOT_ACTION],
    ['NotResource', NOT_RESOURCE],
  ])('cannot narrow an entitlement that allows by %s alone', (_, statement) => {
    const message =
      '/scope cannot narrow this entitlement, because it allows by NotAction or NotResource';
    expect(errors([statement, DENY], { actions: ['s3:GetObject'] })).toEqual([message]);
  });

  test.each([
    ['NotAction', NOT_ACTION],
    ['NotResource', NOT_RESOURCE],
  ])('narrows the plain statements beside one with %s, which it leaves out', (_, statement) => {
    const scope = { actions: ['s3:GetObject'] };
    expect(left([statement, READ, DENY], scope)).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::b/a/*']),
      DENY,
    ]);
    expect(errors([statement, READ], { actions: ['s3:PutObject'] })).toEqual([
      "/scope/actions/0 's3:PutObject' is not contained in the entitlement; the nearest is 's3:GetObject'; what it allows by NotAction or NotResource cannot be narrowed",
    ]);
  });

  test('cannot narrow what allows nothing', () => {
    expect(errors([DENY], { actions: ['s3:GetObject'] })).toEqual([
      "/scope/actions/0 's3:GetObject' is not contained in the entitlement, which allows nothing",
    ]);
  });

  test('never allows a call that the entitlement denies, or that the scope does not name', () => {
    const probed = grant.chain((one) => fc.tuple(fc.constant(one), probesOf(one)));
    let both = 0;
    let mixed = 0;
    fc.assert(
      fc.property(probed, ([granted, probe]) => {
        if (granted.scope === null) return;
        const whole = render(granted);
        const narrowed = narrow(whole, granted.scope);
        expect(narrowed.ok).toBe(mayNarrow(granted));
        if (!narrowed.ok) return;
        const { actions, resources } = granted.scope;
        const asked =
          (actions?.some((one) => matchesAction(one, probe.action)) ?? true) &&
          (resources?.some((one) => matchesArn(one, probe.resource)) ?? true);
        const allowed = (statements: readonly Statement[]) => {
          const applying = statements.filter((one) => applies(one, probe));
          return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
        };
        expect(allowed(narrowed.value)).toBe(asked && allowed(whole.filter(isNarrowable)));
        if (!allowed(narrowed.value)) return;
        // Whatever was left out, a scope never widens.
        expect(asked && allowed(whole)).toBe(true);
        both += 1;
        if (!whole.every(isNarrowable)) mixed += 1;
      }),
      { numRuns: draws(4_000) },
    );
    expect(both).toBeGreaterThan(draws(150));
    expect(mixed).toBeGreaterThanOrEqual(Math.floor(draws(4_000) / 4_000));
  });
});
