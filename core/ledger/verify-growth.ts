import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { fromTiles, type ReadLogFile, rootOfFirst, type TileFault } from './from-tiles.ts';
import { sameHash } from './merkle.ts';
import { consistencyProof } from './tree-proofs.ts';
import { isConsistent, type TreeHead } from './verify-proofs.ts';

/** The log has fewer entries than it had, or other ones. */
export type HistoryFault = {
  readonly code: 'smaller' | 'forked';
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
  const history = (code: HistoryFault['code']) => err({ code, before: earlier.size, size });
  if (earlier.size > size) return history('smaller');
  if (earlier.size === size) {
    return sameHash(earlier.root, later.root) ? ok(undefined) : history('forked');
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
  return sameHash(root, earlier.root) ? ok(undefined) : history('forked');
}
