import { describe, expect, test } from '@jest/globals';
import { GRANT_STATUSES, type Grant } from '../../../core/grant.ts';
import {
  cancel,
  credentialsAlive,
  expire,
  happeningOf,
  reportableEnd,
  revoke,
} from '../../../core/lifecycle/end.ts';
import { reviewOwed } from '../../../core/lifecycle/new-grant.ts';
import { err, ok } from '../../../core/result.ts';
import { activeGrant, NOW, ROLE } from '../../support/sample-grants.ts';

const END = Date.parse('2026-11-23T10:30:00Z');
const HOUR = 3_600_000;
const CHAINED = 'arn:aws:iam::111122223333:role/chained';
const WHY = 'a test';

const ACTIVE = activeGrant({ expiresAt: END });
const as = (status: Grant['status'], changes: Partial<Grant> = {}): Grant => ({
  ...ACTIVE,
  status,
  ...changes,
});
const without = (...excluded: readonly Grant['status'][]) =>
  GRANT_STATUSES.filter((status) => !excluded.includes(status));

const wrong = (detail: string) => err({ code: 'wrong-state', detail });
const review = reviewOwed({ breakGlass: true, reviewAfterSeconds: 3600 }, NOW);
const order = { roles: [ROLE], at: NOW, until: END + 60_000 };

describe('cancelling', () => {
  test.each(['pending', 'scheduled'] as const)('ends a grant that is %s', (status) => {
    const grant = as(status, { review });
    const changes = { status: 'cancelled', endedAt: NOW, endReason: WHY, review: null };
    const cancelled = { ...grant, ...changes, version: 2 };
    expect(cancel(grant, WHY, NOW)).toEqual(ok({ kind: 'cancelled', grant: cancelled }));
  });

  test('is too late once credentials were vended', () => {
    const used = as('scheduled', { keysValidUntil: END });
    expect(cancel(used, WHY, NOW)).toEqual(wrong('The grant is scheduled, not pending.'));
  });

  test.each(without('pending', 'scheduled'))('is refused while it is %s', (status) => {
    const hint = status === 'active' ? ' Revoke it instead.' : '';
    expect(cancel(as(status), WHY, NOW)).toEqual(
      wrong(`The grant is ${status}, not pending.${hint}`),
    );
  });
});

describe('revoking', () => {
  test('a request that is still pending cancels it', () => {
    expect(revoke(as('pending'), WHY, NOW)).toMatchObject({ value: { kind: 'cancelled' } });
  });

  test.each(['active', 'scheduled'] as const)(
    'a grant that is %s and was never used ends it at once, without a review',
    (status) => {
      const grant = as(status, { review });
      const changes = { status: 'revoked', endedAt: NOW, endReason: WHY, review: null };
      const revoked = { ...grant, ...changes, version: 2 };
      expect(revoke(grant, WHY, NOW)).toEqual(ok({ kind: 'revoked', grant: revoked }));
    },
  );

  test('a grant whose credentials are dead ends it at once, and it still owes its review', () => {
    const grant = as('active', { review, keysValidUntil: NOW });
    expect(revoke(grant, WHY, NOW)).toMatchObject({
      value: { kind: 'revoked', grant: { status: 'revoked', review, kill: null } },
    });
  });

  test.each(['active', 'scheduled'] as const)(
    'a grant that is %s with living credentials orders the kill switch first',
    (status) => {
      const grant = as(status, { review, keysValidUntil: END });
      const changes = { status: 'revoking', endReason: WHY, kill: order };
      const revoking = { ...grant, ...changes, version: 2 };
      expect(revoke(grant, WHY, NOW)).toEqual(ok({ kind: 'revoking', grant: revoking }));
    },
  );

  test('denies every role that its sessions can reach, for as long as one may last', () => {
    const grant = as('active', { keysValidUntil: END, chainedRoles: [CHAINED] });
    const until = NOW + HOUR + 30_000 + 60_000;
    expect(revoke(grant, WHY, NOW)).toMatchObject({
      value: { grant: { kill: { roles: [ROLE, CHAINED], at: NOW, until } } },
    });
    const longer = { ...grant, keysValidUntil: NOW + 2 * HOUR };
    expect(revoke(longer, WHY, NOW)).toMatchObject({
      value: { grant: { kill: { until: NOW + 2 * HOUR + 60_000 } } },
    });
  });

  test('is too late once its time is up', () => {
    expect(revoke(ACTIVE, WHY, END - 1).ok).toBe(true);
    const ended = wrong('The grant ended at 2026-11-23T10:30:00Z.');
    expect(revoke(ACTIVE, WHY, END)).toEqual(ended);
    expect(revoke(as('active', { keysValidUntil: END }), WHY, END)).toEqual(ended);
  });

  test('is possible after its time while a session in a chained role may still work', () => {
    const grant = as('active', { keysValidUntil: END + HOUR, chainedRoles: [CHAINED] });
    expect(revoke(grant, WHY, END + 1)).toMatchObject({ value: { kind: 'revoking' } });
  });

  test('needs no end: a grant without one is revoked as any other', () => {
    expect(revoke(as('active', { expiresAt: null }), WHY, NOW).ok).toBe(true);
  });

  test.each(without('pending', 'active', 'scheduled'))('is refused while it is %s', (status) => {
    expect(revoke(as(status), WHY, NOW)).toEqual(wrong(`The grant is already ${status}.`));
    const endless = as(status, { expiresAt: null });
    expect(revoke(endless, WHY, NOW)).toEqual(wrong(`The grant is already ${status}.`));
  });
});

