import type { Tree } from './merkle.ts';

/** Larger than every place: an event that has it is not in the log. */
export const NOWHERE = Number.MAX_SAFE_INTEGER;

/**
 * The places that count, of those that a table has. A restore is no transaction: it may keep the place of an entry and
 * not the head that it came with. The log has no such entry, so a place at or beyond the head is none. Every
 * adapter of the `LedgerStore` port answers with this.
 */
export function placesBelow(
  head: Pick<Tree, 'size'>,
  rows: Iterable<readonly [id: string, place: number]>,
): ReadonlyMap<string, number> {
  return new Map([...rows].filter(([, place]) => place < head.size));
}
