import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GRANT_STATUSES, type Grant } from '../../../core/grant.ts';
import { extend, start, vendUnder } from '../../../core/lifecycle/active.ts';
import { expiryOf } from '../../../core/lifecycle/new-grant.ts';
import { err, ok } from '../../../core/result.ts';
import { activeGrant, EXTENSION, NOW } from '../../support/sample-grants.ts';

const END = Date.parse('2026-11-23T10:30:00Z');
const HOUR = 3_600_000;

const ACTIVE = activeGrant({ expiresAt: END });
const as = (status: Grant['status'], changes: Partial<Grant> = {}): Grant => ({
  ...ACTIVE,
  status,
  ...changes,
});
/** A scheduled grant whose start has come is as good as an active one. */
const OTHERS = GRANT_STATUSES.filter((status) => !['active', 'scheduled'].includes(status));

const wrong = (detail: string) => err({ code: 'wrong-state', detail });
const ENDED = wrong('The grant ended at 2026-11-23T10:30:00Z. Request a new grant.');

describe('vending under a grant', () => {
  test('records until when the credentials may work, and changes nothing else', () => {
    expect(vendUnder(ACTIVE, NOW)).toEqual(ok({ ...ACTIVE, keysValidUntil: END }));
  });

  test('allows a session that moves on to a chained role an hour more', () => {
    const chained = as('active', { chainedRoles: ['arn:aws:iam::111122223333:role/c'] });
    expect(vendUnder(chained, NOW)).toMatchObject({ value: { keysValidUntil: END + HOUR } });
  });

  test('never brings the end of earlier credentials forward', () => {
    const vended = vendUnder(as('active', { keysValidUntil: END + HOUR }), NOW);
    expect(vended).toMatchObject({ value: { keysValidUntil: END + HOUR } });
  });

  test.each(OTHERS)('is impossible while it is %s', (status) => {
    expect(vendUnder(as(status), NOW)).toEqual(wrong(`The grant is ${status}, not active.`));
  });

  test('ends at the very millisecond, and the answer says when that was', () => {
    expect(vendUnder(ACTIVE, END - 1).ok).toBe(true);
    expect(vendUnder(ACTIVE, END)).toEqual(ENDED);
    expect(vendUnder(ACTIVE, END + 1)).toEqual(ENDED);
  });

  test.each(['active', 'scheduled'] as const)('needs an end while it is %s', (status) => {
    const endless = as(status, { expiresAt: null });
    expect(vendUnder(endless, NOW)).toEqual(wrong(`The grant is ${status}, not active.`));
  });

  test('begins at the start of a scheduled grant, even before its workflow has noticed', () => {
    const scheduled = as('scheduled', { startsAt: NOW + 877 });
    expect(vendUnder(scheduled, NOW + 876)).toEqual(
      wrong('The grant starts at 2026-11-23T10:00:01Z. Request credentials then.'),
    );
    expect(vendUnder(scheduled, NOW + 877)).toMatchObject({ value: { status: 'active' } });
    expect(vendUnder(as('scheduled', { startsAt: null }), NOW).ok).toBe(true);
  });

  test('does not look at the start of a grant that is active already', () => {
    expect(vendUnder(as('active', { startsAt: NOW + 1000 }), NOW).ok).toBe(true);
  });
});

describe('starting a grant', () => {
  const scheduled = as('scheduled', { startsAt: NOW });

  test('makes it active at its start, as its next version', () => {
    expect(start(scheduled, NOW - 1)).toBeNull();
    const active = { ...scheduled, status: 'active', version: 2 };
    expect(start(scheduled, NOW)).toEqual(active);
    expect(start(scheduled, NOW + HOUR)).toEqual(active);
  });

  test('needs a start', () => {
    expect(start(as('scheduled', { startsAt: null }), NOW)).toBeNull();
  });

  test.each(['active', ...OTHERS] as const)('leaves a grant alone that is %s', (status) => {
    expect(start(as(status), NOW)).toBeNull();
  });
});

