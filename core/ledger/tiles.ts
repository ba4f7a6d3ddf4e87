import { err, ok, type Result } from '../result.ts';
import { HASH_BYTES, type Hash } from './merkle.ts';

/**
 * A tree as files: each tile has up to 256 hashes of one level, each bundle up to 256 entries. A file
 * never changes, since one that is not full has its width in its name.
 *
 * @see https://c2sp.org/tlog-tiles
 */

export const TILE_WIDTH = 256;
/** The size of an entry is written in 16 bits. */
export const LONGEST_ENTRY = 65_535;

export type Tile = {
  /** 0 has the hashes of the entries; each level above has the roots of full tiles below. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
};

/** Relative to the log: `tile/0/x001/x234/067.p/12`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const folders = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group));
  const partial = width < TILE_WIDTH ? `.p/${width}` : '';
  return `tile/${level}/${folders.join('/')}${partial}`;
}

const PATH = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/;

/** Null for a text that is no path of a tile, or not the one path of its tile. */
export function parseTilePath(path: string): Tile | null {
  const [, level = '', index = '', width] = PATH.exec(path) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  return tile.width > 0 && tilePath(tile) === path ? tile : null;
}

/** How many hashes a level has in a tree of this size. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

export type SubtreePlace = { readonly tile: Tile; readonly from: number; readonly to: number };

/** Which hashes of which tile make up a perfect subtree of a tree with `size` entries. */
export function placeOfSubtree(height: number, index: number, size: number): SubtreePlace {
  const level = Math.floor(height / 8);
  const count = 2 ** (height % 8);
  const first = index * count;
  const tile = Math.floor(first / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, hashesAt(level, size) - tile * TILE_WIDTH);
  const from = first - tile * TILE_WIDTH;
  return { tile: { level, index: tile, width }, from, to: from + count };
}

export function encodeHashes(hashes: readonly Hash[]): Uint8Array {
  return Buffer.concat(hashes);
}

/** Null if the bytes are not `width` hashes. */
export function decodeHashes(bytes: Uint8Array, width: number): readonly Hash[] | null {
  if (bytes.length !== width * HASH_BYTES) return null;
  return Array.from({ length: width }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** @throws RangeError if an entry is longer than {@link LONGEST_ENTRY}: who makes entries sees to that. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > LONGEST_ENTRY) throw new RangeError('an entry is too long for its bundle');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** @returns the entries, or where the bytes stop being entries. */
export function decodeBundle(bytes: Uint8Array): Result<readonly Uint8Array[], { at: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 > bytes.length ? Number.POSITIVE_INFINITY : at + 2 + view.getUint16(at);
    if (end > bytes.length) return err({ at });
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return ok(entries);
}
