import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Statement } from '../../../core/entitlement.ts';
import { gapsIn } from '../../../core/usage/covers.ts';
import { grantedActions } from '../../../core/usage/granted-actions.ts';
import { judge } from '../../../core/usage/judge.ts';
import { judgeEntitlement } from '../../../core/usage/judge-entitlement.ts';
import { recordedResources } from '../../../core/usage/recorded-resources.ts';
import type { Trail } from '../../../core/usage/trail.ts';
import { draws } from '../../support/draws.ts';
import {
  ACCOUNT,
  ACTIONS,
  BEGIN,
  called,
  FILE,
  grantRead,
  MEANING,
  SECOND,
  TRAIL,
  usageOf,
} from './usage-world.ts';

const OTHER = '444455556666';
const patternArbitrary = fc.constantFrom(
  ...['*', 's3:*', 's3:Get*', 'kms:Decrypt', 'iam:*', 'foo:*', 'cloudwatch:ListMetrics', 'sts:*'],
  ...['logs:StartQuery', 's3:Nothing', 's3:putobject'],
);
const resourceArbitrary = fc.constantFrom(
  ...[
    '*',
    'arn:aws:s3:::acme/*',
    'arn:aws:s3:::acme/{{prefix}}/*',
    'arn:aws:kms:eu-west-1:1:key/a',
  ],
);

const statementArbitrary: fc.Arbitrary<Statement> = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  ...{
    Action: fc.array(patternArbitrary, { minLength: 1, maxLength: 3 }),
    Resource: fc.array(resourceArbitrary, { minLength: 1, maxLength: 2 }),
  },
});
const statementsArbitrary = fc.array(statementArbitrary, { minLength: 1, maxLength: 4 });

const trailArbitrary: fc.Arbitrary<Trail> = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  account: fc.constantFrom(null, ACCOUNT, OTHER),
  regions: fc.constantFrom(null, ['us-east-1'], ['eu-west-1', 'us-east-1']),
  logging: fc.constantFrom(true, true, true, false),
  since: fc.constantFrom(0, 0, BEGIN, BEGIN + SECOND, null),
  management: fc.constantFrom('all', 'read', 'write', 'none'),
  leftOut: fc.constantFrom([], [], ['kms.amazonaws.com']),
  data: fc.array(
    fc.record({
      type: fc.constant('AWS::S3::Object'),
      prefixes: fc.constantFrom(null, ['arn:aws:s3:::acme/'], ['arn:aws:s3:::acme/x']),
      which: fc.constantFrom('all', 'read', 'write'),
    }),
    { maxLength: 2 },
  ),
  notUnderstood: fc.constantFrom([], [], [], ['something']),
});
const trailsArbitrary = fc.array(fc.oneof(trailArbitrary, fc.constant(TRAIL)), { maxLength: 4 });

const recordArbitrary = fc
  .record({
    action: fc.constantFrom(...ACTIONS, 's3:CopyObject', 's3:Frobnicate'),
    error: fc.constantFrom(null, null, 'AccessDenied', 'NoSuchKey', 'SlowDown'),
  })
  .map(({ action, error }) => called(action, { error }));
const grantsArbitrary = fc
  .array(fc.tuple(fc.array(recordArbitrary, { maxLength: 6 }), fc.boolean()), { maxLength: 4 })
  .map((grants) =>
    grants.map(([records, isRead], index) => {
      const read = grantRead(records, {
        ...{ id: `gr_${index}${'0'.repeat(19)}`, principal: `people:${index % 2}` },
      });
      return { ...read, usage: isRead || index > 1 ? read.usage : null };
    }),
  );

const judging = (statements: readonly Statement[], trails: readonly Trail[] | null) => ({
  ...{ statements, meaning: MEANING, accounts: [ACCOUNT] },
  logs: [{ trails, accounts: null, regions: null }],
});
const runs = { numRuns: draws(300) };

