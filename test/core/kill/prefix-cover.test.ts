import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { latestTimeOf, newGrantId } from '../../../core/ids.ts';
import { type Cover, coverOf } from '../../../core/kill/prefix-cover.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { draws } from '../../support/draws.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const MINUTE = 60_000;

const matches = ({ patterns, except }: Cover, id: string): boolean =>
  patterns.some((prefix) => id.startsWith(prefix)) &&
  !except.some((prefix) => id.startsWith(prefix));

/** An id that was made so many milliseconds ago, or will be; with these random characters. */
const idAt = (ago: number, bytes: Uint8Array) => newGrantId(() => bytes, NOW - ago);
const chance = fc.uint8Array({ minLength: 12, maxLength: 12 });

/** Ids of two hours, often close together, and random ones of earlier versions. */
const ids = fc.uniqueArray(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.integer({ min: 0, max: 7_200_000 }), chance) },
    { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 0, max: 90_000 }), chance) },
    { weight: 1, arbitrary: fc.tuple(fc.integer({ min: -1e12, max: 5e10 }), chance) },
  ),
  { selector: ([ago]) => ago, maxLength: 60 },
);
const grants = ids.chain((all) =>
  fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }).map((ended) => {
    const made = all.map(([ago, bytes]) => idAt(ago, bytes));
    return {
      denied: made.filter((_, index) => ended[index]),
      open: made.filter((_, index) => !ended[index]),
    };
  }),
);

