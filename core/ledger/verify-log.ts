import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { rootOf, sameHash } from './merkle.ts';
import type { NoteError, NoteKey } from './signed-note.ts';
import { EMPTY_TAIL, filesOfTail, grow, type LogFile, type Tail, treeOf } from './tail.ts';
import { decodeBundle, encodeHashes, TILE_WIDTH, tilePath } from './tiles.ts';

/** Verifies a log that somebody serves, or keeps in a folder, with nothing but its key. */

/** Null for a file that is not there. */
export type ReadLogFile = (path: string) => Promise<Result<Uint8Array | null, Unavailable>>;

export type LogFault =
  | NoteError
  | { readonly code: 'no-checkpoint' }
  /** The log has fewer entries than it had, or other ones. */
  | { readonly code: 'smaller' | 'forked'; readonly before: number; readonly size: number }
  | { readonly code: 'missing' | 'damaged'; readonly path: string }
  /** The tile has other hashes than its entries: the first of them has this place. */
  | { readonly code: 'wrong-hash'; readonly path: string; readonly entry: number }
  /** All files agree, but they are not what was signed. */
  | { readonly code: 'wrong-root'; readonly size: number };

export type VerifyLog = {
  readonly read: ReadLogFile;
  readonly key: NoteKey;
  /** What was seen of the same log before. */
  readonly before: Pick<Checkpoint, 'size' | 'root'> | null;
  readonly seen?: (entries: number, size: number) => void;
};

/** Reads every entry, every tile and the checkpoint; one difference anywhere is a fault. */
export async function verifyLog({
  read,
  key,
  before,
  seen,
}: VerifyLog): Promise<Result<Checkpoint, LogFault | Unavailable>> {
  const note = await read('checkpoint');
  if (!note.ok) return note;
  if (note.value === null) return err({ code: 'no-checkpoint' });
  const opened = openCheckpoint(Buffer.from(note.value).toString('utf8'), key);
  if (!opened.ok) return opened;
  const { size, root } = opened.value;
  if (before !== null && before.size > size) {
    return err({ code: 'smaller', before: before.size, size });
  }
  let tail = EMPTY_TAIL;
  while (tail.size < size) {
    const next = await verifyBundle(read, tail, size);
    if (!next.ok) return next;
    if (before !== null && isForked(tail, next.value.entries, before)) {
      return err({ code: 'forked', before: before.size, size });
    }
    tail = next.value.tail;
    seen?.(tail.size, size);
  }
  const last = await verifyTiles(read, partialTiles(tail), size - (size % TILE_WIDTH));
  if (!last.ok) return last;
  return sameHash(rootOf(treeOf(tail)), root) ? opened : err({ code: 'wrong-root', size });
}

type Grown = { readonly tail: Tail; readonly entries: readonly Uint8Array[] };

async function verifyBundle(
  read: ReadLogFile,
  tail: Tail,
  size: number,
): Promise<Result<Grown, LogFault | Unavailable>> {
  const width = Math.min(TILE_WIDTH, size - tail.size);
  const path = tilePath({ level: 'entries', index: tail.size / TILE_WIDTH, width });
  const bytes = await read(path);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return err({ code: 'missing', path });
  const entries = decodeBundle(bytes.value);
  if (!entries.ok || entries.value.length !== width) return err({ code: 'damaged', path });
  const grown = grow(tail, entries.value);
  const full = grown.files.filter((file) => !file.path.includes('.p/'));
  const same = await verifyTiles(read, full, tail.size);
  if (!same.ok) return same;
  return ok({ tail: grown.tail, entries: entries.value });
}

/** Those that are not full are promised for the size that was signed, and for no other. */
function partialTiles({ size, levels }: Tail): readonly LogFile[] {
  return filesOfTail(size).tiles.map((tile) => ({
    path: tilePath(tile),
    bytes: encodeHashes(levels[Number(tile.level)] ?? []),
  }));
}

/** @param from The place of the first entry that is new in these tiles. */
async function verifyTiles(
  read: ReadLogFile,
  tiles: readonly LogFile[],
  from: number,
): Promise<Result<void, LogFault | Unavailable>> {
  for (const tile of tiles.filter(({ path }) => !path.startsWith('tile/entries/'))) {
    const same = await verifyTile(read, tile, from);
    if (!same.ok) return same;
  }
  return ok(undefined);
}

async function verifyTile(
  read: ReadLogFile,
  { path, bytes }: LogFile,
  entry: number,
): Promise<Result<void, LogFault | Unavailable>> {
  const stored = await read(path);
  if (!stored.ok) return stored;
  if (stored.value === null) return err({ code: 'missing', path });
  const first = bytes.findIndex((byte, at) => byte !== stored.value?.[at]);
  if (first < 0 && stored.value.length === bytes.length) return ok(undefined);
  if (path.startsWith('tile/0/')) {
    const place = first < 0 ? bytes.length : first;
    return err({ code: 'wrong-hash', path, entry: entry + Math.floor(place / 32) });
  }
  return err({ code: 'damaged', path });
}

/** Whether the log, where it had the size of `before`, was another one. */
function isForked(
  tail: Tail,
  entries: readonly Uint8Array[],
  before: Pick<Checkpoint, 'size' | 'root'>,
): boolean {
  const inside = before.size - tail.size;
  if (inside < 0 || inside > entries.length || (inside === 0 && tail.size > 0)) return false;
  const then = grow(tail, entries.slice(0, inside)).tail;
  return !sameHash(rootOf(treeOf(then)), before.root);
}
