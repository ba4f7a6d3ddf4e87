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

/** Keeps no more than `size` grants, however many are offered. */
export function sampleOf(size: number, seed: string): Sample {
  const kept: Drawn[] = [];
  return {
    offer: (id, entries) => {
      const sha256 = createHash('sha256').update(`${seed}${id}`).digest('hex');
      const last = kept.at(-1);
      if (kept.length === size && (last === undefined || last.sha256 <= sha256)) return;
      const at = kept.findIndex((other) => other.sha256 > sha256);
      kept.splice(at < 0 ? kept.length : at, 0, { id, sha256, entries });
      kept.length = Math.min(kept.length, size);
    },
    drawn: () => kept,
  };
}
