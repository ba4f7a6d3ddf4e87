import { describe, expect, test } from '@jest/globals';
import { type Answer, combine, type Outcome, question } from '../../core/decision.ts';
import type { Entitlement, Scope } from '../../core/entitlement.ts';
import { QUIET } from '../../core/request-signals.ts';
import { entitlement } from '../support/entitlements.ts';
import { ANA, NOW } from '../support/memory-ports.ts';

const APPROVAL = {
  approval: {
    required: 2,
    approvers: ['people:boss'],
    refusals: 1,
    samePerson: [],
    escalateTo: [],
    lapseAfterSeconds: 60,
  },
};

const answer = (permitted: boolean, ...policies: readonly string[]): Answer => ({
  permitted,
  policies,
  advice: permitted ? [] : policies.map((id) => `advice of ${id}`),
});

describe('the decision', () => {
  test.each<[boolean, boolean, boolean, Outcome]>([
    [true, true, false, 'allow'],
    [true, true, true, 'allow'],
    [true, false, true, 'approve'],
    [false, true, false, 'deny'],
    [false, true, true, 'deny'],
    [false, false, true, 'deny'],
    [false, false, false, 'deny'],
  ])(
    'for request: %s, autoApprove: %s, approval: %s is %s',
    (request, autoApprove, approval, outcome) => {
      const requested = entitlement(approval ? APPROVAL : {});
      expect(combine(answer(request), answer(autoApprove), requested, 'sha256:b')).toEqual({
        outcome,
        policies: [],
        advice: [],
        bundle: 'sha256:b',
      });
    },
  );

  test('names every determining policy once, in order', () => {
    const { policies, advice } = combine(
      answer(true, 'z', 'a'),
      answer(false, 'm', 'a'),
      entitlement(APPROVAL),
      'b',
    );
    expect(policies).toEqual(['a', 'm', 'z']);
    expect(advice).toEqual(['advice of m', 'advice of a']);
  });

  test('on a request that needs an approval which the entitlement lacks says so, and blames no permit', () => {
    const advice =
      'Policy requires an approval for this request, and e has none. Ask the authors of the policy bundle to add one.';
    expect(combine(answer(true, 'permit'), answer(false), entitlement(), 'b')).toEqual({
      outcome: 'deny',
      policies: ['valetkey.no-approval'],
      advice: [advice],
      bundle: 'b',
    });
    expect(combine(answer(true, 'permit'), answer(false, 'no'), entitlement(), 'b')).toMatchObject({
      policies: ['no', 'valetkey.no-approval'],
      advice: [advice, 'advice of no'],
    });
  });

  test('of a request that is refused says nothing of automatic approval', () => {
    const refused = combine(answer(false, 'no'), answer(true, 'auto'), entitlement(), 'b');
    expect(refused).toMatchObject({ policies: ['no'], advice: ['advice of no'] });
  });
});

const DEPLOYMENT = { account: '111122223333', region: 'eu-central-1' };
const ASKED = {
  ...{ now: NOW, durationSeconds: 60, startsInSeconds: 0, sourceIp: '10.0.0.1', ticket: null },
  ...{ justification: 'j', parameters: {}, scope: null, history: null },
};

describe('the question to the engine', () => {
  const ask = (mfa: boolean, signedInAt: number | null, changes: Partial<Entitlement> = {}) =>
    question(
      { ...ANA, authentication: { mfa, signedInAt } },
      entitlement(changes),
      DEPLOYMENT,
      ASKED,
    );

  test('gives the age of the second factor in whole seconds, and only with a second factor', () => {
    expect(ask(true, NOW - 90_999).facts).toMatchObject({ mfa: true, mfaAgeSeconds: 90 });
    expect(ask(true, NOW + 5000).facts.mfaAgeSeconds).toBe(0);
    expect(ask(true, null).facts).toMatchObject({ mfa: true, mfaAgeSeconds: null });
    expect(ask(false, NOW - 1000).facts).toMatchObject({ mfa: false, mfaAgeSeconds: null });
  });

  test('says whether the request is scoped, and not how', () => {
    const scoped = (scope: Scope | null) =>
      question(ANA, entitlement({}), DEPLOYMENT, { ...ASKED, scope }).facts;
    expect(scoped(null)).toMatchObject({ scoped: false });
    expect(scoped({ actions: ['s3:GetObject'] })).toMatchObject({ scoped: true });
    expect(scoped({})).not.toHaveProperty('scope');
  });

  test('has the signals where policy reads them, and no field for them elsewhere', () => {
    const facts = (signals?: typeof QUIET) =>
      question(ANA, entitlement({}), DEPLOYMENT, { ...ASKED, signals }).facts;
    expect(facts(QUIET).signals).toEqual(QUIET);
    expect(facts()).not.toHaveProperty('signals');
  });

  test('names the account of the target role, not that of the broker', () => {
    expect(ask(false, null).account).toBe('111122223333');
    const target = 'arn:aws:iam::999999999999:role/r';
    expect(ask(false, null, { target }).account).toBe('999999999999');
  });

  test('names the caller, and nothing of the token itself', () => {
    expect(ask(false, null).caller).toEqual({ principal: ANA.principal });
  });
});
