import { createHash } from 'node:crypto';

/** A sample that anybody can draw again: the grants in the order of SHA-256 over the seed and their ids. */

export type Drawn = {
  readonly id: string;
  /** In hexadecimal. */
  readonly sha256: string;
  /** The places of its entries in the ledger. */
  readonly entries: readonly number[];
};

export type Sample = {
  readonly offer: (id: string, entries: readonly number[]) => void;
  /** In the order of the draw. */
  readonly drawn: () => readonly Drawn[];
};

/** How many are offered before those that cannot be drawn any more are forgotten. */
const SLACK = 1000;

/** Keeps a few more than `size` grants at most, however many are offered. */
export function sampleOf(size: number, seed: string): Sample {
  const kept: Drawn[] = [];
  const trim = (): void => {
    kept.sort((one, other) => (one.sha256 < other.sha256 ? -1 : 1));
    kept.length = Math.min(kept.length, size);
  };
  return {
    offer: (id, entries) => {
      const sha256 = createHash('sha256').update(`${seed}${id}`).digest('hex');
      kept.push({ id, sha256, entries });
      if (kept.length >= 2 * size + SLACK) trim();
    },
    drawn: () => {
      trim();
      return kept;
    },
  };
}
