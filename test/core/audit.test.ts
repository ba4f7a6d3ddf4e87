import { describe, expect, test } from '@jest/globals';
import {
  actorOf,
  brokerItself,
  brokerWithin,
  EVENT_TYPES,
  eventOf,
  initiatorOf,
  inputsOf,
  isRefusalByPeople,
  requested,
  vended,
  vendFailed,
} from '../../core/audit.ts';
import type { Question } from '../../core/decision.ts';
import { planSession, type SessionPlan } from '../../core/session.ts';
import { entitlement } from '../support/entitlements.ts';
import { ANA, CALL } from '../support/memory-ports.ts';
import { activeGrant, NOW, ROLE } from '../support/sample-grants.ts';

const zeros = (length: number) => new Uint8Array(length);
const GRANT = activeGrant();

describe('an event', () => {
  test('says what happened to which grant, when, and by whom', () => {
    const by = brokerItself('execution-1');
    const happening = { type: 'denied', reason: 'policy' } as const;
    expect(eventOf({ ...GRANT, status: 'denied' }, happening, by, NOW, zeros)).toEqual({
      id: `ev_${'0'.repeat(20)}`,
      type: 'denied',
      reason: 'policy',
      grantId: GRANT.id,
      entitlement: GRANT.entitlement,
      status: 'denied',
      grantVersion: 1,
      at: NOW,
      actor: 'broker',
      requestId: 'execution-1',
      sourceIp: null,
    });
  });

  test('has a type of its own, listed once', () => {
    expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
  });
});

test('people refuse requests and extensions; all else is no refusal of theirs', () => {
  const refusals = EVENT_TYPES.filter((type) => isRefusalByPeople({ type }));
  expect(refusals).toEqual(['denied', 'extension-refused']);
});

describe('who caused an event', () => {
  const actor = { type: 'User', id: 'people:ana', name: 'ana@acme.example' };

  test('is the caller with the request and its address, without groups or claims', () => {
    expect(actorOf(ANA)).toEqual(actor);
    expect(initiatorOf(CALL)).toEqual({ actor, requestId: 'r-1', sourceIp: '10.1.2.3' });
  });

  test('is found by the trace of the call, where it has one', () => {
    expect(initiatorOf({ ...CALL, traceId: '4bf9' })).toEqual({
      ...{ actor, requestId: 'r-1', sourceIp: '10.1.2.3', traceId: '4bf9' },
    });
  });

  test('is the broker itself where nobody called', () => {
    expect(brokerItself('r-2')).toEqual({ actor: 'broker', requestId: 'r-2', sourceIp: null });
  });

  test('is the broker in the course of a call: by its request and trace, and without its address', () => {
    const by = { actor: 'broker', requestId: 'r-1', sourceIp: null };
    expect(brokerWithin(CALL)).toEqual(by);
    expect(brokerWithin({ ...CALL, traceId: '4bf9' })).toEqual({ ...by, traceId: '4bf9' });
  });
});

describe('the record of a request', () => {
  test('has the decision with everything that the engine saw', () => {
    const facts = { now: NOW, justification: 'why' } as Question['facts'];
    const question: Question = {
      caller: { principal: ANA.principal },
      entitlement: entitlement(),
      account: '111122223333',
      facts,
    };
    const inputs = { principal: ANA.principal, facts };
    expect(inputsOf(question)).toEqual(inputs);
    const { decision } = GRANT;
    expect(requested({ ...GRANT, breakGlass: true }, question)).toEqual({
      type: 'requested',
      breakGlass: true,
      scope: null,
      startsAt: GRANT.startsAt,
      decision,
      inputs,
    });
  });
});

describe('the record of a vend', () => {
  const plan: SessionPlan = planSession({
    roleArn: ROLE,
    principalKey: 'ana-0000000000000000',
    grantId: GRANT.id,
    policy: '{"Version":"2012-10-17"}',
    now: NOW,
    expiresAt: NOW + 900_000,
    sessionDurationSeconds: 3600,
    random: zeros,
  });
  const session = {
    roleArn: ROLE,
    sessionName: `vk_${'0'.repeat(26)}`,
    sourceIdentity: `ana-0000000000000000.${GRANT.id}`,
    durationSeconds: 900,
  };

  test('names the session, without its policy', () => {
    expect(vended(plan)).toEqual({ type: 'vended', session });
  });

  test('says why there is none', () => {
    const reason = 'AccessDenied';
    expect(vendFailed(plan, reason)).toEqual({ type: 'vend-failed', session, reason });
  });
});