describe('a cover', () => {
  test.each([false, true])('matches every ended grant and no open one; brief: %s', (brief) => {
    fc.assert(
      fc.property(grants, ({ denied, open }) => {
        const cover = coverOf(denied, open, NOW, brief);
        expect(denied.filter((id) => !matches(cover, id))).toEqual([]);
        expect(open.filter((id) => matches(cover, id))).toEqual([]);
      }),
      { numRuns: draws(500) },
    );
  });

  test.each([false, true])('matches no grant that is still to be made; brief: %s', (brief) => {
    fc.assert(
      fc.property(grants, fc.nat({ max: MINUTE }), chance, ({ denied, open }, ago, bytes) => {
        const cover = coverOf(denied, open, NOW, brief);
        expect(matches(cover, idAt(ago, bytes))).toBe(false);
        for (const prefix of cover.patterns.filter(({ length }) => length < 23)) {
          expect(latestTimeOf(prefix)).toBeLessThanOrEqual(NOW - MINUTE);
        }
      }),
    );
  });

  test('stands for at most seventeen minutes with each pattern', () => {
    fc.assert(
      fc.property(grants, ({ denied, open }) => {
        const { patterns } = coverOf(denied, open, NOW, true);
        expect(patterns.filter(({ length }) => length < 'gr_'.length + 4)).toEqual([]);
      }),
    );
  });

  test('has the same bytes for the same grants in any order', () => {
    const orders = grants.chain(({ denied, open }) =>
      fc.tuple(
        fc.constant({ denied, open }),
        fc.shuffledSubarray(denied, { minLength: denied.length }),
        fc.shuffledSubarray(open, { minLength: open.length }),
      ),
    );
    fc.assert(
      fc.property(orders, ([{ denied, open }, others, spared]) => {
        expect(coverOf(others, spared, NOW)).toEqual(coverOf(denied, open, NOW));
      }),
    );
  });

  test('is the smallest: no patterns and exceptions that judge the ids right are fewer', () => {
    // Within 17 minutes of long ago, in a tree of two characters and two choices.
    const places = ['00', '01', '10', '11'].map((end) => `gr_0000${end}${'0'.repeat(14)}`);
    const prefixes = ['', '0', '1', ...places.map((id) => id.slice(7, 9))].map(
      (e) => `gr_0000${e}`,
    );
    for (let state = 0; state < 3 ** places.length; state += 1) {
      const whose = (which: number) =>
        places.filter((_, index) => Math.floor(state / 3 ** index) % 3 === which);
      const { patterns, except } = coverOf(whose(1), whose(2), NOW);
      expect(patterns.length + except.length).toBe(fewest(prefixes, whose(1), whose(2)));
    }
  });

  test.each([
    ['nothing', [], [], { patterns: [], except: [] }],
    ['no ended grant', [], ['5'], { patterns: [], except: [] }],
    ['one ended grant, by its whole id', ['5'], [], { patterns: ['5'], except: [] }],
    ['several, by what their ids have in common', ['5a', '5b', '5c'], [], 'gr_11115'],
    [
      'two around an open one, by their ids',
      ['1', '3'],
      ['2'],
      { patterns: ['1', '3'], except: [] },
    ],
    [
      'many around an open one, which becomes an exception',
      ['1', '2', '4', '5'],
      ['3'],
      { patterns: ['gr_1111'], except: ['3'] },
    ],
    [
      'many around open ones, which share an exception',
      ['1', '2', '4', '5', '6'],
      ['3a', '3b', '3c'],
      { patterns: ['gr_1111'], except: ['gr_11113'] },
    ],
    [
      'many around open ones, which share as much of an exception as they have in common',
      ['1', '2', '4', '5', '6'],
      ['3xa', '3xb', '3xc'],
      { patterns: ['gr_1111'], except: ['gr_11113x'] },
    ],
    [
      'some that have an exception, and one beside them, by one pattern with that exception',
      ['1a', '1b', '1d', '1e', '2'],
      ['1c'],
      { patterns: ['gr_1111'], except: ['1c'] },
    ],
    ['one that is said to be open as well', ['5'], ['5'], { patterns: ['5'], except: [] }],
  ])('of %s', (_, denied, open, expected) => {
    const id = (end: string) => (end.startsWith('gr_') ? end : `gr_1111${end.padEnd(16, '0')}`);
    const cover = coverOf(denied.map(id), open.map(id), NOW);
    const { patterns, except } =
      typeof expected === 'string' ? { patterns: [expected], except: [] } : expected;
    expect(cover).toEqual({ patterns: patterns.map(id), except: except.map(id) });
  });

  test('names in full what has less in common than seventeen minutes', () => {
    const far = ['gr_110', 'gr_112', 'gr_114'].map((beginning) => beginning.padEnd(23, '0'));
    expect(coverOf(far, [], NOW)).toEqual({ patterns: far, except: [] });
  });

  test('stands for a span of time as soon as that has been over for a minute', () => {
    const three = ['a', 'b', 'c'].map((end) => `gr_11115${end}`.padEnd(23, '0'));
    const over = latestTimeOf('gr_11115') + MINUTE;
    expect(coverOf(three, [], over)).toEqual({ patterns: ['gr_11115'], except: [] });
    expect(coverOf(three, [], over - 1)).toEqual({ patterns: three, except: [] });
  });

  test('that is brief cuts ids to what tells them apart, unless they are young', () => {
    const [one = '', two = '', young = ''] = [7_200_000, 1_800_000, 30_000].map((ago) =>
      idAt(ago, new Uint8Array(12)),
    );
    const { patterns } = coverOf([one, two, young], [], NOW, true);
    expect(patterns).toEqual([one.slice(0, 7), two.slice(0, 7), young]);
  });

  test('of thousands of grants is made within a moment', () => {
    const many = Array.from({ length: draws(10_000) }, (_, index) =>
      idAt(
        3_600_000 - index * 300,
        Uint8Array.from({ length: 12 }, (__, at) => index * 7 + at),
      ),
    );
    const took = cpuTime(() => {
      coverOf(
        many.filter((_, index) => index % 3 > 0),
        many.filter((_, index) => index % 3 === 0),
        NOW,
      );
    });
    expect(took).toBeLessThan(1000);
  });
});

/** Tries every way to use prefixes as patterns and exceptions. */
function fewest(
  prefixes: readonly string[],
  denied: readonly string[],
  open: readonly string[],
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let choice = 0; choice < 3 ** prefixes.length; choice += 1) {
    const uses = prefixes.map((_, index) => Math.floor(choice / 3 ** index) % 3);
    const patterns = prefixes.filter((_, index) => uses[index] === 1);
    const except = prefixes.filter((_, index) => uses[index] === 2);
    const right =
      denied.every((id) => matches({ patterns, except }, id)) &&
      !open.some((id) => matches({ patterns, except }, id));
    if (right) least = Math.min(least, patterns.length + except.length);
  }
  return least;
}
