import { describe, expect, test } from '@jest/globals';
import { append, EMPTY_TREE, leafHash, rootOf, type Tree } from '../../../core/ledger/merkle.ts';
import { EMPTY_TAIL, grow } from '../../../core/ledger/tail.ts';
import { parseTilePath } from '../../../core/ledger/tiles.ts';
import { verifyGrowth } from '../../../core/ledger/verify-growth.ts';
import { err, ok } from '../../../core/result.ts';
import { entriesOf } from './trees.ts';

const SIZE = 70_000;
const entries = entriesOf(SIZE);
const files = new Map(grow(EMPTY_TAIL, entries).files.map(({ path, bytes }) => [path, bytes]));
/** The tree of the first entries, for each number of them. */
const trees: Tree[] = [EMPTY_TREE];
for (const entry of entries) trees.push(append(trees.at(-1) ?? EMPTY_TREE, leafHash(entry)));
const headOf = (size: number, last = entries[size - 1] ?? Buffer.of()) => ({
  size,
  root: rootOf(append(trees[size - 1] ?? EMPTY_TREE, leafHash(last))),
});
const now = headOf(SIZE);

/** Tiles alone: whoever asks for an entry finds nothing. */
const tiles = (changed: Readonly<Record<string, Uint8Array | null>> = {}) => {
  const asked = new Set<string>();
  const read = async (path: string) => {
    asked.add(path);
    if (parseTilePath(path)?.level === 'entries') return ok(null);
    return ok(changed[path] === undefined ? (files.get(path) ?? null) : changed[path]);
  };
  return { read, asked };
};

describe('the growth of a log', () => {
  test.each([1, 2, 255, 256, 257, 512, 40_000, 65_535, 65_536, 65_537, 69_999, SIZE])(
    'from %d entries is seen from a few tiles, and another history is a fork',
    async (size) => {
      const { read, asked } = tiles();
      expect(await verifyGrowth(read, headOf(size), now)).toEqual(ok(undefined));
      expect(asked.size).toBeLessThanOrEqual(6);
      expect(await verifyGrowth(read, headOf(size, Buffer.from('other')), now)).toEqual(
        err({ code: 'forked', before: size, size: SIZE }),
      );
    },
  );

  test('to the same size is seen without a tile', async () => {
    const { read, asked } = tiles();
    expect(await verifyGrowth(read, now, now)).toEqual(ok(undefined));
    const other = { ...now, root: Buffer.alloc(32) };
    const fault = { code: 'forked', before: SIZE, size: SIZE };
    expect(await verifyGrowth(read, other, now)).toEqual(err(fault));
    expect(asked.size).toBe(0);
  });

  test('from nothing is always right', async () => {
    const { read } = tiles();
    const empty = { size: 0, root: rootOf({ size: 0, subtrees: [] }) };
    expect(await verifyGrowth(read, empty, now)).toEqual(ok(undefined));
  });

  test('is not judged by tiles that are missing, damaged or of another log', async () => {
    const before = headOf(257);
    const path = 'tile/0/001';
    const judged = (bytes: Uint8Array | null) =>
      verifyGrowth(tiles({ [path]: bytes }).read, before, now);
    expect(await judged(null)).toEqual(err({ code: 'missing', path }));
    expect(await judged(Buffer.alloc(31))).toEqual(err({ code: 'damaged', path }));
    expect(await judged(Buffer.alloc(8192))).toEqual(err({ code: 'wrong-root', size: SIZE }));
  });

  test('is not known while the log cannot be read', async () => {
    const read = async () => err({ code: 'unavailable', what: 'store' } as const);
    expect(await verifyGrowth(read, headOf(257), now)).toMatchObject({ ok: false });
  });
});

describe('fewer entries than were seen', () => {
  const shrunk = (then: typeof now, changed?: Readonly<Record<string, Uint8Array | null>>) =>
    verifyGrowth(tiles(changed).read, now, then);
  const fault = (code: string, size = 300) => err({ code, before: SIZE, size });

  test.each([0, 1, 300, 65_536, 69_999])(
    'are an older state of the log, %d of them, where its tiles prove it',
    async (size) => {
      const then = size === 0 ? { size, root: rootOf({ size, subtrees: [] }) } : headOf(size);
      expect(await shrunk(then)).toEqual(fault('older', size));
    },
  );

  test('are another log, where its tiles prove that', async () => {
    expect(await shrunk(headOf(300, Buffer.from('other')))).toEqual(fault('forked'));
  });

  test('are neither proven where the tiles of what was seen are gone, damaged or others', async () => {
    for (const bytes of [null, Buffer.alloc(31), Buffer.alloc(8192)]) {
      expect(await shrunk(headOf(300), { 'tile/0/001': bytes })).toEqual(fault('smaller'));
    }
  });

  test('are not judged while the log cannot be read', async () => {
    const away = err({ code: 'unavailable', what: 'store' } as const);
    expect(await verifyGrowth(async () => away, now, headOf(300))).toEqual(away);
  });
});
