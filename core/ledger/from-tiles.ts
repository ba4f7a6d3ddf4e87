import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { foldPerfect, HASH_BYTES, type Hash, rootOf } from './merkle.ts';
import { decodeHashes, placeOfSubtree, tilePath } from './tiles.ts';
import type { ReadSubtree } from './tree-proofs.ts';

/** Null for a file that is not there. */
export type ReadLogFile = (path: string) => Promise<Result<Uint8Array | null, Unavailable>>;

export type TileFault = { readonly code: 'missing' | 'damaged'; readonly path: string };

type Subtree = { readonly height: number; readonly index: number };

/** What `compute` makes of subtrees, read from the tiles of a log with `size` entries. */
export async function fromTiles<T>(
  read: ReadLogFile,
  size: number,
  compute: (subtree: ReadSubtree) => Promise<T>,
): Promise<Result<T, TileFault | Unavailable>> {
  const wanted: Subtree[] = [];
  await compute(async (height, index) => {
    wanted.push({ height, index });
    return new Uint8Array(HASH_BYTES);
  });
  const known = new Map<string, Hash>();
  for (const { height, index } of wanted) {
    const hash = await subtreeHash(read, size, { height, index });
    if (!hash.ok) return hash;
    known.set(`${height}/${index}`, hash.value);
  }
  return ok(await compute(async (height, index) => known.get(`${height}/${index}`) as Hash));
}

async function subtreeHash(
  read: ReadLogFile,
  size: number,
  { height, index }: Subtree,
): Promise<Result<Hash, TileFault | Unavailable>> {
  const { tile, from, to } = placeOfSubtree(height, index, size);
  const path = tilePath(tile);
  const bytes = await read(path);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return err({ code: 'missing', path });
  const hashes = decodeHashes(bytes.value, tile.width);
  return hashes === null ? err({ code: 'damaged', path }) : ok(foldPerfect(hashes.slice(from, to)));
}

/** The root of the first `size` entries. */
export async function rootOfFirst(read: ReadSubtree, size: number): Promise<Hash> {
  const subtrees: Hash[] = [];
  for (let from = 0; from < size; ) {
    let [width, height] = [1, 0];
    while (width * 2 <= size - from) [width, height] = [width * 2, height + 1];
    subtrees.push(await read(height, from / width));
    from += width;
  }
  return rootOf({ size, subtrees });
}
