import { type Actor, BROKER, type Initiator, initiatorIn, type PrincipalEvent } from './audit.ts';
import type { Idempotency } from './call.ts';
import type { Grant } from './grant.ts';
import { addSeconds, type Instant } from './instant.ts';

/** Keeping a principal out, and since when. */
export type Suspension = { readonly at: Instant; readonly by: Actor; readonly reason: string };

/** End everything that a principal has, end it and keep the principal out, or let it in again. */
export type OrderKind = 'revoke' | 'suspend' | 'resume';

/** One order about a principal, as it was given. */
export type PrincipalOrder = Initiator & {
  /** Also the id of its event. */
  readonly id: string;
  readonly what: OrderKind;
  readonly principal: string;
  /** Empty where none was given. */
  readonly reason: string;
  readonly at: Instant;
};

/** What an order has done so far: its answer, and the answer to its repeats. */
export type OrderResult = {
  /** The suspension as the order left it. */
  readonly suspension: Suspension | null;
  /** How many grants it ended. */
  readonly ended: number;
  /** Where the newest of them are in lists, newest first: one page. */
  readonly newest: readonly Pick<Grant, 'createdAt' | 'id'>[];
};

/** An order that may still have gates to move or grants to end. The store keeps it until there is none. */
export type OpenOrder = {
  readonly order: PrincipalOrder;
  readonly result: OrderResult;
  /** The last grant id, of those in order, that was dealt with; null at the beginning. */
  readonly after: string | null;
  /** Grants before `after` that could not be ended; they are tried again. */
  readonly missed: number;
  /** The key it was given under, which remembers the result. */
  readonly idempotency: Idempotency | null;
};

/** An order as the store knows it under an `Idempotency-Key`. */
export type KnownOrder =
  | { readonly finished: true; readonly result: OrderResult }
  | { readonly finished: false; readonly open: OpenOrder };

/** Grants of one answer. */
export const ANSWER_PAGE = 50;

const EVENT_TYPES = {
  suspend: 'principal-suspended',
  resume: 'principal-resumed',
  revoke: 'principal-revoked',
} as const satisfies Record<OrderKind, PrincipalEvent['type']>;

export function eventOfOrder(order: PrincipalOrder): PrincipalEvent {
  const { id, what, principal: principalId, reason, at } = order;
  return { id, principalId, type: EVENT_TYPES[what], at, ...initiatorIn(order), reason };
}

export function suspensionBy({ at, actor, reason }: PrincipalOrder): Suspension {
  return { at, by: actor, reason };
}

/** The suspension of the principal after the order. */
export function suspensionAfter(
  order: PrincipalOrder,
  before: Suspension | null,
): Suspension | null {
  if (order.what === 'revoke') return before;
  // Whoever suspends themselves does not replace what an administrator wrote.
  if (order.what === 'suspend' && before !== null && isOwn(order)) return before;
  return order.what === 'suspend' ? suspensionBy(order) : null;
}

function isOwn({ actor, principal }: PrincipalOrder): boolean {
  return actor !== BROKER && actor.id === principal;
}

/** Why the grants of the principal ended. */
export function endReasonOf({ what, reason }: PrincipalOrder): string {
  const why =
    what === 'suspend' ? 'its principal was suspended' : 'revoked with all of its principal';
  return reason === '' ? why : `${why}: ${reason}`;
}

/** Clocks differ by less than this. */
const CLOCK_SKEW_SECONDS = 1;

/**
 * Whether the order ends the grant: everything while the principal is suspended, else only what it had
 * when the order was given.
 */
export function covers(order: PrincipalOrder, grant: Grant, suspended: boolean): boolean {
  return suspended || grant.createdAt < addSeconds(order.at, CLOCK_SKEW_SECONDS);
}

/** The order after it ended more grants. */
export function withEnded(open: OpenOrder, grants: readonly Grant[]): OpenOrder {
  const { result } = open;
  const places = grants.map(({ createdAt, id }) => ({ createdAt, id }));
  const newest = [...result.newest, ...places].toSorted(newestFirst).slice(0, ANSWER_PAGE);
  return { ...open, result: { ...result, ended: result.ended + grants.length, newest } };
}

function newestFirst(
  a: Pick<Grant, 'createdAt' | 'id'>,
  b: Pick<Grant, 'createdAt' | 'id'>,
): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);
}
