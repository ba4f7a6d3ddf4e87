import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldPerfect, rootOf } from '../../../core/ledger/merkle.ts';
import { EMPTY_TAIL, filesOfTail, grow, treeOf as treeOfTail } from '../../../core/ledger/tail.ts';
import {
  decodeBundle,
  decodeHashes,
  parseTilePath,
  placeOfSubtree,
  tilePath,
} from '../../../core/ledger/tiles.ts';
import { entriesOf, treeHash, treeOf } from './trees.ts';

const tilesOf = (count: number) => grow(EMPTY_TAIL, entriesOf(count)).files.map(({ path }) => path);

/** Grows a log in these steps, and keeps its files. */
function grown(steps: readonly number[]) {
  const files = new Map<string, Uint8Array>();
  const entries = entriesOf(steps.reduce((sum, step) => sum + step, 0));
  let tail = EMPTY_TAIL;
  for (const step of steps) {
    const next = grow(tail, entries.slice(tail.size, tail.size + step));
    for (const { path, bytes } of next.files) {
      expect(files.has(path)).toBe(false);
      files.set(path, bytes);
    }
    tail = next.tail;
  }
  return { files, tail, entries };
}

const growth = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 700 })),
  {
    minLength: 1,
    maxLength: 6,
  },
);

describe('a log that grows', () => {
  test('to 70,000 entries has the tiles that the specification names', () => {
    const paths = tilesOf(70_000);
    const count = (pattern: RegExp) => paths.filter((path) => pattern.test(path)).length;
    expect(count(/^tile\/0\/\d+$/)).toBe(273);
    expect(count(/^tile\/entries\/\d+$/)).toBe(273);
    expect(count(/^tile\/1\/\d+$/)).toBe(1);
    expect(paths.filter((path) => path.includes('.p/'))).toEqual([
      'tile/entries/273.p/112',
      'tile/0/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ]);
    expect(tilesOf(256)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
  });

  test('writes no file twice, and has the same tail and tree whatever the steps', () => {
    fc.assert(
      fc.property(growth, (steps) => {
        const { tail, entries } = grown(steps);
        expect(tail).toEqual(grow(EMPTY_TAIL, entries).tail);
        expect(treeOfTail(tail)).toEqual(treeOf(entries));
      }),
      { numRuns: 30 },
    );
  });

  test('has the files of its tail and every tile that a proof may read, with what they name', () => {
    fc.assert(
      fc.property(growth, fc.nat(), (steps, seed) => {
        const { files, tail, entries } = grown(steps);
        const { bundle, tiles } = filesOfTail(tail.size);
        for (const tile of tiles) expect(files).toContainEqual([tilePath(tile), expect.anything()]);
        const last = bundle && decodeBundle(files.get(tilePath(bundle)) ?? new Uint8Array());
        expect(last === null || (last.ok && last.value.map((entry) => [...entry]))).toEqual(
          last === null || tail.entries.map((entry) => [...entry]),
        );
        const height = seed % (Math.floor(Math.log2(tail.size)) + 1);
        const index = seed % Math.floor(tail.size / 2 ** height);
        const place = placeOfSubtree(height, index, tail.size);
        const bytes = files.get(tilePath(place.tile)) ?? new Uint8Array();
        const hashes = decodeHashes(bytes, place.tile.width) ?? [];
        const covered = entries.slice(index * 2 ** height, (index + 1) * 2 ** height);
        expect(foldPerfect(hashes.slice(place.from, place.to))).toEqual(treeHash(covered));
      }),
      { numRuns: 30 },
    );
  });

  test('names its bundles before its tiles, and only with paths of tiles', () => {
    const { files } = grow(EMPTY_TAIL, entriesOf(300));
    const levels = files.map(({ path }) => parseTilePath(path)?.level);
    expect(levels).toEqual(['entries', 'entries', 0, 0, 1]);
  });

  test('by nothing has nothing new, and without entries has the root of nothing', () => {
    const { tail } = grow(EMPTY_TAIL, entriesOf(300));
    expect(grow(tail, [])).toEqual({ tail, files: [] });
    expect(rootOf(treeOfTail(EMPTY_TAIL))).toEqual(treeHash([]));
    expect(filesOfTail(0)).toEqual({ bundle: null, tiles: [] });
  });
});
