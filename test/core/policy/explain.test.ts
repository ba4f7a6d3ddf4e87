import { expect, test } from '@jest/globals';
import { explain } from '../../../core/policy/explain.ts';
import { err } from '../../../core/result.ts';
import { files, READ } from '../../support/bundles.ts';
import { NO_POLICY } from '../../support/failing-ports.ts';
import { analyst, benchOf, sourcesOf } from './test-bench.ts';

const CASE = `- name: ana reads
  principal: { issuer: people, subject: ana, groups: [readers] }
  request: { entitlement: read, parameters: { prefix: a }, durationSeconds: 60, justification: x, ticket: T-1 }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: allow }
`;

/** The explanation of a policy with these clauses. */
function whyNot(
  clauses: string,
  head = 'principal, action == ValetKey::Action::"request", resource',
) {
  const from = files({
    'cases/read.yaml': CASE,
    'policies/one.cedar': `@id("one") permit (${head}) ${clauses};`,
  });
  const [located] = sourcesOf(from).cases;
  const explained = located === undefined ? null : explain(benchOf(from), analyst, located.value);
  if (explained?.ok !== true) throw new Error(JSON.stringify(explained));
  const [request] = explained.value.actions;
  return request?.policies.find(({ id }) => id === 'one');
}

test.each([
  ['when { context.mfa }', 'when context.mfa: false (mfa is false)'],
  [
    'when { context.mfa == false && context.durationSeconds > 60 }',
    'when context.durationSeconds > 60: false (durationSeconds is 60)',
  ],
  [
    'when { context has ticket && context.ticket like "INC-*" }',
    'when context.ticket like "INC-*": false (ticket is "T-1")',
  ],
  [
    'when { context has mfaAgeSeconds && context.mfaAgeSeconds < 9 }',
    'when context has mfaAgeSeconds: false (mfaAgeSeconds is missing)',
  ],
  ['unless { context has ticket && context.ticket == "T-1" }', 'true (ticket is "T-1")'],
  ['when { context.sourceIp.isInRange(ip("192.0.2.0/24")) }', 'sourceIp is "10.0.0.1"'],
  [
    'when { context.parameters.hasTag("prefix") && context.parameters.getTag("prefix") == "b" }',
    '(prefix is "a")',
  ],
  ['when { context.history.recentDenials > 3 }', '"recentDenials":0'],
])('%s', (clauses, why) => {
  const one = whyNot(clauses);
  expect(one?.status).toBe('does-not-apply');
  expect(one?.why).toHaveLength(1);
  expect(one?.why[0]).toContain(why);
});

test('every clause that stops a policy is listed', () => {
  expect(whyNot('when { context.mfa } unless { context.durationSeconds == 60 }')?.why).toHaveLength(
    2,
  );
});

test('every part of a head that stops a policy is listed', () => {
  const head =
    'principal in ValetKey::Group::"people:bosses", action, resource is ValetKey::Broker';
  expect(whyNot('', head)?.why).toEqual([
    'its head requires principal in ValetKey::Group::"people:bosses"',
    'its head requires resource is ValetKey::Broker',
  ]);
});

test('a policy on another action is not listed', () => {
  expect(
    whyNot('', 'principal, action == ValetKey::Action::"autoApprove", resource'),
  ).toBeUndefined();
});

test('an engine without an answer explains nothing', () => {
  const from = files({ 'cases/read.yaml': CASE });
  const bench = benchOf(from);
  const [located] = sourcesOf(from).cases;
  if (located === undefined) throw new Error('no case');
  let asked = 0;
  const silent: typeof bench.engine = {
    ...bench.engine,
    ask: (...question) => {
      asked += 1;
      return asked > 2 ? err(NO_POLICY) : bench.engine.ask(...question);
    },
  };
  expect(explain({ ...bench, engine: silent }, analyst, located.value)).toEqual(
    err([{ path: [], message: 'the policy engine gave no answer' }]),
  );
});

test('policies that decide come first, and those that do not apply last', () => {
  const head = 'principal, action == ValetKey::Action::"request", resource';
  const from = files({
    'cases/read.yaml': CASE.replace('allow', 'deny'),
    'policies/read.cedar': `@id("a") permit (${head}) when { context.mfa };
@id("b") permit (${head});
@id("c") @advice("No.") forbid (${head});`,
  });
  const [located] = sourcesOf(from).cases;
  const explained = located === undefined ? null : explain(benchOf(from), analyst, located.value);
  const [request] = explained?.ok === true ? explained.value.actions : [];
  expect(request?.policies.map(({ id, status }) => [id, status])).toEqual([
    ['c', 'decides'],
    ['b', 'overruled'],
    ['a', 'does-not-apply'],
  ]);
});

test('a decision that needs an approval says what would be allowed at once', () => {
  const head = (action: string) =>
    `principal in ValetKey::Group::"people:readers", action == ValetKey::Action::"${action}", resource`;
  const from = files({
    'entitlements/read.yaml': `${READ}approval: { approvers: ['people:boss'] }\n`,
    'policies/read.cedar': `@id("ask") permit (${head('request')});
@id("short") permit (${head('autoApprove')}) when { context.durationSeconds <= 45 };`,
    'cases/read.yaml': CASE.replace('outcome: allow', 'outcome: approve'),
  });
  const [located] = sourcesOf(from).cases;
  const explained = located === undefined ? null : explain(benchOf(from), analyst, located.value);
  expect(explained).toMatchObject({
    value: {
      assessment: {
        decision: {
          outcome: 'approve',
          advice: ['Ask for at most 45 seconds: it would be allowed at once.'],
        },
      },
    },
  });
});

test('a policy that applies decides', () => {
  expect(whyNot('when { !context.mfa }')).toEqual({
    id: 'one',
    effect: 'permit',
    status: 'decides',
    why: [],
  });
});
