import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newGrantId } from '../../../core/ids.ts';
import {
  cutoffFor,
  type DeniedGrant,
  denies,
  hashOf,
  killSwitchDocument,
  matcherOf,
  NOTHING_DENIED,
  type OpenGrant,
} from '../../../core/kill/deny-policy.ts';
import { ROOMS, switchFor } from '../../../core/kill/switch-for.ts';
import { isTrueTo } from '../../../core/kill/up-to-date.ts';
import { IN_FLIGHT_SECONDS } from '../../../core/session.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const [ROOM = 0] = ROOMS;
const HOUR = 3_600_000;

const keyOf = (name: string) => `${name}-${name.padEnd(16, '0')}`;
const bytes = (index: number) =>
  Uint8Array.from({ length: 12 }, (_, at) => (index * 31 + at * at) % 256);

/** A grant that was made and ended so many milliseconds ago. */
function ended(made: number, ago: number, name = 'ana'): DeniedGrant {
  const grantId = newGrantId(() => bytes(made), NOW - made);
  const row = { grantId, at: NOW - ago, until: NOW + HOUR };
  return { ...row, principalKey: keyOf(name), begins: false };
}

function open(made: number, name = 'ana'): OpenGrant {
  return { grantId: newGrantId(() => bytes(made + 1), NOW - made), principalKey: keyOf(name) };
}

const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function made(
  denied: readonly DeniedGrant[],
  spared: readonly OpenGrant[] = [],
  room: number = ROOM,
) {
  const done = switchFor({ denied, open: spared, readAt: NOW, cutoff: null }, room);
  const length = killSwitchDocument(done)?.length ?? 0;
  return { ...done, length };
}

describe('the kill switch of a role', () => {
  test('denies nothing where no grant has to be denied', () => {
    expect(made([], [open(1000)])).toEqual({ ...NOTHING_DENIED, length: 0 });
  });

  test('denies every grant until its last session is dead, and not a millisecond longer', () => {
    const row = ended(5000, 1000);
    const until = (at: number) => made([{ ...row, until: at }]).patterns;
    expect(until(NOW + 1)).toEqual([row.grantId]);
    expect(until(NOW)).toEqual([]);
  });

  test('of twelve hundred grants an hour needs a third of its room, and harms no open grant', () => {
    const denied = many(1000, (index) => ended(600_000 + index * 3000, index * 3000));
    const spared = many(260, (index) =>
      open(index < 200 ? index * 3000 : 600_500 + (index - 200) * 50_000),
    );
    const { length, principals, cutoff, ...ids } = made(denied, spared);
    expect([principals, cutoff]).toEqual([[], null]);
    expect(length).toBeLessThan(ROOM / 2);
    expect(denied.every(({ grantId }) => matcherOf(ids)(grantId))).toBe(true);
    expect(spared.some(({ grantId }) => matcherOf(ids)(grantId))).toBe(false);
  });

  test('has brief ids where whole ones do not fit', () => {
    // Every other grant is open, and so no prefix is shared.
    const denied = many(400, (index) => ended(HOUR + index * 20_000, index));
    const spared = many(400, (index) => open(HOUR + index * 20_000 + 10_000));
    const { patterns, except, cutoff, principals, length } = made(denied, spared);
    expect([cutoff, principals]).toEqual([null, []]);
    expect(length).toBeLessThanOrEqual(ROOM);
    expect([...patterns, ...except].every((id) => id.length < 12)).toBe(true);
  });
});

