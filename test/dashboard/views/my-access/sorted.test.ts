import { expect, test } from '@jest/globals';
import type { Grant } from '../../../../dashboard/api/types.ts';
import { sorted } from '../../../../dashboard/views/my-access/sorted.ts';

let count = 0;

function grant(id: string, status: Grant['status'], changes: Partial<Grant> = {}): Grant {
  count += 1;
  const createdAt = new Date(1_700_000_000_000 + count * 1000).toISOString();
  const ended = !['active', 'pending', 'scheduled'].includes(status);
  const endedAt = ended ? createdAt : null;
  return { id, status, version: 1, createdAt, endedAt, review: null, ...changes } as Grant;
}

const NONE: ReadonlySet<string> = new Set();
const ids = (grants: readonly Grant[]): readonly string[] => grants.map(({ id }) => id);

test('each grant is in the part of its status, and what ends first comes first', () => {
  const mine = sorted(
    [
      grant('late', 'active', { expiresAt: '2026-11-27T12:00:00Z' }),
      grant('soon', 'active', { expiresAt: '2026-11-27T11:00:00Z' }),
      ...[grant('asked', 'pending'), grant('later', 'scheduled'), grant('old', 'expired')],
      ...[grant('dying', 'revoking'), grant('no', 'denied')],
    ],
    NONE,
  );
  expect(ids(mine.active)).toEqual(['dying', 'soon', 'late']);
  expect(ids(mine.pending)).toEqual(['asked']);
  expect(ids(mine.scheduled)).toEqual(['later']);
  expect(ids(mine.earlier)).toEqual(['no', 'old']);
});

test('what was just ended stays where it was until the person leaves', () => {
  const grants = [grant('mine', 'revoked'), grant('other', 'revoked'), grant('late', 'expired')];
  const mine = sorted(grants, new Set(['mine', 'late']));
  expect(ids(mine.active)).toEqual(['mine']);
  expect(ids(mine.earlier)).toEqual(['late', 'other']);
});

test('a grant that two answers have counts once, as its later version', () => {
  const mine = sorted([grant('one', 'active'), grant('one', 'revoked', { version: 2 })], NONE);
  expect(ids(mine.active)).toEqual([]);
  expect(ids(mine.earlier)).toEqual(['one']);
});

test('of those that ended, the last ten are shown, and break-glass until it was reviewed', () => {
  const review = { status: 'due', dueAt: '2026-11-28T10:00:00Z' } as Grant['review'];
  const grants = Array.from({ length: 12 }, (_, n) =>
    grant(`old${n}`, 'expired', n === 0 ? { review } : {}),
  );
  const mine = sorted(grants, NONE);
  expect(ids(mine.earlier)).toHaveLength(10);
  expect(mine.earlier[0]?.id).toBe('old11');
  expect(ids(mine.unreviewed)).toEqual(['old0']);
});
