import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Scope, Statement } from '../../../core/entitlement.ts';
import { narrow } from '../../../core/session-policy/scope.ts';
import { grant } from '../../second-opinion/grants.ts';
import { applies, mayNarrow, render } from '../../second-opinion/our-reasoning.ts';
import { probesOf } from '../../second-opinion/probes.ts';
import { matchesAction, matchesArn } from '../../second-opinion/wildcards.ts';

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
  test('leaves of every statement what is asked of it, and drops those of which nothing is', () => {
    expect(left([READ, LIST], { actions: ['s3:GetObject'] })).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::b/a/*']),
    ]);
    expect(left([READ, LIST], { resources: ['arn:aws:s3:::b/a/x*'] })).toEqual([
      allow(['s3:GetObject', 's3:GetObjectTagging'], ['arn:aws:s3:::b/a/x*']),
    ]);
  });

  test('of actions and resources is met by several statements, each with its own part', () => {
    const scope = {
      actions: ['s3:ListBucket', 's3:GetObject'],
      resources: ['arn:aws:s3:::b/a/x', 'arn:aws:s3:::b'],
    };
    expect(left([READ, LIST], scope)).toEqual([
      allow(['s3:GetObject'], ['arn:aws:s3:::b/a/x']),
      { ...LIST, Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::b'] },
    ]);
  });

  test('keeps conditions, and every Deny whatever it names', () => {
    expect(left([DENY, LIST, READ], { actions: ['s3:ListBucket'] })).toEqual([LIST, DENY]);
  });

  test('takes wildcards on both sides, and actions in any case', () => {
    const all = [allow(['s3:*'], ['arn:aws:s3:::b/*'])];
    const scope = { actions: ['S3:get*'], resources: ['arn:aws:s3:::b/a?/*'] };
    expect(left(all, scope)).toEqual([allow(['S3:get*'], ['arn:aws:s3:::b/a?/*'])]);
    expect(errors(all, { resources: ['arn:aws:s3:::B/x'] })).toHaveLength(1);
  });

  test('wider than a statement leaves that one as it is, if another contains the scope', () => {
    const own = allow(['s3:GetObject'], ['arn:aws:s3:::c/x']);
    const all = allow(['s3:*'], ['arn:aws:s3:::c*', 'arn:aws:s3:::d/*']);
    const scope = { actions: ['s3:Get*'], resources: ['arn:aws:s3:::c*'] };
    expect(left([own, all], scope)).toEqual([own, allow(['s3:Get*'], ['arn:aws:s3:::c*'])]);
  });

  test.each<[string, Scope, string]>([
    [
      'an action',
      { actions: ['s3:GetObject', 's3:GetObjectAcl'] },
      "/scope/actions/1 's3:GetObjectAcl' is not contained in the entitlement; the nearest is 's3:GetObject'",
    ],
    [
      'an action that only several together would contain',
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
      "/scope/actions/0 's3:ListBucket' is not allowed together with any of the resources asked for",
    ],
    [
      'a resource without an action of its own',
      { actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::b/a/x', 'arn:aws:s3:::b'] },
      "/scope/resources/0 'arn:aws:s3:::b/a/x' is not allowed together with any of the actions asked for",
    ],
  ])('names the offender and the nearest: %s', (_, scope, message) => {
    expect(errors([READ, LIST, DENY], scope)).toEqual([message]);
  });

  test('names every offender, actions first', () => {
    const scope = { actions: ['x:A', 's3:GetObject', 'x:B'], resources: ['arn:aws:s3:::z'] };
    const pointers = errors([READ], scope).map((line) => line.split(' ')[0]);
    expect(pointers).toEqual([
      '/scope/actions/0',
      '/scope/actions/1',
      '/scope/actions/2',
      '/scope/resources/0',
    ]);
  });

  test.each<[string, Statement]>([
    ['NotAction', { Effect: 'Allow', NotAction: ['iam:*'], Resource: ['*'] }],
    ['NotResource', { Effect: 'Allow', Action: ['s3:*'], NotResource: ['arn:aws:s3:::x/*'] }],
  ])('cannot narrow what is allowed by %s', (_, statement) => {
    const message = '/scope cannot narrow this entitlement: it allows by NotAction or NotResource';
    expect(errors([READ, statement], { actions: ['s3:GetObject'] })).toEqual([message]);
  });

  test('never allows a call that the whole entitlement denies, or that it does not name', () => {
    const probed = grant.chain((it) => fc.tuple(fc.constant(it), probesOf(it)));
    let both = 0;
    fc.assert(
      fc.property(probed, ([it, probe]) => {
        if (it.scope === null) return;
        const whole = render(it);
        const narrowed = narrow(whole, it.scope);
        expect(narrowed.ok).toBe(mayNarrow(it));
        if (!narrowed.ok) return;
        const { actions, resources } = it.scope;
        const asked =
          (actions?.some((one) => matchesAction(one, probe.action)) ?? true) &&
          (resources?.some((one) => matchesArn(one, probe.resource)) ?? true);
        const allowed = (statements: readonly Statement[]) => {
          const applying = statements.filter((one) => applies(one, probe));
          return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
        };
        expect(allowed(narrowed.value)).toBe(asked && allowed(whole));
        if (allowed(narrowed.value)) both += 1;
      }),
      { numRuns: 4_000 },
    );
    expect(both).toBeGreaterThan(150);
  });
});
