import { HASH_BYTES } from '../../core/ledger/merkle.ts';
import { decodeBundle, encodeBundle, parseTilePath, TILE_WIDTH } from '../../core/ledger/tiles.ts';
import type { LedgerFolder } from './test-ledger.ts';

/**
 * What somebody who may write the files, but has no key, can do to a ledger whose last bundle is not full
 * and has at least four entries.
 */

type Change = (bytes: Buffer) => Uint8Array;

function changed(files: LedgerFolder, path: string, change: Change): LedgerFolder {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`the ledger has no ${path}`);
  return new Map(files).set(path, change(Buffer.from(bytes)));
}

const flip =
  (at: number): Change =>
  (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };

const bundled =
  (change: (entries: readonly Uint8Array[]) => readonly Uint8Array[]): Change =>
  (bytes) => {
    const entries = decodeBundle(bytes);
    if (!entries.ok) throw new Error('no bundle');
    return encodeBundle(change(entries.value));
  };

/** The last of the files that match: those of earlier sizes come before. */
function lastOf(files: LedgerFolder, pattern: RegExp): string | undefined {
  const place = (path: string): number => {
    const { index = 0, width = 0 } = parseTilePath(path) ?? {};
    return index * TILE_WIDTH + width;
  };
  const found = [...files.keys()].filter((path) => pattern.test(path));
  return found.toSorted((one, other) => place(one) - place(other)).at(-1);
}

const lastBundle = (files: LedgerFolder): string => lastOf(files, /^tile\/entries\//) ?? '';
const lastHashes = (files: LedgerFolder): string => lastOf(files, /^tile\/0\//) ?? '';
const lastAbove = (files: LedgerFolder): string =>
  lastOf(files, /^tile\/1\/.*\.p\//) ?? lastHashes(files);

/** By name; each leaves the files that it gets as they are. */
export const WITHOUT_KEY: Readonly<Record<string, (files: LedgerFolder) => LedgerFolder>> = {
  'a flipped byte in an entry': (files) => changed(files, lastBundle(files), flip(10)),
  'a dropped entry': (files) =>
    changed(
      files,
      lastBundle(files),
      bundled((all) => all.toSpliced(1, 1)),
    ),
  'swapped entries': (files) =>
    changed(
      files,
      lastBundle(files),
      bundled(([first, second, third, fourth, ...others]) =>
        [first, second, fourth, third, ...others].filter((entry) => entry !== undefined),
      ),
    ),
  'a truncated log': (files) => {
    const cut = new Map(files);
    cut.delete(lastBundle(files));
    return cut;
  },
  'a forged signature': (files) =>
    changed(files, 'checkpoint', (note) => {
      const start = note.lastIndexOf(' ') + 1;
      const signature = Buffer.from(note.subarray(start).toString(), 'base64');
      flip(signature.length - 10)(signature);
      return Buffer.concat([
        note.subarray(0, start),
        Buffer.from(`${signature.toString('base64')}\n`),
      ]);
    }),
  'a replaced tile': (files) =>
    changed(files, lastHashes(files), (hashes) => {
      const [first, second] = [hashes.subarray(0, HASH_BYTES), hashes.subarray(HASH_BYTES)];
      return Buffer.concat([second, first]);
    }),
  'a changed partial tile': (files) => changed(files, lastAbove(files), flip(33)),
};