describe('ended grants that do not fit by their ids', () => {
  /** Young ones share no prefix. */
  const hog = many(400, (index) => ended(index * 100, index * 10, 'hog'));
  const strangers = ['ana', 'bob', 'eve'].flatMap((name, at) =>
    many(15, (index) => ended(index * 2000 + at * 7 + 1, 20_000 + index, name)),
  );

  test('of one principal are denied by its cutoff, except the last, and strangers keep theirs', () => {
    const { principals, cutoff, length, ...ids } = made([...hog, ...strangers]);
    expect(length).toBeLessThanOrEqual(ROOM);
    expect(cutoff).toBeNull();
    expect(principals).toEqual([{ hash: 'hog0000000000000', cutoff: cutoffFor(hog.slice(100)) }]);
    const named = (rows: readonly DeniedGrant[]) =>
      rows.filter(({ grantId }) => matcherOf(ids)(grantId));
    expect(named(strangers)).toHaveLength(45);
    expect(named(hog)).toEqual(hog.slice(0, 100));
  });

  test('of several principals take as many ids from those that need most', () => {
    const second = many(90, (index) => ended(index * 300 + 11, index, 'second'));
    const { principals } = made([...hog, ...second, ...strangers], [], ROOM / 2);
    expect(principals.map(({ hash }) => hash)).toEqual(['hog0000000000000', 'second0000000000']);
  });

  test('of rows without a principal are never denied as somebody’s', () => {
    const nobody = hog.map((row) => ({ ...row, principalKey: null }));
    const { principals, cutoff } = made(nobody);
    expect(principals).toEqual([]);
    expect(cutoff).not.toBeNull();
  });

  test('because of another’s open grants take nothing from strangers', () => {
    const denied = many(600, (index) => ended(HOUR + index * 5000, index * 10, `p${index % 20}`));
    const kept = many(600, (index) => open(HOUR + index * 5000 + 2500, 'hog'));
    const { principals, cutoff, ...ids } = made(denied, kept);
    expect([principals, cutoff]).toEqual([[], null]);
    expect(denied.every(({ grantId }) => matcherOf(ids)(grantId))).toBe(true);
  });

  test('of one principal cost another, who only keeps grants open, none of them', () => {
    const random = (index: number) => () =>
      Uint8Array.from(
        { length: 12 },
        (_, at) => (index * 37 + at * 11 + ((index * index) % 251)) % 256,
      );
    const at = (index: number) => 120_000 + ((index * 7919) % 3_400_000);
    const id = (index: number) => newGrantId(random(index), NOW - at(index));
    const theirs = many(900, (index) => ({ ...ended(1, 1000, 'eve'), grantId: id(index) }));
    const mine = many(300, (index) => ({ grantId: id(index + 1000), principalKey: keyOf('ana') }));
    const done = made(theirs, mine, ROOMS[1]);
    expect(done.length).toBeLessThanOrEqual(ROOMS[1] ?? 0);
    expect(done.principals.map(({ hash }) => hash)).toEqual([
      hashOf({ principalKey: keyOf('eve') }),
    ]);
    expect(mine.filter(({ grantId }) => matcherOf(done)(grantId))).toEqual([]);
  });

  test('of very many principals are denied by the cutoff of the role, except the last', () => {
    const denied = many(600, (index) => ended(index * 90, index * 10, `p${index}`));
    const { principals, cutoff, patterns, length } = made(denied);
    expect(principals).toEqual([]);
    expect(length).toBeLessThanOrEqual(ROOM);
    expect(patterns).toHaveLength(128);
    expect(cutoff).toBe(cutoffFor(denied.slice(128)));
  });

  test.each(ROOMS)('leave no more than %i characters, where there is room for a cutoff', (room) => {
    const { length } = made([...hog, ...strangers], [], room);
    expect(length).toBeLessThanOrEqual(Math.max(room, 180));
  });

  test('keep their ids where these fit exactly, and lose them with one character less', () => {
    const whole = made(strangers);
    expect(made(strangers, [], whole.length)).toEqual(whole);
    expect(made(strangers, [], whole.length - 1)).not.toEqual(whole);
    const newest = made([...hog, ...strangers], [], 700);
    expect(newest.cutoff).not.toBeNull();
    expect(made([...hog, ...strangers], [], newest.length)).toEqual(newest);
  });

  test('of one principal keep at least sixteen ids, before the role as a whole is cut off', () => {
    const rows = many(32, (index) => ended(index * 100, index * 10, 'hog'));
    const sixteen = many(16, (index) => rows[index] ?? ended(0, 0));
    const least = made(rows, [], made(sixteen).length + 250);
    expect(least.cutoff).toBeNull();
    expect(least.patterns).toEqual(sixteen.map(({ grantId }) => grantId).toSorted());
    expect(least.principals).toEqual([
      { hash: hashOf({ principalKey: keyOf('hog') }), cutoff: cutoffFor(rows.slice(16)) },
    ]);
  });

  test('cost whoever keeps many grants open the certainty of them, if that costs fewer', () => {
    // Every other grant is open, so each needs an exception or a pattern of its own.
    const names = many(20, (index) => `p${index}`);
    const denied = many(1200, (index) =>
      ended(HOUR + index * 2500, index * 10, names[index % names.length]),
    );
    const kept = many(1200, (index) => open(HOUR + index * 2500 + 1250, 'hog'));
    const done = made(denied, kept);
    expect(done.length).toBeLessThanOrEqual(ROOM);
    expect([done.principals, done.cutoff]).toEqual([[], null]);
    expect(done.unspared).toEqual([hashOf({ principalKey: keyOf('hog') })]);
    expect(denied.every(({ grantId }) => matcherOf(done)(grantId))).toBe(true);
    const newest = kept.filter(({ grantId }) => !matcherOf(done)(grantId));
    expect(newest.length).toBeGreaterThanOrEqual(16);
  });

  test('leave a cutoff alone where there is no room', () => {
    const { cutoff, patterns } = made([ended(5000, 0)], [], 0);
    expect([cutoff, patterns]).toEqual([NOW + 31_000, []]);
  });

  test('have a cutoff from the write, where sessions can begin until then', () => {
    const row = { ...ended(60_000, 50_000), begins: true };
    expect(made([row], [], 0).cutoff).toBe(NOW + 31_000);
    expect(made([{ ...row, begins: false }], [], 0).cutoff).toBe(NOW - 50_000 + 31_000);
  });
});

