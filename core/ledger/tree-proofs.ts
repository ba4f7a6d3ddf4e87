import { type Hash, leftOf, nodeHash } from './merkle.ts';

/**
 * Makes the proofs of RFC 6962: that a tree has a leaf, and that a tree begins with an earlier one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1.1
 */

/** Reads the root of the perfect subtree `index` (from the left, from 0) of 2^height leaves. */
export type ReadSubtree = (height: number, index: number) => Promise<Hash>;

/** The leaves from `from` up to, not including, `to`. */
type Range = { readonly from: number; readonly to: number };

/** The sibling hashes from the leaf to the root. */
export function inclusionProof(
  read: ReadSubtree,
  index: number,
  size: number,
): Promise<readonly Hash[]> {
  return path(read, index, { from: 0, to: size });
}

/** Empty where both trees are the same, or the earlier one is empty. */
export function consistencyProof(
  read: ReadSubtree,
  earlier: number,
  size: number,
): Promise<readonly Hash[]> {
  if (earlier === 0) return Promise.resolve([]);
  return subproof(read, earlier, { from: 0, to: size }, true);
}

async function path(read: ReadSubtree, index: number, range: Range): Promise<readonly Hash[]> {
  if (range.to - range.from === 1) return [];
  const [left, right] = halves(range);
  const inLeft = index < left.to;
  const below = await path(read, index, inLeft ? left : right);
  return [...below, await hashOf(read, inLeft ? right : left)];
}

/** @param whole Whether the range is all of the earlier tree, whose root the verifier knows. */
async function subproof(
  read: ReadSubtree,
  earlier: number,
  range: Range,
  whole: boolean,
): Promise<readonly Hash[]> {
  if (earlier === range.to) return whole ? [] : [await hashOf(read, range)];
  const [left, right] = halves(range);
  if (earlier <= left.to) {
    return [...(await subproof(read, earlier, left, whole)), await hashOf(read, right)];
  }
  return [...(await subproof(read, earlier, right, false)), await hashOf(read, left)];
}

async function hashOf(read: ReadSubtree, range: Range): Promise<Hash> {
  const size = range.to - range.from;
  const height = Math.log2(size);
  if (Number.isInteger(height)) return read(height, range.from / size);
  const [left, right] = halves(range);
  return nodeHash(await hashOf(read, left), await hashOf(read, right));
}

function halves({ from, to }: Range): readonly [Range, Range] {
  const middle = from + leftOf(to - from);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}
