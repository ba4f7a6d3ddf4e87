import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Hash, leafHash, nodeHash } from '../../../core/ledger/merkle.ts';
import { consistencyProof, inclusionProof } from '../../../core/ledger/tree-proofs.ts';
import { isConsistent, isIncluded } from '../../../core/ledger/verify-proofs.ts';
import { auditPath, consistency, entriesOf, readerOf, treeHash } from './trees.ts';

const MOST = 21;
const entries = entriesOf(MOST);
const first = (count: number) => entries.slice(0, count);
const heads = Array.from({ length: MOST + 1 }, (_, size) => ({
  size,
  root: treeHash(first(size)),
}));
const head = (size: number) => heads[size] ?? { size, root: treeHash([]) };
const leaf = (index: number) => leafHash(entries[index] ?? new Uint8Array());

/** Every size with every place in it. */
const places = Array.from({ length: MOST }, (_, size) =>
  Array.from({ length: size + 1 }, (_unused, index) => ({ index, size: size + 1 })),
).flat();

/** A list of hashes that is not the given one. */
function otherThan(proof: readonly Hash[]): fc.Arbitrary<readonly Hash[]> {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const at = fc.nat({ max: Math.max(0, proof.length - 1) });
  return fc.oneof(
    hash.map((one) => [...proof, one]),
    hash.map((one) => [one, ...proof]),
    ...(proof.length === 0
      ? []
      : [
          fc.constant(proof.slice(1)),
          fc.constant(proof.slice(0, -1)),
          fc.tuple(at, hash).map(([place, one]) => proof.with(place, one)),
          fc.tuple(at, fc.nat({ max: 255 })).map(([place, bit]) => flipped(proof, place, bit)),
        ]),
  );
}

function flipped(proof: readonly Hash[], place: number, bit: number): readonly Hash[] {
  const hash = Uint8Array.from(proof[place] ?? []);
  hash[bit >> 3] = (hash[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return proof.with(place, hash);
}

test('no place at or beyond the end of a tree is in it, and no tree begins with a larger one', () => {
  for (const size of [0, 1, 2, 3, 4]) {
    for (const index of [size, size + 1]) {
      expect(isIncluded({ index, leaf: leaf(0), ...head(size) }, [])).toBe(false);
      expect(isIncluded({ index, leaf: leaf(0), size, root: leaf(0) }, [])).toBe(false);
      expect(isConsistent(head(index + 1), head(size), [])).toBe(false);
      expect(isConsistent({ size: index + 1, root: leaf(0) }, { size, root: leaf(0) }, [])).toBe(
        false,
      );
    }
  }
});

test('no tree begins with a larger one, even where hashes were made to fit', () => {
  const [one, two, three, four] = [1, 2, 3, 4].map((byte) => leafHash(Uint8Array.of(byte)));
  if (!one || !two || !three || !four) throw new Error('no hashes');
  const earlier = { size: 3, root: nodeHash(four, nodeHash(three, one)) };
  const later = { size: 2, root: nodeHash(four, nodeHash(three, nodeHash(one, two))) };
  expect(isConsistent(earlier, later, [one, two, three, four])).toBe(false);
});

describe('a proof of inclusion', () => {
  test('is that of RFC 6962 and verifies, for every entry of every tree', async () => {
    for (const { index, size } of places) {
      const proof = await inclusionProof(readerOf(first(size)), index, size);
      expect(proof).toEqual(auditPath(index, first(size)));
      expect(isIncluded({ index, leaf: leaf(index), ...head(size) }, proof)).toBe(true);
    }
  });

  test('verifies for no other entry, place, size or root, and not when it is changed', () => {
    const sample = fc.constantFrom(...places).chain(({ index, size }) =>
      fc.record({
        index: fc.constant(index),
        size: fc.constant(size),
        changed: otherThan(auditPath(index, first(size))),
        other: fc.nat({ max: MOST - 1 }),
      }),
    );
    fc.assert(
      fc.property(sample, ({ index, size, changed, other }) => {
        const right = { index, leaf: leaf(index), ...head(size) };
        const proof = auditPath(index, first(size));
        expect(isIncluded(right, changed)).toBe(false);
        if (other === index) return;
        expect(isIncluded({ ...right, leaf: leaf(other) }, proof)).toBe(false);
        expect(isIncluded({ ...right, root: leaf(other) }, proof)).toBe(false);
        expect(isIncluded({ ...right, index: other }, proof)).toBe(false);
      }),
    );
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN])('is wrong for the place %d', (index) => {
    expect(isIncluded({ index, leaf: leaf(0), ...head(1) }, [])).toBe(false);
    expect(isIncluded({ ...head(1), size: index, index: 0, leaf: leaf(0) }, [])).toBe(false);
  });
});

describe('a proof of consistency', () => {
  test('is that of RFC 6962 and verifies, between every two trees', async () => {
    for (const { index: earlier, size } of places.filter(({ index }) => index > 0)) {
      const proof = await consistencyProof(readerOf(first(size)), earlier, size);
      expect(proof).toEqual(consistency(earlier, first(size)));
      expect(isConsistent(head(earlier), head(size), proof)).toBe(true);
    }
  });

  test('is empty from a tree without entries, and from a tree to itself', async () => {
    expect(await consistencyProof(readerOf(entries), 0, MOST)).toEqual([]);
    expect(await consistencyProof(readerOf(entries), MOST, MOST)).toEqual([]);
    expect(isConsistent(head(0), head(MOST), [])).toBe(true);
    expect(isConsistent(head(0), head(MOST), [leaf(0)])).toBe(false);
    expect(isConsistent(head(5), head(5), [])).toBe(true);
    expect(isConsistent(head(5), { size: 5, root: leaf(0) }, [])).toBe(false);
    expect(isConsistent(head(5), head(5), [leaf(0)])).toBe(false);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN])('is wrong for the size %d', (size) => {
    expect(isConsistent({ ...head(1), size }, head(2), [leaf(1)])).toBe(false);
    expect(isConsistent(head(1), { ...head(2), size }, [leaf(1)])).toBe(false);
    expect(isConsistent({ ...head(1), size }, { ...head(1), size }, [])).toBe(false);
  });

  test('verifies for no other root, in no other order, and not when it is changed', () => {
    const sample = fc
      .constantFrom(...places.filter(({ index, size }) => index > 0 && index < size))
      .chain(({ index, size }) =>
        fc.record({
          earlier: fc.constant(index),
          size: fc.constant(size),
          changed: otherThan(consistency(index, first(size))),
          other: fc.nat({ max: MOST - 1 }),
        }),
      );
    fc.assert(
      fc.property(sample, ({ earlier, size, changed, other }) => {
        const proof = consistency(earlier, first(size));
        const [before, after] = [head(earlier), head(size)];
        expect(isConsistent(before, after, changed)).toBe(false);
        expect(isConsistent(after, before, proof)).toBe(false);
        expect(isConsistent({ ...before, root: leaf(other) }, after, proof)).toBe(
          earlier === 1 && other === 0,
        );
        expect(isConsistent(before, { ...after, root: leaf(other) }, proof)).toBe(false);
      }),
    );
  });
});
