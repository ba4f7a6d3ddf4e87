import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, middleOf, quantile, type Sketch } from '../../../core/stats/sketch.ts';
import { draws } from '../../support/draws.ts';

function sketchOf(values: readonly number[]): Sketch {
  const buckets = new Map<number, number>();
  for (const value of values) {
    const bucket = bucketOf(value);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return { buckets, max: Math.max(0, ...values) };
}

const value = fc.oneof(
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 0, max: 100_000_000 }),
  fc.double({ min: 0, max: 1e7, noNaN: true }),
);

describe('a sketch of durations', () => {
  test('has every quantile within 2.5 % of the value at its rank, and one below 1 as 0', () => {
    const values = fc.array(value, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const rank = Math.max(1, Math.ceil(share * all.length));
        const exact = all.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN;
        const found = quantile(sketchOf(all), share) ?? Number.NaN;
        const error = exact < 1 ? 0 : 0.0251 * exact;
        expect(Math.abs(found - (exact < 1 ? 0 : exact))).toBeLessThanOrEqual(error);
      }),
      { numRuns: draws(300) },
    );
  });

  test('never shows more than the greatest value', () => {
    expect(quantile(sketchOf([1000, 1001, 1002]), 1)).toBe(1002);
    expect(quantile(sketchOf([1000, 1001, 1002]), 0.5)).toBeLessThanOrEqual(1002);
  });

  test('has no quantile without values', () => {
    expect(quantile(sketchOf([]), 0.5)).toBeNull();
  });

  test('needs few buckets: some hundred from a millisecond to a day', () => {
    expect(bucketOf(86_400_000) - bucketOf(1)).toBeLessThan(400);
    expect(middleOf(bucketOf(0.4))).toBe(0);
    expect(middleOf(bucketOf(1))).toBeCloseTo(1, 1);
  });
});
