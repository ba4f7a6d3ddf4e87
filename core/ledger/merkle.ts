import { createHash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962, section 2.1, over SHA-256.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1
 */

/** 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

/**
 * A tree that grows: its size, and the hashes of the perfect subtrees that it is made of, the largest
 * first. There is one for each bit of the size that is set.
 */
export type Tree = { readonly size: number; readonly subtrees: readonly Hash[] };

export const EMPTY_TREE: Tree = { size: 0, subtrees: [] };

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(entry: Uint8Array): Hash {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** The tree with one more leaf. */
export function append({ size, subtrees }: Tree, leaf: Hash): Tree {
  const merged = [...subtrees];
  let last = leaf;
  // Each bit that is set from the right on is a subtree as large as the one that grows.
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    last = nodeHash(merged.pop() ?? last, last);
  }
  return { size: size + 1, subtrees: [...merged, last] };
}

export function rootOf({ subtrees }: Tree): Hash {
  if (subtrees.length === 0) return createHash('sha256').digest();
  return subtrees.reduceRight((right, left) => nodeHash(left, right));
}

/** The root of the perfect subtree over these hashes, whose number is a power of two. */
export function foldPerfect(hashes: readonly Hash[]): Hash {
  const [first, ...others] = hashes;
  if (first === undefined) throw new RangeError('no hashes to fold');
  if (others.length === 0) return first;
  const middle = hashes.length / 2;
  return nodeHash(foldPerfect(hashes.slice(0, middle)), foldPerfect(hashes.slice(middle)));
}

/** The largest power of two below `size`, which is at least 2: how many leaves are to the left. */
export function leftOf(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

export function sameHash(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0;
}
