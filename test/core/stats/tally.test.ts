import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addTallies, EMPTY_TALLY, MOST_SIGNALS, type Tally } from '../../../core/stats/tally.ts';
import { draws } from '../../support/draws.ts';

const EVE = { type: 'User', id: 'people:eve', name: 'eve' } as const;
const named: fc.Arbitrary<string> = fc.constantFrom('a', 'b');
const tally = fc.record({
  counts: fc.array(fc.tuple(named, fc.nat())).map((all) => new Map(all)),
  greatest: fc.array(fc.tuple(named, fc.nat())).map((all) => new Map(all)),
  signals: fc.array(
    fc.nat().map((at) => ({ kind: 'many-denials', principal: EVE, at, count: 3 })),
    { maxLength: MOST_SIGNALS },
  ),
}) satisfies fc.Arbitrary<Tally>;

test('tallies add up: counts to their sum, measures to the greatest, signals to the latest', () => {
  fc.assert(
    fc.property(fc.array(tally, { maxLength: 4 }), (all) => {
      const { counts, greatest, signals } = addTallies(all);
      for (const name of ['a', 'b']) {
        const of = (part: 'counts' | 'greatest') => all.flatMap((one) => one[part].get(name) ?? []);
        expect(counts.get(name) ?? 0).toBe(of('counts').reduce((sum, count) => sum + count, 0));
        expect(greatest.get(name) ?? 0).toBe(Math.max(0, ...of('greatest')));
      }
      const times = all.flatMap((one) => one.signals.map(({ at }) => at)).toSorted((a, b) => b - a);
      expect(signals.map(({ at }) => at)).toEqual(times.slice(0, MOST_SIGNALS));
    }),
    { numRuns: draws(100) },
  );
});

test('keeps the hundred latest signals', () => {
  const at = (time: number) => ({ kind: 'many-denials', principal: EVE, at: time, count: 3 });
  const day = { ...EMPTY_TALLY, signals: Array.from({ length: MOST_SIGNALS }, (_, n) => at(n)) };
  const { signals } = addTallies([day, { ...EMPTY_TALLY, signals: [at(5000)] }]);
  expect(signals).toHaveLength(MOST_SIGNALS);
  expect(signals[0]).toEqual(at(5000));
});
