import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leafHash } from '../../../core/ledger/merkle.ts';
import {
  decodeBundle,
  decodeHashes,
  encodeBundle,
  encodeHashes,
  parseTilePath,
  type Tile,
  tilePath,
} from '../../../core/ledger/tiles.ts';
import { entriesOf } from './trees.ts';

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
