import type {
  AccessReview,
  DecidedItem,
  Participant,
  ReviewItem,
  ReviewScope,
} from '../../core/access-review.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Caller } from '../../core/principal.ts';
import { err, ok } from '../../core/result.ts';
import { itemsHash } from '../../core/reviewing/items-hash.ts';
import type { ReviewPorts, ReviewStore, ReviewWrite } from '../../core/reviewing/review-ports.ts';
import { GOVERNED } from './authorities.ts';
import { compiled } from './bundles.ts';
import { CALL, NOW, person } from './memory-ports.ts';

/**
 * Access reviews in memory: `reviewWorld` makes the ports with a store that keeps what is written, `startedIn` puts a
 * review into it. Sam started it, Mia and Ivy may audit as well.
 */

export const SAM = person('sam', ['auditors']);
export const MIA = person('mia', ['auditors']);
export const IVY = person('ivy', ['auditors']);

export type ReviewWorld = {
  readonly ports: ReviewPorts;
  readonly reviews: Map<string, AccessReview>;
  /** The items of the one review. */
  readonly rows: Map<number, DecidedItem>;
  /** Every write that was tried, in order. */
  readonly writes: ReviewWrite[];
  now: number;
};

export function reviewWorld(
  changes: Partial<ReviewStore> = {},
  bundle: Bundle = compiled(),
): ReviewWorld {
  const reviews = new Map<string, AccessReview>();
  const rows = new Map<number, DecidedItem>();
  const writes: ReviewWrite[] = [];
  const used = new Map<string, string>();
  const store: ReviewStore = {
    write: async (write) => {
      writes.push(write);
      const { before, review, items, idempotency } = write;
      const earlier = used.get(idempotency?.key ?? '');
      if (earlier !== undefined) return err({ code: 'repeated', reviewId: earlier });
      if (reviews.get(review.id)?.version !== before?.version) return err({ code: 'conflict' });
      reviews.set(review.id, review);
      for (const row of items) rows.set(row.item.item, row);
      if (idempotency !== null) used.set(idempotency.key, review.id);
      return ok(null);
    },
    changedUnder: async ({ key }) => ok(used.get(key) ?? null),
    find: async (id) => ok(reviews.get(id) ?? null),
    items: async (_, { after, limit }) =>
      ok([...rows.values()].filter(({ item }) => item.item > after).slice(0, limit)),
    list: async () => ok({ reviews: [...reviews.values()], next: null }),
    ...changes,
  };
  const world: ReviewWorld = {
    reviews,
    rows,
    writes,
    now: NOW,
    ports: {
      bundle,
      deployment: { account: '111122223333', region: 'eu-central-1' },
      engine: {
        mayOnBroker: (action, { groups }) =>
          ok(action === 'audit' && groups.includes('people:auditors')),
      },
      reviews: store,
      clock: () => world.now,
      random: (length) => new Uint8Array(length),
    },
  };
  return world;
}

/** A bundle with an entitlement whose approvers are told apart by these claims. */
export function tellingApartBy(samePerson: readonly string[]): Bundle {
  const read = GOVERNED.entitlements['read'];
  if (read?.approval === undefined) throw new Error('no approval');
  return {
    ...GOVERNED,
    entitlements: { read: { ...read, approval: { ...read.approval, samePerson } } },
  };
}

/** The caller with claims of the token. */
export function tagged({ principal, ...rest }: Caller, tags: Caller['principal']['tags']): Caller {
  return { ...rest, principal: { ...principal, tags } };
}

export function itemOf(item: number, changes: Partial<ReviewItem> = {}): ReviewItem {
  return {
    item,
    entitlement: 'read',
    principal: { type: 'User', id: `people:u${item}`, name: `u${item}` },
    members: null,
    marks: [`people:u${item}`],
    could: true,
    ...{ requests: 1, denials: 0, grants: 1, vends: 2, lastUse: null },
    lines: [{ policy: 'read-is-fine', place: 'policies/read.cedar:1' }],
    ...changes,
  };
}

export function scopeOf(items: readonly ReviewItem[], changes: Partial<ReviewScope> = {}) {
  const scope: ReviewScope = {
    ...{ from: '2026-07-01', to: '2026-09-30', entitlements: null, items: items.length },
    ...{ listHash: itemsHash(items), bundle: compiled().hash, file: 'bundle/x.json' },
    checkpoint: { size: 12, root: 'root' },
    ...changes,
  };
  return scope;
}

export const participantIn = ({ principal: { type, id, name } }: Caller): Participant => ({
  who: { type, id, name },
  marks: [id],
});

/** A review that Sam started, with all of its items unless told otherwise. */
export function startedIn(
  { reviews, rows }: ReviewWorld,
  items: readonly ReviewItem[],
  changes: Partial<AccessReview> = {},
): AccessReview {
  const review: AccessReview = {
    id: 'ar_1',
    scope: scopeOf(items),
    starter: participantIn(SAM),
    startedAt: NOW - 1000,
    deciders: [],
    received: items.length,
    ...{ decided: 0, steps: 1, version: 3, signed: null },
    ...changes,
  };
  reviews.set(review.id, review);
  for (const item of items.slice(0, review.received)) rows.set(item.item, { item, decided: null });
  return review;
}

export const keyedBy = (caller: Caller, key = 'k') => ({
  ...CALL,
  caller,
  idempotency: { principal: caller.principal.id, key, fingerprint: 'f' },
});
