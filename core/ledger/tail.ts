import { foldPerfect, type Hash, leafHash, type Tree } from './merkle.ts';
import { encodeBundle, encodeHashes, hashesAt, TILE_WIDTH, type Tile, tilePath } from './tiles.ts';

/**
 * The end of a log: all that it takes to go on. Everything before it is in full tiles, which never
 * change.
 */
export type Tail = {
  readonly size: number;
  /** The entries of the bundle that is not full. */
  readonly entries: readonly Uint8Array[];
  /** For each level, the hashes of the tile that is not full. */
  readonly levels: readonly (readonly Hash[])[];
};

export const EMPTY_TAIL: Tail = { size: 0, entries: [], levels: [] };

export type LogFile = { readonly path: string; readonly bytes: Uint8Array };

/** The files that have the tail of a log with this size: its last bundle, and the last tile of each level. */
export function filesOfTail(size: number): {
  readonly bundle: Tile | null;
  readonly tiles: Tile[];
} {
  const bundle = partial('entries', size);
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const tile = partial(level, hashesAt(level, size));
    if (tile !== null) tiles.push(tile);
  }
  return { bundle, tiles };
}

/** Null where the last tile is full, and the next one has nothing yet. */
function partial(level: Tile['level'], count: number): Tile | null {
  const width = count % TILE_WIDTH;
  return width === 0 ? null : { level, index: Math.floor(count / TILE_WIDTH), width };
}

export function treeOf({ size, levels }: Tail): Tree {
  return { size, subtrees: levels.toReversed().flatMap(perfectSubtrees) };
}

/** Of fewer than 256 hashes: the roots of the largest perfect subtrees, the largest first. */
function perfectSubtrees(hashes: readonly Hash[]): readonly Hash[] {
  const roots: Hash[] = [];
  let from = 0;
  for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
    if (hashes.length - from < width) continue;
    roots.push(foldPerfect(hashes.slice(from, from + width)));
    from += width;
  }
  return roots;
}

/**
 * The log with more entries: the files that it needs and has not, bundles first, and its new tail.
 * Files are in the order in which they must be written.
 */
export function grow(
  tail: Tail,
  added: readonly Uint8Array[],
): { readonly tail: Tail; readonly files: readonly LogFile[] } {
  if (added.length === 0) return { tail, files: [] };
  const size = tail.size + added.length;
  const bundles = fill('entries', tail.size, tail.entries, added, encodeBundle);
  const files = [...bundles.files];
  const levels: (readonly Hash[])[] = [];
  let news: readonly Hash[] = added.map(leafHash);
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const before = hashesAt(level, tail.size);
    const filled = fill(level, before, tail.levels[level] ?? [], news, encodeHashes);
    files.push(...filled.files);
    levels.push(filled.rest);
    news = filled.full.map(foldPerfect);
  }
  return { tail: { size, entries: bundles.rest, levels }, files };
}

type Filled<T> = {
  readonly files: readonly LogFile[];
  /** The contents of the tiles that became full. */
  readonly full: readonly (readonly T[])[];
  readonly rest: readonly T[];
};

function fill<T>(
  level: Tile['level'],
  before: number,
  started: readonly T[],
  added: readonly T[],
  encode: (items: readonly T[]) => Uint8Array,
): Filled<T> {
  const all = [...started, ...added];
  const first = Math.floor(before / TILE_WIDTH);
  const files: LogFile[] = [];
  const full: (readonly T[])[] = [];
  for (let from = 0; from < all.length && added.length > 0; from += TILE_WIDTH) {
    const items = all.slice(from, from + TILE_WIDTH);
    const tile = { level, index: first + from / TILE_WIDTH, width: items.length };
    files.push({ path: tilePath(tile), bytes: encode(items) });
    if (items.length === TILE_WIDTH) full.push(items);
  }
  return { files, full, rest: all.slice(full.length * TILE_WIDTH) };
}
