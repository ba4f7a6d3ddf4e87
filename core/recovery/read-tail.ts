import type { Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import { fromTiles, type ReadLogFile, type TileFault } from '../ledger/from-tiles.ts';
import { foldPerfect, type Hash, leafHash } from '../ledger/merkle.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../ledger/tiles.ts';
import { inclusionProof, type ReadSubtree } from '../ledger/tree-proofs.ts';
import { isIncluded } from '../ledger/verify-proofs.ts';
import { err, ok, type Result } from '../result.ts';

/** The newest entries of the log, verified: what a restored table may not know. */

export type TailFault =
  | Unavailable
  | TileFault
  /** All files agree with each other, and not with what was signed. */
  | { readonly code: 'not-signed'; readonly path: string };

/** One bundle of entries. `first` is the place of its first entry. */
export type TailPage = {
  readonly first: number;
  readonly entries: readonly Uint8Array[];
  readonly path: string;
};

/**
 * The order of the log is nearly that of time: events of one second can be in any order, clocks differ, and an event
 * that no notice came for gets its place minutes later. So the tail begins this much before the restore point.
 */
export const MARGIN_SECONDS = 600;

const OLD_BUNDLES = 4;

/**
 * Reads bundles from the end of the signed log backwards, until four of them in a row have nothing that happened after
 * `since`, less the margin: events that were late, after an outage, fill whole bundles with old ones. One proof verifies a bundle: the siblings of its first entry are made of its other entries.
 */
export async function* readTail(
  read: ReadLogFile,
  { size, root }: Checkpoint,
  since: Instant,
): AsyncGenerator<Result<TailPage, TailFault>> {
  const from = addSeconds(since, -MARGIN_SECONDS);
  let old = 0;
  for (let index = Math.ceil(size / TILE_WIDTH) - 1; index >= 0; index -= 1) {
    const page = await readBundle(read, { size, root }, index);
    yield page;
    if (!page.ok) return;
    old = page.value.entries.every((entry) => timeOf(entry) < from) ? old + 1 : 0;
    if (old === OLD_BUNDLES) return;
  }
}

/** The bundle with this index, verified. */
export async function readBundle(
  read: ReadLogFile,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  index: number,
): Promise<Result<TailPage, TailFault>> {
  const first = index * TILE_WIDTH;
  const width = Math.min(TILE_WIDTH, size - first);
  const path = tilePath({ level: 'entries', index, width });
  const bytes = await read(path);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return err({ code: 'missing', path });
  const entries = decodeBundle(bytes.value);
  if (!entries.ok || entries.value.length !== width) return err({ code: 'damaged', path });
  const leaves = entries.value.map(leafHash);
  const proof = await fromTiles(read, size, (tiles) =>
    inclusionProof(ownOr(tiles, leaves, first), first, size),
  );
  if (!proof.ok) return proof;
  const inclusion = { index: first, size, leaf: leaves[0] as Hash, root };
  if (!isIncluded(inclusion, proof.value)) return err({ code: 'not-signed', path });
  return ok({ first, entries: entries.value, path });
}

/** Subtrees of the bundle are made of its entries, so that the proof is about all of them. */
function ownOr(tiles: ReadSubtree, leaves: readonly Hash[], first: number): ReadSubtree {
  return async (height, index) => {
    const from = index * 2 ** height - first;
    const to = from + 2 ** height;
    return from >= 0 && to <= leaves.length
      ? foldPerfect(leaves.slice(from, to))
      : tiles(height, index);
  };
}

/** An entry that cannot be read may be of any time. */
export function timeOf(entry: Uint8Array): Instant {
  try {
    const { at } = JSON.parse(Buffer.from(entry).toString('utf8')) as { readonly at?: unknown };
    const time = Date.parse(String(at));
    return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