describe('expiring', () => {
  const expired = { status: 'expired', version: 2, endedAt: END, endReason: 'time is up' };

  test.each(['active', 'scheduled'] as const)(
    'a grant that is %s waits until every clock agrees, and reports the end as it was',
    (status) => {
      const grant = as(status);
      expect(reportableEnd(END)).toBe(END + 1000);
      expect(expire(grant, END + 999)).toEqual({ kind: 'not-due' });
      const expected = { kind: 'expired', grant: { ...grant, ...expired } };
      expect(expire(grant, END + 1000)).toEqual(expected);
      expect(expire(grant, END + 86_400_000)).toEqual(expected);
    },
  );

  test.each(without('active', 'scheduled'))('leaves a grant alone that is %s', (status) => {
    expect(expire(as(status), END + 1000)).toEqual({ kind: 'already-ended' });
  });

  test('needs an end', () => {
    expect(expire(as('active', { expiresAt: null }), END)).toEqual({ kind: 'already-ended' });
  });

  test('does not wait for sessions that end on their own', () => {
    const grant = as('active', { keysValidUntil: END + HOUR });
    expect(expire(grant, END + 1000)).toMatchObject({ kind: 'expired' });
  });

  describe('with a chained role', () => {
    const keysValidUntil = END + HOUR;
    const grant = as('active', { keysValidUntil, chainedRoles: [CHAINED] });

    test('orders a deny on the chained roles first', () => {
      const now = END + 1000;
      const kill = { roles: [CHAINED], at: now, until: now + HOUR + 30_000 + 60_000 };
      const killing = { ...grant, version: 2, endReason: 'time is up', kill };
      expect(expire(grant, now)).toEqual({ kind: 'killing', grant: killing });
    });

    test('does not order it again', () => {
      const killing = { ...grant, kill: { ...order, roles: [CHAINED] } };
      expect(expire(killing, END + 2000)).toEqual({ kind: 'already-ended' });
    });

    test('ends at once when no session can be alive', () => {
      expect(expire(grant, keysValidUntil - 1)).toMatchObject({ kind: 'killing' });
      expect(expire(grant, keysValidUntil)).toMatchObject({ kind: 'expired' });
      const unused = { ...grant, keysValidUntil: null };
      expect(expire(unused, END + 1000)).toMatchObject({ kind: 'expired' });
    });
  });
});

test('credentials are alive until they end, and only where some were vended', () => {
  expect(credentialsAlive(as('active', { keysValidUntil: END }), END - 1)).toBe(true);
  expect(credentialsAlive(as('active', { keysValidUntil: END }), END)).toBe(false);
  expect(credentialsAlive(ACTIVE, NOW)).toBe(false);
});

describe('the trail', () => {
  test.each([
    ['expired', { type: 'expired' }],
    ['revoked', { type: 'revoked', reason: WHY, killSeconds: null }],
    ['cancelled', { type: 'cancelled', reason: WHY }],
    ['revoking', { type: 'revoking', reason: WHY }],
    ['killing', { type: 'killing', reason: WHY }],
  ] as const)('records an ending of the kind %s', (kind, happening) => {
    expect(happeningOf({ kind, grant: { ...ACTIVE, endReason: WHY } })).toEqual(happening);
  });

  test('records an empty reason where none was given', () => {
    expect(happeningOf({ kind: 'revoked', grant: ACTIVE })).toMatchObject({ reason: '' });
  });
});
