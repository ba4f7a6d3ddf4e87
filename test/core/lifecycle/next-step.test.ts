import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GRANT_STATUSES, type Grant } from '../../../core/grant.ts';
import { newGrantId } from '../../../core/ids.ts';
import { reviewOwed } from '../../../core/lifecycle/new-grant.ts';
import { dueAt, nextStep, stepAfter, sweepAt } from '../../../core/lifecycle/next-step.ts';
import { activeGrant, NO_APPROVALS, NOW, ROLE } from '../../support/sample-grants.ts';

const END = Date.parse('2026-11-23T10:30:00Z');
const START = Date.parse('2026-11-23T10:10:00Z');
const LAPSE = Date.parse('2026-11-23T10:20:00Z');
const KILL = { roles: [ROLE], at: NOW, until: END + 60_000 };

const as = (status: Grant['status'], changes: Partial<Grant> = {}): Grant =>
  activeGrant({
    status,
    startsAt: START,
    expiresAt: END,
    approvals: { ...NO_APPROVALS, required: 1, refusals: 1, lapseAt: LAPSE },
    version: 7,
    ...changes,
  });

describe('the next step of a grant', () => {
  test.each<[string, Partial<Grant>, string, number | null]>([
    ['pending', {}, 'votes', LAPSE],
    ['scheduled', {}, 'start', START],
    ['active', {}, 'end', END + 1000],
    ['active', { expiresAt: null }, 'end', null],
    ['active', { kill: KILL }, 'kill', NOW],
    ['revoking', { kill: KILL }, 'kill', NOW],
    ['revoking', {}, 'kill', 0],
    ['revoked', {}, 'over', null],
    ['expired', {}, 'over', null],
    ['denied', {}, 'over', null],
    ['cancelled', {}, 'over', null],
    ['lapsed', {}, 'over', null],
  ])('that is %s with %j is %s, due at %s', (status, changes, phase, due) => {
    const grant = as(status as Grant['status'], changes);
    expect(nextStep(grant, NOW)).toMatchObject({ phase, grantId: grant.id, version: 7 });
    expect(dueAt(grant)).toBe(due);
  });

  test.each(['revoked', 'expired'] as const)(
    'that is %s is that its deny is removed, at a moment of its own within a minute after its last key',
    (status) => {
      const moments = Array.from({ length: 200 }, () => {
        const grant = as(status, { id: newGrantId(randomBytes, NOW), kill: KILL });
        expect(nextStep(grant, NOW).phase).toBe('last-key');
        expect(dueAt(grant)).toBe(dueAt(grant));
        return (dueAt(grant) ?? 0) - KILL.until;
      });
      expect(Math.min(...moments)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...moments)).toBeLessThan(60_000);
      expect(moments.filter((moment) => moment % 1000 !== 0)).toEqual([]);
      const together = Map.groupBy(moments, (moment) => moment);
      expect(Math.max(...Array.from(together.values(), ({ length }) => length))).toBeLessThan(20);
    },
  );

  test('says how many whole seconds it waits, and until when', () => {
    const scheduled = as('scheduled');
    const step = { phase: 'start', grantId: scheduled.id, version: 7, again: 0, pause: 0 };
    const until = '2026-11-23T10:10:00Z';
    expect(nextStep(scheduled, START - 5000)).toEqual({ ...step, seconds: 5, until });
    expect(nextStep(scheduled, START - 4001)).toEqual({ ...step, seconds: 5, until });
    expect(nextStep(scheduled, START - 1)).toEqual({ ...step, seconds: 1, until });
  });

  test.each([START, START + 1, START + 86_400_000])('waits a second when it is due', (now) => {
    expect(nextStep(as('scheduled'), now)).toMatchObject({ seconds: 1 });
  });

  test('has no end where nothing is due', () => {
    expect(nextStep(as('revoked'), NOW)).toMatchObject({ seconds: 1, until: '' });
  });

  test('waits at least one whole second, and never past its due time by more than one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...GRANT_STATUSES),
        fc.option(fc.constant(KILL)),
        fc.integer({ min: NOW - 4_000_000, max: NOW + 4_000_000 }),
        (status, kill, now) => {
          const grant = as(status, { kill });
          const { seconds } = nextStep(grant, now);
          expect(Number.isInteger(seconds)).toBe(true);
          expect(seconds).toBeGreaterThanOrEqual(1);
          const end = now + seconds * 1000;
          const due = dueAt(grant);
          if (due !== null && due > now) {
            expect(end).toBeGreaterThanOrEqual(due);
            expect(end).toBeLessThan(due + 1000);
          }
        },
      ),
    );
  });
});

describe('the sweep', () => {
  const owed = reviewOwed({ breakGlass: true, reviewAfterSeconds: 600 }, START);
  const reminder = START + 300_000;

  test('looks at a grant when its next step is due', () => {
    expect(sweepAt(as('active'))).toBe(END + 1000);
    expect(sweepAt(as('revoked'))).toBeNull();
  });

  test('looks earlier when the reminder of a review is due before that', () => {
    expect(sweepAt(as('active', { review: owed }))).toBe(reminder);
    const later = reviewOwed({ breakGlass: true, reviewAfterSeconds: 86_400 }, START);
    expect(sweepAt(as('active', { review: later }))).toBe(END + 1000);
  });

  test('looks at a review also after its grant has ended', () => {
    expect(sweepAt(as('expired', { review: owed }))).toBe(reminder);
  });
});

describe('a step after another', () => {
  const step = nextStep(activeGrant(), NOW);

  test('counts, and pauses longer every time, up to five minutes', () => {
    const steps = [step];
    while (steps.length <= 11) steps.push(stepAfter(steps.at(-1), step));
    expect(steps.map(({ again }) => again)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const pauses = steps.map(({ pause }) => pause);
    expect(pauses).toEqual([0, 0, 1, 3, 7, 15, 31, 63, 127, 255, 300, 300]);
  });

  test('does not pause beyond the time at which something is due', () => {
    const before = { ...step, again: 10 };
    const due = nextStep(as('active'), END - 20_000);
    expect(stepAfter(before, due)).toMatchObject({ phase: 'end', seconds: 21, pause: 21 });
    const overdue = nextStep(as('active'), END + 60_000);
    expect(stepAfter(before, overdue)).toMatchObject({ seconds: 1, pause: 1 });
  });

  test('pauses as long as ever where nothing is due', () => {
    const undated = nextStep(as('active', { expiresAt: null }), NOW);
    expect(stepAfter({ ...step, again: 10 }, undated)).toMatchObject({ until: '', pause: 300 });
  });

  test('is the first where an execution of an older version did not count', () => {
    expect(stepAfter({ phase: 'end' }, step)).toEqual({ ...step, again: 1, pause: 0 });
    expect(stepAfter(undefined, step)).toEqual({ ...step, again: 1, pause: 0 });
  });
});
