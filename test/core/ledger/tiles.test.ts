import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Hash, leafHash, rootOf } from '../../../core/ledger/merkle.ts';
import {
  decodeBundle,
  decodeHashes,
  encodeBundle,
  encodeHashes,
  newTiles,
  parseTilePath,
  placeOfSubtree,
  rootOfTile,
  type Tile,
  tilePath,
} from '../../../core/ledger/tiles.ts';
import { entriesOf, treeHash, treeOf } from './trees.ts';

const tile = fc.record({
  level: fc.oneof(fc.constant('entries' as const), fc.nat({ max: 63 })),
  index: fc.oneof(fc.nat({ max: 2000 }), fc.nat({ max: 10 ** 12 })),
  width: fc.integer({ min: 1, max: 256 }),
});

describe('the path of a tile', () => {
  test.each<[Tile, string]>([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 2, index: 5, width: 17 }, 'tile/2/005.p/17'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 'entries', index: 1000, width: 1 }, 'tile/entries/x001/000.p/1'],
  ])('of %j is %s', (place, path) => {
    expect(tilePath(place)).toBe(path);
  });

  test('is read back as the tile that it names', () => {
    fc.assert(
      fc.property(tile, (place) => {
        expect(parseTilePath(tilePath(place))).toEqual(place);
      }),
    );
  });

  test.each([
    'tile/0/1',
    'tile/00/001',
    'tile/0/x000/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/012',
    'tile/0/../001',
    'tile/entries/001/',
    '/tile/0/001',
    'checkpoint',
    '',
  ])('is not %s', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });
});

describe('a tree that grows', () => {
  test('of 70,000 entries has the tiles that the specification names', () => {
    const count = (level: Tile['level'], full: boolean) =>
      newTiles(0, 70_000).filter((one) => one.level === level && (one.width === 256) === full);
    expect(count(0, true)).toHaveLength(273);
    expect(count(0, false)).toEqual([{ level: 0, index: 273, width: 112 }]);
    expect(count(1, true)).toHaveLength(1);
    expect(count(1, false)).toEqual([{ level: 1, index: 1, width: 17 }]);
    expect(count(2, false)).toEqual([{ level: 2, index: 0, width: 1 }]);
    expect(count('entries', false)).toEqual([{ level: 'entries', index: 273, width: 112 }]);
    expect(newTiles(0, 256).map(tilePath)).toEqual([
      'tile/entries/000',
      'tile/0/000',
      'tile/1/000.p/1',
    ]);
  });

  test('writes each tile once, and at every size has all tiles that a proof may read', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(steps, fc.nat(), (growth, seed) => {
        const written = new Set<string>();
        let size = 0;
        for (const step of growth) {
          const paths = newTiles(size, size + step).map(tilePath);
          for (const path of paths) expect(written.has(path)).toBe(false);
          for (const path of paths) written.add(path);
          size += step;
          const height = seed % (Math.floor(Math.log2(size)) + 1);
          const index = seed % Math.floor(size / 2 ** height);
          expect(written).toContain(tilePath(placeOfSubtree(height, index, size).tile));
        }
      }),
    );
  });

  test('has nothing new when it has not grown', () => {
    expect(newTiles(0, 0)).toEqual([]);
    expect(newTiles(300, 300)).toEqual([]);
  });
});

test('a perfect subtree is found in its tile, on every level', () => {
  const entries = entriesOf(600);
  const leaves = entries.map(leafHash);
  const full = [leaves.slice(0, 256), leaves.slice(256, 512)];
  const hashesOf = ({ level, index, width }: Tile): readonly Hash[] =>
    level === 0
      ? leaves.slice(index * 256, index * 256 + width)
      : full.map(rootOfTile).slice(0, width);
  for (const [height, index] of [
    [0, 599],
    [3, 74],
    [7, 3],
    [8, 1],
    [9, 0],
  ] as const) {
    const place = placeOfSubtree(height, index, 600);
    const hashes = hashesOf(place.tile).slice(place.from, place.to);
    const covered = entries.slice(index * 2 ** height, (index + 1) * 2 ** height);
    expect(rootOfTile(hashes)).toEqual(treeHash(covered));
  }
  expect(rootOf(treeOf(entries))).toEqual(treeHash(entries));
});

describe('the bytes of a tile and a bundle', () => {
  test('are read back, entry for entry', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 });
    fc.assert(
      fc.property(entries, (list) => {
        const read = decodeBundle(encodeBundle(list));
        expect(read.ok && read.value.map((entry) => [...entry])).toEqual(
          list.map((entry) => [...entry]),
        );
      }),
    );
    const hashes = entriesOf(5).map(leafHash);
    expect(decodeHashes(encodeHashes(hashes), 5)).toEqual(hashes);
    expect(decodeHashes(encodeHashes(hashes), 6)).toBeNull();
  });

  test('that are cut off are refused, with the place', () => {
    const bytes = encodeBundle([Buffer.from('one'), Buffer.from('two')]);
    expect(decodeBundle(bytes.subarray(0, -1))).toEqual({ ok: false, error: { at: 5 } });
    expect(decodeBundle(bytes.subarray(0, 6))).toEqual({ ok: false, error: { at: 5 } });
  });

  test('hold entries of up to 65,535 bytes', () => {
    const longest = new Uint8Array(65_535);
    expect(decodeBundle(encodeBundle([longest]))).toMatchObject({ ok: true });
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow('too long');
  });
});
