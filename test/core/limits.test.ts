import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Asked,
  beyondAsking,
  type Counted,
  coolsDownUntil,
  countersOf,
  DEFAULT_LIMITS,
  limitedByMinute,
  minuteOf,
  shareOf,
} from '../../core/limits.ts';

const NOW = Date.UTC(2026, 10, 26, 10, 0, 20);
const MINUTE = 60_000;
const NOTHING: Asked = { waiting: [], denials: [] };
const user = { type: 'User', entitlement: 'read', now: NOW } as const;
const denials = (count: number, lastAt: number) =>
  Array.from({ length: count }, (_, at) => lastAt - at * 5 * MINUTE);
const waiting = (count: number, entitlement = 'read', lapsesAt: number | null = NOW + MINUTE) =>
  Array.from({ length: count }, () => ({ entitlement, lapsesAt }));
const counted = (most: number): Counted => ({ limit: 'requestsPerMinute', of: 'people:ana', most });

describe('uses within a minute', () => {
  test('can go on when the next one begins', () => {
    expect(limitedByMinute(counted(30), NOW)).toEqual({
      code: 'limited',
      limit: 'requestsPerMinute',
      most: 30,
      retryAfterSeconds: 40,
    });
    const { retryAfterSeconds } = limitedByMinute(counted(30), NOW + 39_001);
    expect(retryAfterSeconds).toBe(1);
    expect(minuteOf(NOW + 40_000)).toBe(minuteOf(NOW) + 1);
  });

  test('have one counter where few are allowed, and at most eight', () => {
    const counters = [1, 120, 299, 300, 599, 600, 1200, 6000].map((most) =>
      countersOf(counted(most)),
    );
    expect(counters).toEqual([1, 1, 1, 2, 2, 4, 8, 8]);
  });

  test('of all counters are together exactly what the limit allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (most) => {
        const counters = countersOf(counted(most));
        const shares = Array.from({ length: counters }, (_, at) => shareOf(counted(most), at));
        expect(shares.reduce((sum, share) => sum + share)).toBe(most);
        expect(Math.min(...shares)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the cool-down after denials', () => {
  const { coolDown } = DEFAULT_LIMITS;
  const after = (count: number) => {
    const until = coolsDownUntil(coolDown, denials(count, NOW));
    return until === null ? null : (until - NOW) / 1000;
  };

  test('begins with the third denial of a day, doubles with each, and ends within an hour', () => {
    const seconds = [0, 1, 2, 3, 4, 5, 8, 9, 100].map(after);
    expect(seconds).toEqual([null, null, null, 60, 120, 240, 1920, 3600, 3600]);
  });

  test('says exactly until when', () => {
    const asked = { waiting: [], denials: denials(3, NOW - 30_500) };
    const limited = { code: 'limited', limit: 'coolDown', most: 3, retryAfterSeconds: 30 };
    expect(beyondAsking(DEFAULT_LIMITS, asked, user)).toEqual(limited);
    const end = NOW + 29_500;
    const before = { ...user, now: end - 1 };
    expect(beyondAsking(DEFAULT_LIMITS, asked, before)).toEqual({
      ...limited,
      retryAfterSeconds: 1,
    });
    expect(beyondAsking(DEFAULT_LIMITS, asked, { ...user, now: end })).toBeNull();
  });
});

describe('requests that wait for votes', () => {
  test('are limited for one entitlement, and altogether', () => {
    const full = { ...NOTHING, waiting: waiting(20) };
    const limit = 'openRequestsPerEntitlement';
    expect(beyondAsking(DEFAULT_LIMITS, full, user)).toMatchObject({ limit, most: 20 });
    expect(beyondAsking(DEFAULT_LIMITS, { ...NOTHING, waiting: waiting(19) }, user)).toBeNull();
    const hundred = { ...NOTHING, waiting: waiting(100, 'other') };
    expect(beyondAsking(DEFAULT_LIMITS, hundred, user)).toMatchObject({ limit: 'openRequests' });
    const fewer = { ...NOTHING, waiting: waiting(99, 'other') };
    expect(beyondAsking(DEFAULT_LIMITS, fewer, user)).toBeNull();
  });

  test('are more for workloads, and what the entitlement says where it says so', () => {
    const full = { ...NOTHING, waiting: waiting(20) };
    const job = { ...user, type: 'Workload' } as const;
    expect(beyondAsking(DEFAULT_LIMITS, full, job)).toBeNull();
    const one = { ...DEFAULT_LIMITS, entitlements: { read: { openRequestsPerEntitlement: 1 } } };
    const waits = { ...NOTHING, waiting: waiting(1) };
    expect(beyondAsking(one, waits, job)).toMatchObject({ most: 1 });
    expect(beyondAsking(one, waits, { ...job, entitlement: 'other' })).toBeNull();
  });

  test('make room when the first of them lapses', () => {
    const lapsing = [...waiting(19, 'read', NOW + 90 * MINUTE), ...waiting(1, 'read', NOW + 1500)];
    const seconds = (rows: Asked['waiting']) =>
      beyondAsking(DEFAULT_LIMITS, { ...NOTHING, waiting: rows }, user)?.retryAfterSeconds;
    expect(seconds(lapsing)).toBe(2);
    expect(seconds(waiting(20, 'read', null))).toBe(60);
  });

  test('make room when enough of them have lapsed, where a lower limit finds more than it allows', () => {
    const rows = [50, 10, 40, 30, 20].flatMap((at) => waiting(1, 'read', NOW + at * 1000));
    const seconds = (most: number) => {
      const limits = { read: { openRequestsPerEntitlement: most } };
      const lowered = { ...DEFAULT_LIMITS, entitlements: limits };
      return beyondAsking(lowered, { ...NOTHING, waiting: rows }, user)?.retryAfterSeconds;
    };
    expect([1, 2, 3, 4, 5, 6].map(seconds)).toEqual([50, 40, 30, 20, 10, undefined]);
  });

  test('wait no longer when their time is up, also before the broker has ended them', () => {
    const asked = { ...NOTHING, waiting: waiting(20, 'read', NOW) };
    expect(beyondAsking(DEFAULT_LIMITS, asked, { ...user, now: NOW - 1 })).not.toBeNull();
    expect(beyondAsking(DEFAULT_LIMITS, asked, user)).toBeNull();
  });
});
