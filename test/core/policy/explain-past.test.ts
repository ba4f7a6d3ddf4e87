import { expect, test } from '@jest/globals';
import type { RequestFacts } from '../../../core/decision.ts';
import { explainPast } from '../../../core/policy/explain.ts';
import { QUIET } from '../../../core/request-signals.ts';
import { files, READ } from '../../support/bundles.ts';
import { analyst, benchOf } from './test-bench.ts';

test.each([
  ['the outcome and the reasons', { mfa: true }],
  ['without a second factor', { mfa: false }],
])('a recorded decision is explained with what was recorded: %s', (_, { mfa }) => {
  const from = files({
    'policies/one.cedar':
      '@id("one") permit (principal, action == ValetKey::Action::"request", resource) when { context.mfa };',
  });
  const principal = {
    ...{ id: 'people:ana', issuer: 'people', name: 'ana', tags: {}, groups: [] },
    type: 'User' as const,
  };
  const explained = explainPast(benchOf(from), analyst, {
    ...{ grantId: 'gr_1', at: '2026-11-23T10:00:00Z', entitlement: 'read', scope: null, principal },
    decision: { outcome: 'deny', policies: [] },
    facts: {
      ...{ now: Date.parse('2026-11-23T10:00:00Z'), durationSeconds: 60, startsInSeconds: 0 },
      ...{ sourceIp: '10.0.0.1', mfa, mfaAgeSeconds: null, ticket: null, justification: 'x' },
      ...{ scoped: false, parameters: { prefix: 'a' }, history: null },
    },
  });
  if (!explained.ok) throw new Error(JSON.stringify(explained.error));
  const [request] = explained.value.actions;
  expect(request?.permitted).toBe(mfa);
  expect(request?.policies.find(({ id }) => id === 'one')).toEqual({
    ...{ id: 'one', effect: 'permit', status: mfa ? 'decides' : 'does-not-apply' },
    why: mfa ? [] : ['when context.mfa: false (mfa is false)'],
  });
  expect(explained.value.assessment.question.caller.principal).toEqual(principal);
});

test.each<[string, Partial<RequestFacts>, Partial<RequestFacts>]>([
  ['that began at once', {}, { startsInSeconds: 0, mfaAgeSeconds: null }],
  ['that began later', { startsInSeconds: 600 }, { startsInSeconds: 600 }],
  ['with a reason', { justification: 'Fix it' }, { justification: 'Fix it' }],
  ['with the age of a sign-in', { mfaAgeSeconds: 90 }, { mfaAgeSeconds: 90 }],
  [
    'with a past',
    { history: { recentDenials: 3, firstUse: false } },
    { history: { recentDenials: 3, firstUse: false } },
  ],
  ['without one', {}, { history: { recentDenials: 0, firstUse: true }, signals: QUIET }],
  [
    'with what was unusual',
    { signals: { ...QUIET, deniedInARow: 4 } },
    { signals: { ...QUIET, deniedInARow: 4 } },
  ],
])('a recorded request %s is asked about as it was', (_, recorded, asked) => {
  const reads =
    '@id("reads") permit (principal, action == ValetKey::Action::"request", resource) when { context.history.recentDenials < 9 && context.signals.deniedInARow < 9 };';
  const explained = explainPast(benchOf(files({ 'policies/reads.cedar': reads })), analyst, {
    ...{ grantId: 'gr_1', at: '2026-11-23T10:00:00Z', entitlement: 'read', scope: null },
    decision: { outcome: 'deny', policies: [] },
    principal: {
      ...{ id: 'people:ana', issuer: 'people', name: 'ana', tags: {}, groups: [] },
      type: 'User',
    },
    facts: {
      ...{ now: Date.parse('2026-11-23T10:00:00Z'), durationSeconds: 60, startsInSeconds: 0 },
      ...{ sourceIp: '10.0.0.1', mfa: true, mfaAgeSeconds: null, ticket: null, justification: 'x' },
      ...{ scoped: false, parameters: { prefix: 'a' }, history: null },
      ...recorded,
    },
  });
  if (!explained.ok) throw new Error(JSON.stringify(explained.error));
  expect(explained.value.assessment.question.facts).toMatchObject(asked);
});

test('a recorded use of break-glass, which begins at once, can be explained', () => {
  const changes = { 'entitlements/read.yaml': `${READ}breakGlass: true\n` };
  const explained = explainPast(benchOf(files(changes)), analyst, {
    ...{ grantId: 'gr_1', at: '2026-11-23T10:00:00Z', entitlement: 'read', scope: null },
    decision: { outcome: 'deny', policies: [] },
    principal: {
      ...{ id: 'people:ana', issuer: 'people', name: 'ana', tags: {}, groups: [] },
      type: 'User',
    },
    facts: {
      ...{ now: Date.parse('2026-11-23T10:00:00Z'), durationSeconds: 60, startsInSeconds: 0 },
      ...{ sourceIp: '10.0.0.1', mfa: true, mfaAgeSeconds: 9, ticket: 'INC-1', justification: 'x' },
      ...{ scoped: false, parameters: { prefix: 'a' }, history: null },
    },
  });
  expect(explained).toMatchObject({ ok: true });
});
