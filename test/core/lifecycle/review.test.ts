import { describe, expect, test } from '@jest/globals';
import type { Grant, Review } from '../../../core/grant.ts';
import { reminderAt, remindOfReview, review } from '../../../core/lifecycle/review.ts';
import { err, ok } from '../../../core/result.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const HOUR = 3_600_000;

const DUE: Review = {
  status: 'due',
  dueAt: NOW + HOUR,
  reminded: false,
  reviewer: null,
  comment: null,
  at: null,
};

function used(owed: Review | null = DUE, changes: Partial<Grant> = {}): Grant {
  return activeGrant({
    breakGlass: true,
    review: owed,
    marks: ['people:ana', 'employee=1'],
    keysValidUntil: NOW + HOUR,
    ...changes,
  });
}

const BO = {
  reviewer: { type: 'User', id: 'people:bo', name: 'bo@acme.example' } as const,
  marks: ['people:bo', 'employee=2'],
  comment: 'was needed',
};

describe('a review of break-glass', () => {
  test('is done by another person, as the next version of the grant', () => {
    const grant = used({ ...DUE, reminded: true });
    const { reviewer, comment } = BO;
    const done = { ...DUE, reminded: true, status: 'done', reviewer, comment, at: NOW + 5 };
    expect(review(grant, BO, NOW + 5)).toEqual(ok({ ...grant, version: 2, review: done }));
  });

  test('may be done after it was due', () => {
    expect(review(used(), BO, NOW + 2 * HOUR).ok).toBe(true);
  });

  test.each([
    ['principal', ['people:ana']],
    ['alias', ['ci:ana', 'employee=1']],
  ])('cannot be done by who used it, as the same %s', (_, marks) => {
    const detail = 'You cannot review your own use of break-glass. Ask another reviewer.';
    expect(review(used(), { ...BO, marks }, NOW)).toEqual(err({ code: 'own-request', detail }));
  });

  describe('waits until there is something to review:', () => {
    const unused = used(DUE, { keysValidUntil: null, expiresAt: NOW + HOUR });
    const refused = err({
      code: 'wrong-state',
      detail: 'Nobody has used the grant yet. Review it after its first use, or after its end.',
    });

    test('not before keys were vended', () => {
      expect(review(unused, BO, NOW)).toEqual(refused);
      expect(review({ ...unused, status: 'scheduled' }, BO, NOW)).toEqual(refused);
      expect(review({ ...unused, status: 'pending', expiresAt: null }, BO, NOW)).toEqual(refused);
      expect(review({ ...unused, keysValidUntil: NOW }, BO, NOW).ok).toBe(true);
    });

    test('or the grant ended without', () => {
      expect(review({ ...unused, status: 'expired', endedAt: NOW }, BO, NOW).ok).toBe(true);
      expect(review(unused, BO, NOW + HOUR - 1)).toEqual(refused);
      expect(review(unused, BO, NOW + HOUR).ok).toBe(true);
    });
  });

  test.each([
    ['is refused where none is owed', null, 'The grant has nothing to review.'],
    ['is done once', { ...DUE, status: 'done' as const }, 'The grant has already been reviewed.'],
  ])('%s', (_, owed, detail) => {
    expect(review(used(owed), BO, NOW)).toEqual(err({ code: 'wrong-state', detail }));
  });
});

describe('the reminder of a review', () => {
  const half = NOW + HOUR / 2;

  test('is sent once, after half of the time from the start', () => {
    const grant = used();
    expect(reminderAt(grant)).toBe(half);
    expect(remindOfReview(grant, half - 1)).toBeNull();
    const reminded = { ...grant, version: 2, review: { ...DUE, reminded: true } };
    expect(remindOfReview(grant, half)).toEqual(reminded);
    expect(remindOfReview(grant, half + HOUR)).toEqual(reminded);
    expect(reminderAt(reminded)).toBeNull();
    expect(remindOfReview(reminded, half)).toBeNull();
  });

  test('counts from the start of the grant, not from its request', () => {
    expect(reminderAt(used(DUE, { startsAt: NOW + HOUR / 2 }))).toBe(NOW + (HOUR * 3) / 4);
    expect(reminderAt(used(DUE, { startsAt: null }))).toBe(half);
  });

  test('is at a whole millisecond', () => {
    expect(reminderAt(used({ ...DUE, dueAt: NOW + 5 }))).toBe(NOW + 2);
  });

  test.each([
    ['none is owed', null],
    ['it was done', { ...DUE, status: 'done' as const }],
  ])('is not sent when %s', (_, owed) => {
    expect(reminderAt(used(owed))).toBeNull();
    expect(remindOfReview(used(owed), half)).toBeNull();
  });
});
