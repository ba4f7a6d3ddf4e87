import type { Instant } from '../instant.ts';
import type { DeniedGrant } from '../kill/deny-policy.ts';
import type { Tree } from '../ledger/merkle.ts';

/** What an item of the table is, as far as it matters to whoever counts. */
export const ITEM_KINDS = [
  ...(['grant', 'event', 'suspension', 'deny', 'head', 'place', 'other'] as const),
] as const;

export type ItemKind = (typeof ITEM_KINDS)[number];

/** `unknown`: no version of the broker gives an item such a key. `damaged`: it lacks what it must have. */
export type RestoredItem =
  | { readonly kind: Exclude<ItemKind, 'deny' | 'head'> }
  | { readonly kind: 'deny'; readonly role: string; readonly deny: DeniedGrant }
  | { readonly kind: 'head'; readonly tree: Tree }
  | { readonly kind: 'unknown' | 'damaged'; readonly what: string };

export type RoleDeny = { readonly role: string; readonly deny: DeniedGrant };

/** A restored table as a whole: what it takes to say whether the broker could work on it. */
export type Survey = {
  readonly counts: Readonly<Record<ItemKind, number>>;
  /** Denies whose sessions can still live. */
  readonly denies: readonly RoleDeny[];
  /** The order of the ledger; null where the table has none. */
  readonly tree: Tree | null;
  /** What is wrong with single items, each kind of fault once, with how often. */
  readonly faults: ReadonlyMap<string, number>;
};

export type Surveyor = {
  readonly add: (item: RestoredItem) => void;
  readonly survey: () => Survey;
};

/** Counts items one by one, because a table may be larger than the memory. */
export function surveyor(now: Instant): Surveyor {
  const counts = Object.fromEntries(ITEM_KINDS.map((kind) => [kind, 0])) as Record<
    ItemKind,
    number
  >;
  const denies: RoleDeny[] = [];
  const faults = new Map<string, number>();
  let tree: Tree | null = null;
  return {
    add: (item) => {
      if (item.kind === 'unknown' || item.kind === 'damaged') {
        faults.set(faultOf(item), (faults.get(faultOf(item)) ?? 0) + 1);
        return;
      }
      counts[item.kind] += 1;
      if (item.kind === 'head') tree = item.tree;
      if (item.kind === 'deny' && item.deny.until > now) denies.push(item);
    },
    survey: () => ({ counts, denies, tree, faults }),
  };
}

function faultOf({ kind, what }: { readonly kind: string; readonly what: string }): string {
  return kind === 'unknown' ? `no version of the broker writes ${what}` : `${what} is damaged`;
}
