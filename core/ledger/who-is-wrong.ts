import type { Unavailable } from '../failure.ts';
import { ok, type Result } from '../result.ts';
import { fromTiles, type ReadLogFile } from './from-tiles.ts';
import { leafHash } from './merkle.ts';
import { encodeHashes, placeOfSubtree, tilePath } from './tiles.ts';
import { inclusionProof } from './tree-proofs.ts';
import { isIncluded, type TreeHead } from './verify-proofs.ts';

/** What is not as it was signed; unknown where neither is, or other tiles do not fit either. */
export type Wrong = 'entry' | 'tile' | 'unknown';

/**
 * Which of two that contradict each other was changed: the entry at `index`, or its hash in the tile.
 *
 * @param bundle The entries of its bundle.
 */
export async function whoIsWrong(
  read: ReadLogFile,
  signed: TreeHead,
  index: number,
  bundle: readonly Uint8Array[],
): Promise<Result<Wrong, Unavailable>> {
  const path = tilePath(placeOfSubtree(0, index, signed.size).tile);
  const byTile = await isSigned(read, signed, index);
  if (!byTile.ok || byTile.value) return byTile.ok ? ok('entry') : byTile;
  const hashes = encodeHashes(bundle.map(leafHash));
  const instead: ReadLogFile = async (other) => (other === path ? ok(hashes) : read(other));
  const byEntries = await isSigned(instead, signed, index);
  if (!byEntries.ok) return byEntries;
  return ok(byEntries.value ? 'tile' : 'unknown');
}

/** Whether the tiles lead from the leaf at `index` to the root that was signed. */
async function isSigned(
  read: ReadLogFile,
  { size, root }: TreeHead,
  index: number,
): Promise<Result<boolean, Unavailable>> {
  const made = await fromTiles(read, size, async (subtree) => ({
    leaf: await subtree(0, index),
    proof: await inclusionProof(subtree, index, size),
  }));
  if (made.ok)
    return ok(isIncluded({ index, size, root, leaf: made.value.leaf }, made.value.proof));
  return made.error.code === 'unavailable' ? { ok: false, error: made.error } : ok(false);
}