describe('whatever the rows and the room', () => {
  const rows = fc.uniqueArray(
    fc.record({
      made: fc.integer({ min: 0, max: 2 * HOUR }),
      ago: fc.integer({ min: 0, max: 60_000 }),
      name: fc.constantFrom('ana', 'bob', 'eve', null),
      state: fc.constantFrom('ended', 'ended', 'open', 'dead'),
    }),
    { selector: (row) => row.made, maxLength: 150 },
  );
  const room = fc.constantFrom(...ROOMS, 400, 180);

  test('every ended grant is denied, and every session that it can have had by a cutoff', () => {
    fc.assert(
      fc.property(rows, room, (all, size) => {
        const denied = all
          .filter(({ state }) => state !== 'open')
          .map(({ made: at, ago, name, state }) => ({
            ...ended(at, ago, name ?? ''),
            principalKey: name === null ? null : keyOf(name),
            until: state === 'dead' ? NOW : NOW + 1,
          }));
        const spared = all.filter(({ state }) => state === 'open').map((row) => open(row.made));
        const { length: _, ...done } = made(denied, spared, size);
        const alive = denied.filter(({ until }) => until > NOW);
        expect(alive.filter((row) => !denies(done, row))).toEqual([]);
        expect(isTrueTo(done, { denied, open: spared, readAt: NOW, cutoff: null })).toBe(true);
        for (const row of alive.filter(({ grantId }) => !matcherOf(done)(grantId))) {
          const issued = Math.floor((row.at + IN_FLIGHT_SECONDS * 1000) / 1000) * 1000;
          const cutoffs = [...done.principals.map(({ cutoff }) => cutoff), done.cutoff ?? 0];
          expect(issued).toBeLessThan(Math.max(...cutoffs));
        }
      }),
    );
  });

  test('the same rows in any order give the same switch', () => {
    fc.assert(
      fc.property(rows, room, (all, size) => {
        const of = (wanted: boolean) => all.filter(({ state }) => (state === 'open') === wanted);
        const denied = of(false).map(({ made: at, ago, name }) => ended(at, ago, name ?? ''));
        const spared = of(true).map(({ made: at, name }) => open(at, name ?? ''));
        expect(made(denied.toReversed(), spared.toReversed(), size)).toEqual(
          made(denied, spared, size),
        );
      }),
    );
  });
});
