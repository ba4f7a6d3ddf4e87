import { describe, expect, test } from '@jest/globals';
import { newGrantId } from '../../../core/ids.ts';
import {
  cutoffFor,
  type DeniedGrant,
  killSwitchDocument,
  matcherOf,
  type OpenGrant,
} from '../../../core/kill/deny-policy.ts';
import { ROOMS, switchFor } from '../../../core/kill/switch-for.ts';

/** Who loses what where the ids of all do not fit. */

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR = 3_600_000;
const [ROOM = 0] = ROOMS;

const hash = (name: string) => name.padEnd(16, '0');
const idOf = (made: number) =>
  newGrantId(
    () => Uint8Array.from({ length: 12 }, (_, at) => (made * 31 + at * at) % 256),
    NOW - made,
  );
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function ended(made: number, ago: number, name: string): DeniedGrant {
  const row = { grantId: idOf(made), at: NOW - ago, until: NOW + HOUR };
  return { ...row, principalKey: `ci-${hash(name)}`, begins: false };
}

const open = (made: number, name: string | null): OpenGrant => ({
  grantId: idOf(made),
  principalKey: name === null ? null : `ci-${hash(name)}`,
});

/** So many ended grants of some principals, an hour old, and an open one of a hog between each two. */
const between = (count: number, principals: number) => ({
  denied: many(count, (index) =>
    ended(HOUR + index * 2500, 1000 + index * 10, `p${index % principals}`),
  ),
  open: many(count, (index) => open(HOUR + index * 2500 + 1250, 'hog')),
});

function made(denied: readonly DeniedGrant[], spared: readonly OpenGrant[], room = ROOM) {
  const done = switchFor({ denied, open: spared, readAt: NOW, cutoff: null }, room);
  const matches = matcherOf(done);
  const named = <T extends OpenGrant>(rows: readonly T[]) =>
    rows.filter(({ grantId }) => matches(grantId));
  return { ...done, named, length: killSwitchDocument(done)?.length ?? 0 };
}

describe('room for ids is taken', () => {
  test('from one who keeps many grants open, rather than from ten whose grants ended', () => {
    const rows = between(600, 10);
    const { principals, unspared, cutoff, named, length } = made(rows.denied, rows.open);
    expect([principals, unspared, cutoff]).toEqual([[], [hash('hog')], null]);
    expect(named(rows.denied)).toEqual(rows.denied);
    expect(length).toBeLessThanOrEqual(ROOM);
  });

  test('from one whose grants ended, rather than from one who keeps some open', () => {
    const { denied, open: spared } = between(600, 1);
    const { principals, unspared, cutoff } = made(denied, spared);
    expect([principals.map((one) => one.hash), unspared, cutoff]).toEqual([
      [hash('p0')],
      undefined,
      null,
    ]);
  });

  test('from both, and no more than necessary, where neither is enough', () => {
    const { denied, open: spared } = between(800, 40);
    const young = many(400, (index) => ended(index * 100, index, 'late'));
    const { principals, unspared, cutoff, named, length } = made([...denied, ...young], spared);
    expect([unspared, cutoff]).toEqual([[hash('hog')], null]);
    expect(principals).toEqual([{ hash: hash('late'), cutoff: cutoffFor(young.slice(100)) }]);
    expect(named(young)).toEqual(young.slice(0, 100));
    expect(named(denied)).toEqual(denied);
    expect(length).toBeLessThanOrEqual(ROOM);
  });

  test('never from open grants of nobody in particular', () => {
    const { denied, open: spared } = between(500, 20);
    const mixed = spared.map((row, index) =>
      index % 10 === 0 ? { ...row, principalKey: null } : row,
    );
    const { unspared, named } = made(denied, mixed);
    expect(unspared).toEqual([hash('hog')]);
    expect(named(mixed).filter(({ principalKey }) => principalKey === null)).toEqual([]);
  });
});

describe('whoever keeps a share keeps', () => {
  test('the newest of the open grants, in whatever order they come', () => {
    const rows = between(600, 10);
    const { named, ...done } = made(rows.denied, rows.open);
    const spared = rows.open.filter((row) => !named(rows.open).includes(row));
    expect(spared.length).toBeGreaterThan(16);
    expect(spared).toEqual(expect.arrayContaining([...rows.open.slice(0, 16)]));
    const { named: _, ...reversed } = made(rows.denied.toReversed(), rows.open.toReversed());
    expect(reversed).toEqual(done);
  });

  test('the same of those that ended at once, in whatever order they come', () => {
    const rows = many(40, (index) => ended(index * 100, 500, 'hog'));
    const half = made(rows.slice(0, 20), []).length + 250;
    const { named, ...done } = made(rows, [], half);
    expect(named(rows)).toHaveLength(20);
    const { named: _, ...reversed } = made(rows.toReversed(), [], half);
    expect(reversed).toEqual(done);
  });
});

test('ids stay whole, and all of them, where they fit exactly', () => {
  const denied = many(40, (index) => ended(HOUR + index * 60_000, 500, 'hog'));
  const spared = many(40, (index) => open(HOUR + index * 60_000 + 30_000, 'ana'));
  const { length, patterns, principals } = made(denied, spared);
  expect(patterns).toEqual(denied.map(({ grantId }) => grantId).toSorted());
  expect(made(denied, spared, length)).toMatchObject({ patterns, principals: [] });
  const brief = made(denied, spared, length - 1);
  expect(brief.patterns.every((id) => id.length < 12)).toBe(true);
  expect(brief.principals).toEqual(principals);
  expect(made(denied, spared, brief.length)).toMatchObject({ patterns: brief.patterns });
  expect(made(denied, spared, brief.length - 1).principals).toHaveLength(1);
});
