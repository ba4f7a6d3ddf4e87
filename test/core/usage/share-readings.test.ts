import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Grant } from '../../../core/grant.ts';
import { type DueGrant, shareReadings as share } from '../../../core/usage/share-readings.ts';
import { windowOf } from '../../../core/usage/window-of.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ALL = { regions: null };

function due(from: number, until: number, changes: Partial<Grant> = {}, attempts = 0): DueGrant {
  const grant = activeGrant({
    ...{ status: 'expired', startsAt: NOW + from, endedAt: NOW + until },
    ...{ keysValidUntil: NOW + until, ...changes },
  });
  const dueAt = NOW + until + HOUR;
  return { grant, due: { grantId: grant.id, dueAt, since: dueAt, attempts } };
}

const ids = (grants: readonly DueGrant[]) => grants.map(({ grant }) => grant.id);

const shareReadings = (
  all: readonly DueGrant[],
  places: { readonly regions: readonly string[] | null },
) => share(all, places, 'files');

describe('grants that are due', () => {
  test('are looked for from a little before their start until a little after their last key', () => {
    const [reading] = shareReadings([due(0, HOUR)], { regions: ['eu-central-1'] });
    expect(reading?.window).toEqual({
      ...{ from: NOW - 5 * MINUTE, until: NOW + HOUR + 15 * MINUTE },
      ...{ accounts: ['000000000000'], regions: ['eu-central-1'] },
    });
  });

  test('share one reading where they overlap, or nearly do: 200 of one morning take one', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      due(index * MINUTE, index * MINUTE + HOUR),
    );
    const readings = shareReadings(many, ALL);
    expect(readings).toHaveLength(1);
    expect(ids(readings[0]?.grants ?? [])).toEqual(ids(many));
    expect(readings[0]?.window).toMatchObject({
      from: NOW - 5 * MINUTE,
      until: NOW + 199 * MINUTE + HOUR + 15 * MINUTE,
    });
    expect(shareReadings([...many, due(0, HOUR)], ALL)).toHaveLength(2);
    // A query has room for fifty ids.
    expect(share(many, ALL, 'athena').map(({ grants }) => grants.length)).toEqual([50, 50, 50, 50]);
  });

  test('do not where hours lie between them, or days', () => {
    expect(shareReadings([due(0, HOUR), due(4 * HOUR, 5 * HOUR)], ALL)).toHaveLength(2);
    const chain = Array.from({ length: 4 }, (_, index) =>
      due(index * 20 * HOUR, index * 20 * HOUR + 20 * HOUR),
    );
    const readings = shareReadings(chain, ALL);
    expect(readings.map(({ grants }) => grants.length)).toEqual([2, 2]);
  });

  test('do not where their roles are in other accounts', () => {
    const elsewhere = 'arn:aws:iam::111122223333:role/valetkey/other';
    const readings = shareReadings(
      [
        due(0, HOUR),
        due(0, HOUR, { targetRole: elsewhere }),
        due(0, HOUR, { chainedRoles: [elsewhere] }),
        due(0, HOUR, { targetRole: elsewhere }),
      ],
      ALL,
    );
    expect(readings.map(({ window, grants }) => [window.accounts, grants.length])).toEqual([
      [['000000000000'], 1],
      [['111122223333'], 2],
      [['000000000000', '111122223333'], 1],
    ]);
  });

  test('wait where reading failed thrice, until all others were read: one may take what is left of a pass', () => {
    const late = due(0, HOUR, {}, 3);
    const others = [due(10 * HOUR, 11 * HOUR), due(20 * HOUR, 21 * HOUR, {}, 2)];
    const readings = shareReadings([late, ...others], ALL);
    expect(readings.map(({ grants }) => ids(grants))).toEqual(
      [...others, late].map((one) => ids([one])),
    );
  });

  test('are read alone where reading failed thrice: one of them may be what the others failed with', () => {
    const readings = shareReadings([due(0, HOUR, {}, 3), due(0, HOUR), due(0, HOUR, {}, 2)], ALL);
    expect(readings.map(({ grants }) => grants.length).toSorted()).toEqual([1, 2]);
  });

  test('are read in the order in which the first of each reading is due, also where they share one', () => {
    const elsewhere = { targetRole: 'arn:aws:iam::111122223333:role/valetkey/other' };
    // Their keys lived so long that the first to begin is the last to be due.
    const [first, last] = [due(5 * HOUR, 6 * HOUR, elsewhere), due(0, 30 * HOUR)];
    const shared = [due(20 * HOUR, 21 * HOUR), due(0, 40 * HOUR, elsewhere)];
    const readings = shareReadings([last, ...shared, first], ALL);
    expect(readings.map(({ grants }) => ids(grants))).toEqual([
      ids([shared[1] as DueGrant, first]),
      ids([last, shared[0] as DueGrant]),
    ]);
    const alone = [due(0, 9 * HOUR, {}, 3), due(5 * HOUR, 6 * HOUR, {}, 4)];
    expect(shareReadings(alone, ALL).map(({ grants }) => ids(grants))).toEqual(
      alone.toReversed().map((one) => ids([one])),
    );
  });

  test('are each in exactly one reading, whose window has theirs', () => {
    const grants = fc.array(
      fc.record({
        from: fc.nat(100).map((hours) => hours * HOUR),
        length: fc.nat(200).map((hours) => hours * HOUR),
        attempts: fc.nat(4),
        account: fc.constantFrom('111122223333', '000000000000'),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(grants, (all) => {
        const made = all.map(({ from, length, attempts, account }) => {
          const targetRole = `arn:aws:iam::${account}:role/valetkey/x`;
          return due(from, from + length, { targetRole }, attempts);
        });
        const readings = shareReadings(made, ALL);
        expect(readings.flatMap((one) => ids(one.grants)).toSorted()).toEqual(ids(made).toSorted());
        for (const { window, grants: shared } of readings) {
          for (const { grant } of shared) {
            const own = windowOf(grant, ALL);
            expect(window.from).toBeLessThanOrEqual(own.from);
            expect(window.until).toBeGreaterThanOrEqual(own.until);
            expect(window.accounts).toEqual(own.accounts);
          }
        }
      }),
    );
  });
});
