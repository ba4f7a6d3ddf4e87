import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { fromTiles, type ReadLogFile, rootOfFirst, type TileFault } from './from-tiles.ts';
import { sameHash } from './merkle.ts';
import { consistencyProof } from './tree-proofs.ts';
import { isConsistent, type TreeHead } from './verify-proofs.ts';

/**
 * The log is not what it was seen to be: an `older` state of it, as its own tiles prove; `forked`, with other entries; or
 * `smaller`, where it lacks the tiles that would tell the one from the other.
 */
export type HistoryFault = {
  readonly code: 'older' | 'smaller' | 'forked';
  readonly before: number;
  readonly size: number;
};

export type GrowthFault =
  | TileFault
  | HistoryFault
  /** The tiles are not those of the log that was signed. */
  | { readonly code: 'wrong-root'; readonly size: number };

/** Whether a log begins with all of an earlier state of itself, by a few of its tiles and no entry. */
export async function verifyGrowth(
  read: ReadLogFile,
  earlier: TreeHead,
  later: TreeHead,
): Promise<Result<void, GrowthFault | Unavailable>> {
  const { size } = later;
  if (earlier.size > size) return verifyShrunk(read, earlier, later);
  if (earlier.size === size) {
    return sameHash(earlier.root, later.root) ? ok(undefined) : forked(earlier, later);
  }
  const made = await fromTiles(read, size, async (subtree) => ({
    root: await rootOfFirst(subtree, earlier.size),
    proof: await consistencyProof(subtree, earlier.size, size),
  }));
  if (!made.ok) return made;
  const { root, proof } = made.value;
  if (!isConsistent({ size: earlier.size, root }, later, proof)) {
    return err({ code: 'wrong-root', size });
  }
  return sameHash(root, earlier.root) ? ok(undefined) : forked(earlier, later);
}

/**
 * Of a log that has fewer entries than it had: what it is, as far as it still has the tiles of what was seen. Its tiles never
 * change, so a log that only shows an earlier checkpoint has them.
 */
export async function verifyShrunk(
  read: ReadLogFile,
  seen: TreeHead,
  now: TreeHead,
): Promise<Result<never, HistoryFault | Unavailable>> {
  const grown = await verifyGrowth(read, now, seen);
  if (!grown.ok && grown.error.code === 'unavailable') return err(grown.error);
  if (!grown.ok && grown.error.code === 'forked') return forked(seen, now);
  return err({ code: grown.ok ? 'older' : 'smaller', before: seen.size, size: now.size });
}

function forked(before: TreeHead, { size }: TreeHead): Result<never, HistoryFault> {
  return err({ code: 'forked', before: before.size, size });
}
