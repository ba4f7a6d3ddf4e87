import type { Unavailable } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import type { NoteError, NoteKey } from '../signed-note.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import type { ReadLogFile } from './from-tiles.ts';
import { HASH_BYTES, leafHash, rootOf, sameHash } from './merkle.ts';
import { EMPTY_TAIL, filesOfTail, grow, type LogFile, type Tail, treeOf } from './tail.ts';
import { decodeBundle, encodeHashes, parseTilePath, TILE_WIDTH, tilePath } from './tiles.ts';
import { type HistoryFault, verifyShrunk } from './verify-growth.ts';
import type { TreeHead } from './verify-proofs.ts';
import { type Wrong, whoIsWrong } from './who-is-wrong.ts';

/** Verifies a log that somebody serves, or keeps in a folder, with nothing but its key. */

export type LogFault =
  | NoteError
  | HistoryFault
  | { readonly code: 'no-checkpoint' }
  /**
   * A file that is not there, or not what it has to be. `entry` is the first that cannot be verified
   * for it.
   */
  | { readonly code: 'missing' | 'damaged'; readonly path: string; readonly entry: number }
  /** The tile has other hashes than its entries: the first of them has this place. */
  | {
      readonly code: 'wrong-hash';
      readonly path: string;
      readonly entry: number;
      readonly wrong: Wrong;
    }
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
    return verifyShrunk(read, before, opened.value);
  }
  let tail = EMPTY_TAIL;
  while (tail.size < size) {
    const next = await verifyBundle(read, tail, opened.value);
    if (!next.ok) return next;
    if (before !== null && isForked(tail, next.value.entries, before)) {
      return err({ code: 'forked', before: before.size, size });
    }
    tail = next.value.tail;
    seen?.(tail.size, size);
  }
  const last = await verifyTiles(read, partialTiles(tail));
  if (!last.ok) return last;
  return sameHash(rootOf(treeOf(tail)), root) ? opened : err({ code: 'wrong-root', size });
}

type Grown = { readonly tail: Tail; readonly entries: readonly Uint8Array[] };
type Checked<T> = Promise<Result<T, LogFault | Unavailable>>;

async function verifyBundle(read: ReadLogFile, tail: Tail, signed: TreeHead): Checked<Grown> {
  const width = Math.min(TILE_WIDTH, signed.size - tail.size);
  const index = tail.size / TILE_WIDTH;
  const path = tilePath({ level: 'entries', index, width });
  const bytes = await read(path);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return err({ code: 'missing', path, entry: tail.size });
  const tile = tilePath({ level: 0, index, width });
  const hashes = await read(tile);
  if (!hashes.ok) return hashes;
  if (hashes.value === null) return err({ code: 'missing', path: tile, entry: tail.size });
  const entries = entriesOf(bytes.value);
  const own = encodeHashes(entries.list.map(leafHash));
  const entry = tail.size + Math.floor(firstOther(own, hashes.value) / HASH_BYTES);
  if (!entries.whole || entries.list.length !== width) return err({ code: 'damaged', path, entry });
  if (hashes.value.length !== own.length) return err({ code: 'damaged', path: tile, entry });
  if (!sameHash(own, hashes.value)) {
    const wrong = await whoIsWrong(read, signed, entry, entries.list);
    return wrong.ok ? err({ code: 'wrong-hash', path: tile, entry, wrong: wrong.value }) : wrong;
  }
  const grown = grow(tail, entries.list);
  const same = await verifyTiles(
    read,
    grown.files.filter((file) => parseTilePath(file.path)?.width === TILE_WIDTH),
  );
  return same.ok ? ok({ tail: grown.tail, entries: entries.list }) : same;
}

/** The entries up to where the bytes are none any more. */
function entriesOf(bytes: Uint8Array): { list: readonly Uint8Array[]; whole: boolean } {
  const all = decodeBundle(bytes);
  if (all.ok) return { list: all.value, whole: true };
  const some = decodeBundle(bytes.subarray(0, all.error.at));
  return { list: some.ok ? some.value : [], whole: false };
}

function firstOther(one: Uint8Array, other: Uint8Array): number {
  const first = one.findIndex((byte, at) => byte !== other[at]);
  return first < 0 ? one.length : first;
}

/** Those that are not full are promised for the size that was signed, and for no other. */
function partialTiles({ size, levels }: Tail): readonly LogFile[] {
  return filesOfTail(size).tiles.map((tile) => ({
    path: tilePath(tile),
    bytes: encodeHashes(levels[Number(tile.level)] ?? []),
  }));
}

/** Those above the hashes of entries, which are verified with their entries. */
async function verifyTiles(read: ReadLogFile, files: readonly LogFile[]): Checked<void> {
  for (const { path, bytes } of files) {
    const { level = 0, index = 0 } = parseTilePath(path) ?? {};
    if (level === 'entries' || level === 0) continue;
    const stored = await read(path);
    if (!stored.ok) return stored;
    const below = TILE_WIDTH ** level;
    const first = index * TILE_WIDTH * below;
    if (stored.value === null) return err({ code: 'missing', path, entry: first });
    if (sameHash(bytes, stored.value)) continue;
    const place = Math.floor(firstOther(bytes, stored.value) / HASH_BYTES);
    return err({ code: 'damaged', path, entry: first + place * below });
  }
  return ok(undefined);
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
