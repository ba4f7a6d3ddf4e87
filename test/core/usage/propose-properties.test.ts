import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Entitlement, Statement } from '../../../core/entitlement.ts';
import { renderStatements } from '../../../core/session-policy/template.ts';
import { allowsCall, brokenCalls } from '../../../core/usage/allows-call.ts';
import { propose, statementsLeft } from '../../../core/usage/propose.ts';
import type { Answer } from '../../../core/usage.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';
import { DEPLOYMENT, judgedActions, MAP, principalsOf, usedGrant } from './usage-bench.ts';

const ACTIONS = [
  's3:GetObject',
  's3:GetObjectTagging',
  's3:GetBucketAcl',
  's3:PutObject',
  's3:ListBucket',
  's3:GetNewThing',
  'new:Thing',
  'ssm:GetParameter',
];
const PATTERNS = [...ACTIONS, 's3:Get*', 's3:*', '*', 'new:*', 's3:getobject', 's3:???Object'];
const RESOURCES = [
  '*',
  'arn:aws:s3:::*',
  'arn:aws:s3:::acme/*',
  'arn:aws:s3:::acme/{{team}}/*',
  'arn:aws:s3:::acme-*',
  'arn:aws:ssm:{{region}}:{{account}}:parameter/*',
  'arn:aws:ssm:*:*:parameter/{{team}}*',
];
const TEAMS = ['red', 'blue'];
const CALLED = [
  '-',
  ...TEAMS.flatMap((team) => [
    `arn:aws:s3:::acme/${team}/a`,
    `arn:aws:s3:::acme/${team}/logs/1`,
    `arn:aws:s3:::acme/${team}/logs/2`,
    `arn:aws:ssm:eu-central-1:111122223333:parameter/${team}/x`,
    `arn:aws:ssm:us-east-1:111122223333:parameter/${team}/x`,
  ]),
  'arn:aws:s3:::acme-logs/x/y',
  'arn:aws:s3:::acme',
];

const some = (of: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 4 });

const statement: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      Effect: fc.constant('Allow' as const),
      Action: some(PATTERNS),
      Resource: some(RESOURCES),
    }),
  },
  fc.record({
    Effect: fc.constant('Deny' as const),
    Action: some(PATTERNS),
    Resource: some(RESOURCES),
  }),
  fc.record({
    Effect: fc.constant('Allow' as const),
    NotAction: some(PATTERNS),
    NotResource: some(RESOURCES),
  }),
);

const grantCalls = fc.uniqueArray(
  fc.tuple(
    // Most calls are of few actions and places, so that resources are narrowed in many runs.
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('s3:GetObject', 'ssm:GetParameter') },
      fc.constantFrom(...ACTIONS),
    ),
    fc.constantFrom(...CALLED),
    fc.integer({ min: 1, max: 9 }),
  ),
  { selector: ([action, resource]) => `${action} ${resource}`, maxLength: 5 },
);

const world = fc.record({
  statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
  grants: fc.array(fc.record({ team: fc.constantFrom(...TEAMS), calls: grantCalls }), {
    minLength: 5,
    maxLength: 8,
  }),
  unseen: fc.array(fc.constantFrom(...ACTIONS)),
  partly: fc.array(fc.constantFrom(...ACTIONS), { maxLength: 2 }),
  alike: fc.boolean(),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** One call that is unnamed or elsewhere stops every narrowing, so the calls of half of the worlds are alike. */
function made({ statements: given, grants: drawn, unseen, partly, alike }: World) {
  const statements: readonly Statement[] = alike
    ? [...given, { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::*'] }]
    : given;
  const from: Entitlement = entitlement({
    parameters: { team: parameter('[a-z]{1,8}') },
    statements,
  });
  const grants = drawn.map(({ team, calls }, index) => {
    const kept = alike
      ? calls
          .filter(([, resource]) => resource.startsWith('arn:aws:s3:::acme/'))
          .map(([, resource, n]) => ['s3:GetObject', resource, n + 5] as const)
      : calls;
    const of = Object.fromEntries(
      kept.map(([action, resource, n]) => [`${action} ${resource}`, n]),
    );
    return usedGrant(index, of, { parameters: { team } });
  });
  const used = new Set(grants.flatMap(({ usage }) => usage.actions.map(({ action }) => action)));
  const answers = Object.fromEntries(
    ACTIONS.map((action): [string, Answer] => [
      action,
      used.has(action) ? 'used' : unseen.includes(action) ? 'unknown' : 'unused',
    ]),
  );
  const actions = judgedActions(answers).map((one) =>
    partly.includes(one.action) ? { ...one, whole: false } : one,
  );
  const judged = { actions, principals: principalsOf(3), unread: 0 };
  return {
    from,
    grants,
    answers,
    partly,
    evidence: { judged, grants, map: MAP, deployment: DEPLOYMENT },
  };
}

const RUNS = { numRuns: 600 };
const seen = { proposals: 0, narrowed: 0 };

test('a proposal allows every recorded call, loses nothing unknown, and adds nothing', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const { from, grants, answers, evidence } = made(drawn);
      const found = propose(from, evidence);
      if (!found.ok) return;
      const after = { ...from, statements: statementsLeft(found.value) };
      seen.proposals += 1;
      seen.narrowed += found.value.narrowed.length;
      expect(brokenCalls(from, after, grants, DEPLOYMENT)).toEqual([]);
      for (const { parameters } of grants) {
        const [old, now] = [from, after].map((one) =>
          renderStatements(one, parameters, DEPLOYMENT),
        );
        for (const action of ACTIONS) {
          const before = allowsCall(old ?? [], action, null);
          if (answers[action] !== 'unused')
            expect(allowsCall(now ?? [], action, null)).toBe(before);
          for (const resource of [null, ...CALLED.slice(1)]) {
            if (allowsCall(now ?? [], action, resource)) {
              expect(allowsCall(old ?? [], action, resource)).toBe(true);
            }
          }
        }
      }
      const rest = (list: readonly Statement[]) =>
        list.filter((one) => one.Effect === 'Deny' || one.NotAction);
      expect(rest(after.statements)).toEqual(rest(from.statements));
    }),
    RUNS,
  );
  // Otherwise the property would say nothing.
  expect(seen.proposals).toBeGreaterThan(100);
  expect(seen.narrowed).toBeGreaterThan(20);
});

test('a proposal never narrows the resources of an action of which calls may be missing', () => {
  let cases = 0;
  fc.assert(
    fc.property(world, (drawn) => {
      const { from, evidence, partly } = made(drawn);
      const found = propose(from, evidence);
      if (!found.ok) return;
      found.value.statements.forEach((now, index) => {
        const lacking = now?.Action?.some((action) =>
          partly.some((one) => one.toLowerCase() === action.toLowerCase()),
        );
        if (!lacking || now?.Effect !== 'Allow') return;
        cases += 1;
        expect(now.Resource).toEqual(from.statements[index]?.Resource);
      });
    }),
    RUNS,
  );
  expect(cases).toBeGreaterThan(20);
});

test('proposing twice changes nothing', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const { from, evidence } = made(drawn);
      const found = propose(from, evidence);
      if (!found.ok) return;
      const after = { ...from, statements: statementsLeft(found.value) };
      expect(propose(after, evidence)).toMatchObject({ error: { kind: 'nothing-to-drop' } });
    }),
    RUNS,
  );
});
