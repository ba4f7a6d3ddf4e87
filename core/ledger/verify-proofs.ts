import { type Hash, leftOf, nodeHash, sameHash } from './merkle.ts';

/**
 * Verifies the proofs of RFC 6962. A proof that is too long, too short or about no such tree is wrong,
 * never an exception: proofs come from those who are verified.
 */

export type Inclusion = {
  readonly index: number;
  readonly size: number;
  readonly leaf: Hash;
  readonly root: Hash;
};

export function isIncluded(
  { index, size, leaf, root }: Inclusion,
  proof: readonly Hash[],
): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size) return false;
  const computed = rootFrom(index, size, leaf, proof);
  return computed !== null && sameHash(computed, root);
}

/** The root of `size` leaves from one of them and its siblings; null if there are too few or too many. */
function rootFrom(index: number, size: number, leaf: Hash, proof: readonly Hash[]): Hash | null {
  if (size === 1) return proof.length === 0 ? leaf : null;
  const sibling = proof.at(-1);
  if (sibling === undefined) return null;
  const left = leftOf(size);
  const below = proof.slice(0, -1);
  if (index < left) {
    const inner = rootFrom(index, left, leaf, below);
    return inner && nodeHash(inner, sibling);
  }
  const inner = rootFrom(index - left, size - left, leaf, below);
  return inner && nodeHash(sibling, inner);
}

export type TreeHead = { readonly size: number; readonly root: Hash };

/** Whether the later tree begins with all of the earlier one. */
export function isConsistent(earlier: TreeHead, later: TreeHead, proof: readonly Hash[]): boolean {
  if (!isIndex(earlier.size) || !isIndex(later.size) || earlier.size > later.size) return false;
  if (earlier.size === 0) return proof.length === 0;
  if (earlier.size === later.size) return proof.length === 0 && sameHash(earlier.root, later.root);
  const roots = rootsFrom(earlier.size, later.size, earlier.root, proof, true);
  return (
    roots !== null && sameHash(roots.earlier, earlier.root) && sameHash(roots.later, later.root)
  );
}

type Roots = { readonly earlier: Hash; readonly later: Hash };

/** Both roots from a proof; null if it has too few hashes or too many. */
function rootsFrom(
  earlier: number,
  later: number,
  known: Hash,
  proof: readonly Hash[],
  whole: boolean,
): Roots | null {
  const last = proof.at(-1);
  if (earlier === later) {
    if (whole) return proof.length === 0 ? { earlier: known, later: known } : null;
    return last !== undefined && proof.length === 1 ? { earlier: last, later: last } : null;
  }
  if (last === undefined) return null;
  const left = leftOf(later);
  const below = proof.slice(0, -1);
  if (earlier <= left) {
    const inner = rootsFrom(earlier, left, known, below, whole);
    return inner && { earlier: inner.earlier, later: nodeHash(inner.later, last) };
  }
  const inner = rootsFrom(earlier - left, later - left, known, below, false);
  return inner && { earlier: nodeHash(last, inner.earlier), later: nodeHash(last, inner.later) };
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