describe('judging', () => {
  test('never calls an action unused where the logs lack the vend of one grant that ended', () => {
    fc.assert(
      fc.property(statementsArbitrary, grantsArbitrary, fc.nat(), (statements, grants, pick) => {
        const lacking = grants.map((grant, index) =>
          index === pick % grants.length && grant.usage !== null
            ? { ...grant, usage: { ...grant.usage, vends: 0 } }
            : grant,
        );
        fc.pre(lacking.some(({ usage }) => usage?.vends === 0));
        const { actions } = judge(judging(statements, [TRAIL]), lacking);
        expect(actions.filter(({ answer }) => answer === 'unused')).toEqual([]);
      }),
      runs,
    );
  });

  test('never calls an action unused that a record used', () => {
    fc.assert(
      fc.property(
        statementsArbitrary,
        trailsArbitrary,
        grantsArbitrary,
        (statements, trails, grants) => {
          const judged = judge(judging(statements, trails), grants);
          const used = new Set(
            grants
              .flatMap(({ usage }) => usage?.actions ?? [])
              .filter(({ calls, refused }) => calls > refused)
              .map(({ action }) => action),
          );
          const unused = judged.actions.filter(({ answer }) => answer === 'unused');
          expect(unused.filter(({ action }) => used.has(action))).toEqual([]);
        },
      ),
      runs,
    );
  });

  test('calls an action unused only where every call of it would be recorded and all grants were read', () => {
    fc.assert(
      fc.property(
        statementsArbitrary,
        trailsArbitrary,
        grantsArbitrary,
        (statements, trails, grants) => {
          const from = judging(statements, trails);
          const granted = grantedActions(statements, MEANING.expandAction);
          const unused = judge(from, grants).actions.filter(({ answer }) => answer === 'unused');
          for (const { action } of unused) {
            const recording = MEANING.recordingOf(action);
            const one = granted.find((other) => other.action === action);
            if (recording.kind === 'none' || recording.kind === 'unreviewed' || one === undefined) {
              throw new Error(`${action} is unused`);
            }
            const places = { accounts: [ACCOUNT], regions: one.regions };
            const resources = recordedResources(action, one.resources);
            for (const logs of from.logs) {
              expect(gapsIn(recording, places, resources, logs, BEGIN)).toEqual([]);
            }
            expect(grants.every(({ usage }) => usage !== null)).toBe(true);
          }
        },
      ),
      runs,
    );
  });

  test('knows no less with more trails, and no more with fewer', () => {
    fc.assert(
      fc.property(
        ...([statementsArbitrary, trailsArbitrary, trailsArbitrary, grantsArbitrary] as const),
        (statements, few, more, grants) => {
          const answers = (trails: readonly Trail[] | null) =>
            judge(judging(statements, trails), grants).actions.map(({ action, answer }) => [
              ...[action, answer],
            ]);
          const [none, some, all] = [answers(null), answers(few), answers([...few, ...more])];
          const isKept = ([action, answer]: string[], later: string[][]) =>
            answer === 'unknown' ||
            later.some(([other, now]) => other === action && now === answer);
          expect(none.filter((one) => !isKept(one, some))).toEqual([]);
          expect(some.filter((one) => !isKept(one, all))).toEqual([]);
        },
      ),
      runs,
    );
  });

  test('knows no more where a trail began later, writes elsewhere, or stops', () => {
    const worse: readonly Partial<Trail>[] = [
      { since: BEGIN + SECOND },
      { since: null },
      { elsewhere: 's3://other/AWSLogs/' },
      { logging: false },
    ];
    fc.assert(
      fc.property(
        statementsArbitrary,
        fc.array(fc.oneof(trailArbitrary, fc.constant(TRAIL)), { minLength: 1, maxLength: 4 }),
        fc.array(fc.array(recordArbitrary, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...worse),
        fc.nat(),
        (statements, trails, records, change, index) => {
          const grants = records.map((of, at) =>
            grantRead(of, { id: `gr_${at}${'0'.repeat(19)}` }),
          );
          const worsened = trails.map((trail, at) =>
            at === index % trails.length ? { ...trail, ...change } : trail,
          );
          const [before, after] = [trails, worsened].map(
            (of) => judge(judging(statements, of), grants).actions,
          );
          for (const { action, answer, whole } of after ?? []) {
            const was = before?.find((one) => one.action === action);
            if (answer === 'unused') expect(was?.answer).toBe('unused');
            if (whole) expect(was?.whole).toBe(true);
          }
        },
      ),
      runs,
    );
  });

  test('adds up, says why of what is unknown alone, and lists nothing twice', () => {
    fc.assert(
      fc.property(
        statementsArbitrary,
        trailsArbitrary,
        grantsArbitrary,
        (statements, trails, grants) => {
          const asked = { entitlement: 'artifacts-read', days: 30, grants };
          const judged = judgeEntitlement(judging(statements, trails), asked);
          const { actions, summary, principals } = judged;
          const count = (answer: string) => actions.filter((one) => one.answer === answer).length;
          expect(summary).toEqual({
            ...{ used: count('used'), granted: actions.length, unknown: count('unknown') },
          });
          expect(
            actions.every(({ answer, why }) => (why !== null) === (answer === 'unknown')),
          ).toBe(true);
          expect(new Set(actions.map(({ action }) => action)).size).toBe(actions.length);
          const sum = (key: 'grants' | 'idle') =>
            principals.reduce((all, one) => all + one[key], 0);
          expect([sum('grants'), sum('idle')]).toEqual([judged.grants, judged.idle]);
          expect(judged.idle + judged.unread).toBeLessThanOrEqual(judged.grants);
        },
      ),
      runs,
    );
  });

  test('calls nothing unused where records could not be read', () => {
    const parts = [FILE, { kind: 'unreadable', place: 'x', why: 'y' } as const];
    fc.assert(
      fc.property(statementsArbitrary, fc.array(recordArbitrary), (statements, records) => {
        const read = { ...grantRead([]), usage: usageOf(records, {}, parts) };
        const { actions } = judge(judging(statements, [TRAIL]), [read]);
        expect(actions.filter(({ answer }) => answer === 'unused')).toEqual([]);
      }),
      runs,
    );
  });
});
