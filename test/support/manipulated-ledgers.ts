import { decodeBundle, encodeBundle, parseTilePath } from '../../core/ledger/tiles.ts';
import type { LedgerFolder } from './test-ledger.ts';

/** What somebody who may write the files, but has no key, can do to a ledger of at least 513 entries. */

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

/** The last of the files that match, in the order of their places. */
export function lastOf(files: LedgerFolder, pattern: RegExp): string {
  const found = [...files.keys()].filter((path) => pattern.test(path));
  const place = (path: string): number => {
    const { index = 0, width = 0 } = parseTilePath(path) ?? {};
    return index * 256 + width;
  };
  const last = found.toSorted((one, other) => place(one) - place(other)).at(-1);
  if (last === undefined) throw new Error(`the ledger has no ${pattern}`);
  return last;
}

const SWAPPED = 7;
const DROPPED = 5;

/** By name; each leaves the files that it gets as they are. */
export const WITHOUT_KEY: Readonly<Record<string, (files: LedgerFolder) => LedgerFolder>> = {
  'a flipped byte in an entry': (files) => changed(files, 'tile/entries/001', flip(10)),
  'a dropped entry': (files) =>
    changed(
      files,
      'tile/entries/000',
      bundled((all) => all.toSpliced(DROPPED, 1)),
    ),
  'swapped entries': (files) =>
    changed(
      files,
      'tile/entries/000',
      bundled((all) => [
        ...all.slice(0, SWAPPED),
        ...all.slice(SWAPPED, SWAPPED + 2).toReversed(),
        ...all.slice(SWAPPED + 2),
      ]),
    ),
  'a truncated log': (files) => {
    const cut = new Map(files);
    cut.delete(lastOf(files, /^tile\/entries\//));
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
    changed(files, 'tile/0/001', () => files.get('tile/0/000') ?? Buffer.of()),
  'a changed partial tile': (files) =>
    changed(files, lastOf(files, /^tile\/1\/000\.p\//), flip(33)),
};
