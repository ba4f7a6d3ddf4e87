import { expect, test } from '@jest/globals';
import { GRANT_STATUSES } from '../../../../core/grant.ts';
import type { Grant } from '../../../../dashboard/api/types.ts';
import { askAgainIn, hasBegun } from '../../../../dashboard/views/grant/usage-when.ts';
import { grantUsageAnswer } from '../../../support/usage-answers.ts';

const NOW = Date.parse('2026-11-26T10:00:00Z');
const waiting = (readAfter: string | null) =>
  grantUsageAnswer('gr_1', { state: 'waiting', readAfter });

test('nothing is asked of a grant that has not begun, or never will', () => {
  const begun = GRANT_STATUSES.filter((status) =>
    hasBegun({ status, keysValidUntil: null } as Grant),
  );
  expect(begun.toSorted()).toEqual(['active', 'expired', 'revoked', 'revoking']);
  expect(hasBegun({ status: 'scheduled', keysValidUntil: '2026-11-26T11:00:00Z' } as Grant)).toBe(
    true,
  );
});

test('only what waits for its logs is asked for again, and not before they are due', () => {
  expect(askAgainIn(undefined, NOW)).toBe(false);
  for (const state of ['read', 'idle', 'off', 'not-kept'] as const) {
    expect(askAgainIn(grantUsageAnswer('gr_1', { state }), NOW)).toBe(false);
  }
  expect(askAgainIn(waiting(null), NOW)).toBe(false);
  expect(askAgainIn(waiting('2026-11-26T10:20:00Z'), NOW)).toBe(1_200_000);
  expect(askAgainIn(waiting('2026-11-26T09:00:00Z'), NOW)).toBe(30_000);
  expect(askAgainIn(waiting('2026-12-26T09:00:00Z'), NOW)).toBe(3_600_000);
});
