import { describe, expect, test } from '@jest/globals';
import { type RefusedCall, refusalOf } from '../../../core/api/refusal.ts';
import type { Failure } from '../../../core/failure.ts';
import { ANA } from '../../support/memory-ports.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const random = (length: number): Uint8Array => new Uint8Array(length);
const grant = activeGrant();

const call = (route: RefusedCall['route'] = 'POST /v1/grants/{id}/approve'): RefusedCall => ({
  ...{ caller: ANA, requestId: 'r-1', sourceIp: '203.0.113.7', idempotency: null },
  ...{ route, pathId: grant.id },
});
const refusal = (failure: Failure, route?: RefusedCall['route']) =>
  refusalOf(failure, call(route), NOW, random);

test('the record of a refusal has who, what, from where and why', () => {
  const detail = 'Policy does not let you vote on this grant.';
  const { caller } = call();
  expect(refusal({ code: 'forbidden', detail, grant })).toEqual({
    id: expect.stringMatching(/^ev_/),
    ...{ principalId: caller.principal.id, type: 'principal-refused', at: NOW },
    actor: { type: 'User', id: caller.principal.id, name: caller.principal.name },
    ...{ requestId: 'r-1', sourceIp: '203.0.113.7', problem: 'forbidden', reason: detail },
    call: `POST /v1/grants/${grant.id}/approve`,
  });
});

describe('leaves a record:', () => {
  const over = { ...grant, status: 'expired' } as typeof grant;
  test.each<[string, Failure]>([
    ['a suspended caller', { code: 'suspended' }],
    ['a lesser token', { code: 'token-denied', grant, decision: grant.decision }],
    ['a vend under a denied grant', { code: 'denied', grant }],
    ['a grant that is over', { code: 'wrong-state', grant: over, detail: 'It is over.' }],
  ])('%s', (_, failure) => {
    expect(refusal(failure)).toMatchObject({ type: 'principal-refused', problem: failure.code });
  });
});

describe('leaves none:', () => {
  const early = { ...grant, status: 'pending' } as typeof grant;
  test.each<[string, Failure]>([
    ['what the caller wrote wrongly', { code: 'invalid', errors: [] }],
    ['what does not exist', { code: 'not-found', detail: 'No such grant.' }],
    ['what failed', { code: 'unavailable', what: 'store' }],
    ['what has not begun', { code: 'wrong-state', grant: early, detail: 'It is pending.' }],
    ['a key that was used', { code: 'key-reused' }],
  ])('%s', (_, failure) => {
    expect(refusal(failure)).toBeNull();
  });

  test.each(['POST /v1/grants', 'POST /v1/credentials', 'POST /v1/grants/{id}/extend'] as const)(
    'a denial by %s, which has an event of its own',
    (route) => {
      expect(refusal({ code: 'denied', grant }, route)).toBeNull();
    },
  );
});
