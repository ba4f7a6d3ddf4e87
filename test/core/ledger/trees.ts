import { createHash } from 'node:crypto';
import { append, EMPTY_TREE, type Hash, leafHash, type Tree } from '../../../core/ledger/merkle.ts';
import type { ReadSubtree } from '../../../core/ledger/tree-proofs.ts';

/** RFC 6962, section 2.1, as it is written there: slow, and without a shortcut of ours. */

export const entriesOf = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(`entry ${at}`));

const sha256 = (...parts: readonly Uint8Array[]): Hash =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

const split = (count: number): number => 2 ** (Math.ceil(Math.log2(count)) - 1);

/** MTH(D[n]) */
export function treeHash(entries: readonly Uint8Array[]): Hash {
  const [first] = entries;
  if (first === undefined) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), first);
  const k = split(entries.length);
  return sha256(Uint8Array.of(1), treeHash(entries.slice(0, k)), treeHash(entries.slice(k)));
}

/** PATH(m, D[n]) */
export function auditPath(m: number, entries: readonly Uint8Array[]): readonly Hash[] {
  if (entries.length <= 1) return [];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k
    ? [...auditPath(m, left), treeHash(right)]
    : [...auditPath(m - k, right), treeHash(left)];
}

/** PROOF(m, D[n]) */
export function consistency(m: number, entries: readonly Uint8Array[]): readonly Hash[] {
  return subproof(m, entries, true);
}

function subproof(m: number, entries: readonly Uint8Array[], b: boolean): readonly Hash[] {
  if (m === entries.length) return b ? [] : [treeHash(entries)];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k
    ? [...subproof(m, left, b), treeHash(right)]
    : [...subproof(m - k, right, false), treeHash(left)];
}

export const treeOf = (entries: readonly Uint8Array[]): Tree =>
  entries.map(leafHash).reduce(append, EMPTY_TREE);

export const readerOf =
  (entries: readonly Uint8Array[]): ReadSubtree =>
  async (height, index) =>
    treeHash(entries.slice(index * 2 ** height, (index + 1) * 2 ** height));
