import type { Initiator } from '../audit.ts';
import type { Idempotency } from '../call.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { newEventId } from '../ids.ts';
import { addSeconds } from '../instant.ts';
import type { ListPlace, PrincipalStore } from '../ports.ts';
import {
  ANSWER_PAGE,
  type KnownOrder,
  type OrderKind,
  type OrderResult,
  type PrincipalOrder,
  type Suspension,
  suspensionAfter,
} from '../principal-order.ts';
import { err, ok, type Result } from '../result.ts';
import { type Conflict, retryOnConflict } from '../retry-on-conflict.ts';
import { type CarryOutPorts, carryOut } from './carry-out-order.ts';

/** An order is written first, and then carried out as far as one call can; the sweep does the rest. */

export type PrincipalPorts = CarryOutPorts & { readonly principals: PrincipalStore };

/** The order, for one principal; the reason is part of every record. */
export type Order = { readonly principal: string; readonly reason: string | null };

/** How an order is given: the key to recognise repeats by, and how much one call may do. */
export type Giving = {
  readonly idempotency?: Idempotency | null;
  /** The principal that gives it, and may not be suspended itself. */
  readonly unsuspended?: string | null;
  readonly limits?: { readonly grants: number; readonly seconds: number };
};

export type PrincipalState = {
  readonly id: string;
  readonly suspension: Suspension | null;
  /** The newest grants that this order ended, at most a page; `next` is the place of the last one. */
  readonly grants: readonly Grant[];
  readonly next: ListPlace | null;
  /** How many grants it ended. */
  readonly ended: number;
  /** False while the sweep has grants left to end. By then the principal is kept out, or in again. */
  readonly finished: boolean;
  /** Grants that wait for the kill switch. */
  readonly killing: readonly string[];
};

export type OrderFailure = Extract<
  Failure,
  { code: 'unavailable' } | { code: 'key-reused' } | { code: 'suspended' }
>;

export async function giveOrder(
  ports: PrincipalPorts,
  what: OrderKind,
  { principal, reason }: Order,
  by: Initiator,
  giving: Giving,
): Promise<Result<PrincipalState, OrderFailure>> {
  const id = newEventId(ports.random);
  const order = { id, what, principal, reason: reason ?? '', at: ports.clock(), ...by };
  const done = await retryOnConflict(() => giveOnce(ports, order, giving));
  if (done.ok) return done;
  return err(done.error.code === 'conflict' ? { code: 'unavailable', what: 'store' } : done.error);
}

/** A repeat is answered like the first call; where that one was interrupted, it is carried out first. */
async function giveOnce(
  ports: PrincipalPorts,
  order: PrincipalOrder,
  giving: Giving,
): Promise<Result<PrincipalState, OrderFailure | Conflict>> {
  const { principal } = order;
  const { idempotency = null, unsuspended = null } = giving;
  const given = idempotency === null ? ok(null) : await ports.principals.givenUnder(idempotency);
  if (!given.ok) return given;
  const suspension = await ports.principals.suspensionOf(principal);
  if (!suspension.ok) return suspension;
  if (given.value !== null) {
    return proceed(ports, principal, given.value, suspension.value !== null, giving);
  }
  const before = suspension.value;
  const result = { suspension: suspensionAfter(order, before), ended: 0, newest: [] };
  const open = await mayBeOpen(ports, order);
  if (!open.ok) return open;
  const write = { order, before, result, open: open.value, idempotency, unsuspended };
  const written = await ports.principals.give(write);
  if (!written.ok) return written;
  const known: KnownOrder = open.value
    ? { finished: false, open: { order, result, after: null, missed: 0, idempotency } }
    : { finished: true, result };
  return proceed(ports, principal, known, result.suspension !== null, giving);
}

/** Nothing to do, nothing to keep: so orders of people about themselves cost no more than they end. */
async function mayBeOpen(
  { principals }: PrincipalPorts,
  { what, principal }: PrincipalOrder,
): Promise<Result<boolean, OrderFailure>> {
  if (what !== 'revoke') return ok(true);
  const some = await principals.openGrants(principal, { after: null, limit: 1 });
  return some.ok ? ok(some.value.length > 0) : some;
}

/** One API call has 20 seconds, some of which its last calls to AWS may need. */
const ONE_CALL = { grants: 500, seconds: 5 };

async function proceed(
  ports: PrincipalPorts,
  id: string,
  known: KnownOrder,
  suspended: boolean,
  { limits = ONE_CALL }: Giving,
): Promise<Result<PrincipalState, OrderFailure>> {
  if (known.finished) return stateOf(ports, id, known.result, { finished: true });
  const until = addSeconds(ports.clock(), limits.seconds);
  const bounds = { grants: limits.grants, until };
  const pass = await carryOut(ports, known.open, suspended, bounds);
  if (pass.fault !== null) return err(pass.fault);
  return stateOf(ports, id, pass.open.result, pass);
}

type Ended = Pick<PrincipalState, 'finished'> & {
  readonly ended?: readonly Grant[];
  readonly killing?: readonly string[];
};

async function stateOf(
  ports: PrincipalPorts,
  id: string,
  { suspension, ended, newest }: OrderResult,
  { finished, ended: here, killing = [] }: Ended,
): Promise<Result<PrincipalState, OrderFailure>> {
  const byId = new Map(here?.map((grant) => [grant.id, grant]));
  const read = await Promise.all(
    newest.map(async (place) => {
      const known = byId.get(place.id);
      return known === undefined ? grantOf(ports, place.id) : ok(known);
    }),
  );
  const grants: Grant[] = [];
  for (const one of read) {
    if (!one.ok) return one;
    grants.push(one.value);
  }
  const next = ended > ANSWER_PAGE ? (newest.at(-1) ?? null) : null;
  return ok({ id, suspension, grants, next, ended, finished, killing });
}

/** Grants are never deleted, so one that was ended and is not there is damage. */
async function grantOf(
  { store }: PrincipalPorts,
  id: string,
): Promise<Result<Grant, OrderFailure>> {
  const found = await store.find(id);
  if (!found.ok) return found;
  if (found.value === null) return err({ code: 'unavailable', what: 'store', grantId: id });
  return ok(found.value);
}