describe('extending a grant', () => {
  test('gives it a later end, counted from now to a whole second, as its next version', () => {
    const at = NOW + 600_000;
    const expiresAt = Date.parse('2026-11-23T10:40:00Z');
    expect(extend(ACTIVE, 1800, 3600, at)).toEqual(ok({ ...ACTIVE, version: 2, expiresAt }));
  });

  test('starts a scheduled grant whose start has come', () => {
    const extended = extend(as('scheduled', { startsAt: NOW }), 3600, 3600, NOW);
    expect(extended).toMatchObject({ value: { status: 'active' } });
  });

  test('never takes the start of an active grant back, whatever the clock says', () => {
    const startsAt = NOW + 500;
    expect(extend(as('active', { startsAt }), 1800, 3600, NOW)).toMatchObject({
      value: { status: 'active' },
    });
  });

  test('of one that is scheduled counts from its start, and leaves it scheduled', () => {
    const startsAt = Date.parse('2026-11-23T12:00:00Z');
    const expiresAt = Date.parse('2026-11-23T12:30:00Z');
    const scheduled = as('scheduled', { startsAt, expiresAt });
    expect(extend(scheduled, 3600, 3600, NOW)).toEqual(
      ok({ ...scheduled, version: 2, expiresAt: Date.parse('2026-11-23T13:00:00Z') }),
    );
    const detail =
      'may not reach beyond 2026-11-23T13:00:00Z, because the grant begins at 2026-11-23T12:00:00Z';
    expect(extend(scheduled, 3601, 3600, NOW)).toEqual(err({ code: 'too-long', detail }));
    expect(extend(scheduled, 1799, 3600, NOW)).toMatchObject({ error: { code: 'shorter' } });
  });

  test('reaches as far as the longest duration from its start, and no second further', () => {
    const at = NOW + 600_000;
    expect(extend(ACTIVE, 3000, 3600, at)).toMatchObject({
      value: { expiresAt: Date.parse('2026-11-23T11:00:00Z') },
    });
    const detail =
      'may not reach beyond 2026-11-23T11:00:00Z, because the grant began at 2026-11-23T10:00:00.123Z';
    expect(extend(ACTIVE, 3001, 3600, at)).toEqual(err({ code: 'too-long', detail }));
  });

  test('of a grant without a start counts its longest duration from now', () => {
    const startless = as('active', { startsAt: null });
    expect(extend(startless, 3600, 3600, NOW).ok).toBe(true);
    const detail =
      'may not reach beyond 2026-11-23T11:00:00Z, because the grant began at 2026-11-23T10:00:00.123Z';
    expect(extend(startless, 3601, 3600, NOW)).toEqual(err({ code: 'too-long', detail }));
  });

  test('never shortens it', () => {
    expect(extend(ACTIVE, 1800, 3600, NOW)).toMatchObject({ value: { expiresAt: END } });
    const detail = 'ends before 2026-11-23T10:30:00Z, when the grant ends already';
    expect(extend(ACTIVE, 1799, 3600, NOW)).toEqual(err({ code: 'shorter', detail }));
  });

  test('at once ends the wait for another one', () => {
    const waits = as('active', { extension: EXTENSION });
    expect(extend(waits, 1800, 3600, NOW)).toMatchObject({ value: { extension: null } });
  });

  test('is impossible once it has ended, or in any other state', () => {
    expect(extend(ACTIVE, 1800, 3600, END)).toEqual(ENDED);
    for (const status of OTHERS) {
      expect(extend(as(status), 1800, 3600, NOW)).toEqual(
        wrong(`The grant is ${status}, not active.`),
      );
    }
  });

  test('never shortens it and never exceeds the longest duration, whatever is requested', () => {
    const seconds = fc.integer({ min: 1, max: 20_000 });
    const milliseconds = fc.integer({ min: 0, max: 20_000_000 });
    fc.assert(
      fc.property(seconds, seconds, seconds, milliseconds, (lasts, wanted, longest, later) => {
        const startsAt = NOW;
        const expiresAt = expiryOf(startsAt, lasts);
        fc.pre(NOW + later < expiresAt && lasts <= longest);
        const extended = extend(
          as('active', { startsAt, expiresAt }),
          wanted,
          longest,
          NOW + later,
        );
        if (!extended.ok) return;
        expect(extended.value.expiresAt).toBeGreaterThanOrEqual(expiresAt);
        expect(extended.value.expiresAt).toBeLessThanOrEqual(startsAt + longest * 1000);
        expect(extended.value.expiresAt % 1000).toBe(0);
      }),
    );
  });
});
