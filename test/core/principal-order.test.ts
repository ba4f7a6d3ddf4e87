import { describe, expect, test } from '@jest/globals';
import {
  covers,
  endReasonOf,
  eventOfOrder,
  type OpenOrder,
  type PrincipalOrder,
  suspensionBy,
  withEnded,
} from '../../core/principal-order.ts';
import { activeGrant, NOW } from '../support/sample-grants.ts';

const ADA = { type: 'User', id: 'people:ada', name: 'ada' } as const;
const ORDER: PrincipalOrder = {
  ...{ id: 'ev_1', what: 'suspend', principal: 'people:ana', reason: 'lost laptop', at: NOW },
  ...{ actor: ADA, requestId: 'r-1', sourceIp: '10.0.0.1' },
};

describe('an order about a principal', () => {
  test.each([
    ['suspend', 'principal-suspended'],
    ['resume', 'principal-resumed'],
    ['revoke', 'principal-revoked'],
  ] as const)('to %s is an event of the principal: %s', (what, type) => {
    expect(eventOfOrder({ ...ORDER, what })).toEqual({
      ...{ id: 'ev_1', principalId: 'people:ana', type, at: NOW, reason: 'lost laptop' },
      ...{ actor: ADA, requestId: 'r-1', sourceIp: '10.0.0.1' },
    });
  });

  test('has the trace of the call that gave it, and so has its event', () => {
    const order = { ...ORDER, traceId: '4bf9' };
    expect(eventOfOrder(order)).toEqual({ ...eventOfOrder(ORDER), traceId: '4bf9' });
    expect(eventOfOrder(ORDER)).not.toHaveProperty('traceId');
  });

  test('makes a suspension in the name of who gave it', () => {
    expect(suspensionBy(ORDER)).toEqual({ at: NOW, by: ADA, reason: 'lost laptop' });
  });

  test.each([
    ['suspend', 'x', 'its principal was suspended: x'],
    ['suspend', '', 'its principal was suspended'],
    ['revoke', 'x', 'revoked with all of its principal: x'],
    ['revoke', '', 'revoked with all of its principal'],
  ] as const)('to %s with the reason %j ends grants with a reason: %s', (what, reason, why) => {
    expect(endReasonOf({ ...ORDER, what, reason })).toBe(why);
  });

  test('covers what was requested up to then, and a second more, because clocks differ', () => {
    const requested = (createdAt: number) => activeGrant({ createdAt });
    expect(covers(ORDER, requested(NOW - 1), false)).toBe(true);
    expect(covers(ORDER, requested(NOW + 999), false)).toBe(true);
    expect(covers(ORDER, requested(NOW + 1000), false)).toBe(false);
    expect(covers(ORDER, requested(NOW + 1_000_000), true)).toBe(true);
  });
});

describe('what an order ended', () => {
  const result = { suspension: null, ended: 0, newest: [] };
  const open: OpenOrder = { order: ORDER, result, after: null, missed: 0, idempotency: null };

  test('is counted, and the newest fifty are known, newest first', () => {
    const grants = Array.from({ length: 60 }, (_, age) => activeGrant({ createdAt: NOW - age }));
    const first = withEnded(open, grants.slice(30));
    expect(first.result).toMatchObject({ ended: 30, newest: { length: 30 } });
    const { ended, newest } = withEnded(first, grants.slice(0, 30).toReversed()).result;
    expect(ended).toBe(60);
    expect(newest).toEqual(grants.slice(0, 50).map(({ createdAt, id }) => ({ createdAt, id })));
  });

  test('sorts grants of one moment by id, as lists do', () => {
    const grants = ['gr_a', 'gr_c', 'gr_b'].map((id) => activeGrant({ id, createdAt: NOW }));
    const { newest } = withEnded(open, grants).result;
    expect(newest.map(({ id }) => id)).toEqual(['gr_c', 'gr_b', 'gr_a']);
  });
});
