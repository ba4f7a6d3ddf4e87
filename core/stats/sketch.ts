/**
 * Quantiles of many durations in little room: DDSketch (Masson, Rim and Lee, "DDSketch: A Fast and Fully-Mergeable
 * Quantile Sketch with Relative-Error Guarantees", VLDB 2019). Values fall into buckets whose bounds grow by a constant
 * factor, so that every quantile is within 2.5 % of a value that really occurred, and sketches add up.
 */

const RELATIVE_ERROR = 0.025;
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);

/** Values below one have this bucket, and count as zero. */
const ZERO = -1;

/** The bucket of a value that is not negative. */
export function bucketOf(value: number): number {
  return value < 1 ? ZERO : Math.ceil(Math.log(value) / Math.log(GROWTH));
}

/** What stands for all values of a bucket. */
export function middleOf(bucket: number): number {
  return bucket === ZERO ? 0 : (2 * GROWTH ** bucket) / (GROWTH + 1);
}

/** How many values each bucket has, and the greatest value, which is exact. */
export type Sketch = {
  readonly buckets: ReadonlyMap<number, number>;
  readonly max: number;
};

export function countOf({ buckets }: Sketch): number {
  return [...buckets.values()].reduce((sum, count) => sum + count, 0);
}

/**
 * The smallest value that at least this share of all values does not exceed (nearest rank).
 *
 * @returns null where there are no values.
 */
export function quantile(sketch: Sketch, share: number): number | null {
  const rank = Math.max(1, Math.ceil(share * countOf(sketch)));
  let seen = 0;
  for (const [bucket, count] of [...sketch.buckets].toSorted(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= rank) return Math.min(sketch.max, middleOf(bucket));
  }
  return null;
}
