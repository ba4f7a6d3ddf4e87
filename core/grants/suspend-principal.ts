import { type Actor, eventOf } from '../audit.ts';
import type { AuthorityPorts } from '../deciding/who-may.ts';
import type { Failure, Unavailable } from '../failure.ts';
import { type Grant, isOpen } from '../grant.ts';
import type { RandomBytes } from '../ids.ts';
import type { GrantStore, PrincipalStore, Suspension } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { revocation } from './end-grant.ts';

/** Ending everything of a principal: no policy engine, no workflow, nothing of the victim's (I10). */

export type PrincipalPorts = {
  readonly store: Pick<GrantStore, 'find' | 'update'>;
  readonly principals: PrincipalStore;
  readonly clock: AuthorityPorts['clock'];
  readonly random: RandomBytes;
};

export type PrincipalState = {
  readonly id: string;
  readonly suspension: Suspension | null;
  /** Those that this call ended. */
  readonly grants: readonly Grant[];
};

/** By whose hand, and why. */
export type Order = {
  readonly principal: string;
  readonly by: Actor;
  readonly reason: string | null;
  readonly requestId: string;
  readonly sourceIp: string | null;
};

/** Ends all open grants of a principal, those written a moment ago included. */
export async function revokeAll(
  ports: PrincipalPorts,
  order: Order,
): Promise<Result<PrincipalState, Unavailable>> {
  const ended = await endOpenGrants(ports, order, 'revoked with all of its principal');
  if (!ended.ok) return ended;
  const suspension = await ports.principals.suspensionOf(order.principal);
  if (!suspension.ok) return suspension;
  return ok({ id: order.principal, suspension: suspension.value, grants: ended.value });
}

/** Keeps a principal out first, and then ends what it has: nothing can slip in between. */
export async function suspend(
  ports: PrincipalPorts,
  order: Order,
): Promise<Result<PrincipalState, Unavailable>> {
  const { principal, by } = order;
  const suspension = { at: ports.clock(), by, reason: order.reason ?? '' };
  const kept = await ports.principals.suspend(principal, suspension);
  if (!kept.ok) return kept;
  const ended = await endOpenGrants(ports, order, 'its principal was suspended');
  return ended.ok ? ok({ id: principal, suspension, grants: ended.value }) : ended;
}

export async function resume(
  ports: PrincipalPorts,
  { principal, by, reason }: Order,
): Promise<Result<PrincipalState, Unavailable>> {
  const resumption = { at: ports.clock(), by, reason: reason ?? '' };
  const resumed = await ports.principals.resume(principal, resumption);
  return resumed.ok ? ok({ id: principal, suspension: null, grants: [] }) : resumed;
}

/**
 * Whether policy lets the caller give such an order; one's own grants anybody may end. Who is
 * suspended gives no orders about others, and does not let themselves in again.
 */
export async function mayOrder(
  {
    engine,
    principals,
  }: Pick<AuthorityPorts, 'engine'> & { readonly principals: Pick<PrincipalStore, 'suspensionOf'> },
  { principal: caller }: Caller,
  what: 'revoke' | 'suspend' | 'resume',
  principal: string,
): Promise<Result<null, Failure>> {
  if (what === 'revoke' && caller.id === principal) return ok(null);
  const suspension = await principals.suspensionOf(caller.id);
  if (!suspension.ok) return suspension;
  if (suspension.value !== null) return err({ code: 'suspended' });
  const allowed = engine.mayOnBroker('administer', caller);
  if (!allowed.ok) return allowed;
  const detail = `Policy does not let you ${what} other principals.`;
  return allowed.value ? ok(null) : err({ code: 'forbidden', detail });
}

/** So many grants are ended at a time. */
const AT_ONCE = 10;

async function endOpenGrants(
  ports: PrincipalPorts,
  order: Order,
  why: string,
): Promise<Result<readonly Grant[], Unavailable>> {
  const open = await ports.principals.openGrants(order.principal);
  if (!open.ok) return open;
  const reason = order.reason === null || order.reason === '' ? why : `${why}: ${order.reason}`;
  const ended: Grant[] = [];
  let failed: Result<never, Unavailable> | null = null;
  for (let first = 0; first < open.value.length; first += AT_ONCE) {
    const ids = open.value.slice(first, first + AT_ONCE);
    for (const one of await Promise.all(ids.map((id) => endOne(ports, order, id, reason)))) {
      // One that cannot be ended now keeps none of the others alive.
      if (!one.ok) failed = one;
      else if (one.value !== null) ended.push(one.value);
    }
  }
  return failed ?? ok(ended);
}

const ATTEMPTS = 10;

/** @returns null where there was nothing to end any more. */
export async function endOne(
  ports: Omit<PrincipalPorts, 'principals'>,
  order: Omit<Order, 'principal'>,
  id: string,
  reason: string,
): Promise<Result<Grant | null, Unavailable>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await ports.store.find(id);
    if (!found.ok) return found;
    const before = found.value;
    if (before === null || !isOpen(before)) return ok(null);
    const now = ports.clock();
    const change = revocation(before, reason, now);
    if (change === null) return ok(before);
    const { by, requestId, sourceIp } = order;
    const cause = { at: now, requestId, sourceIp };
    const event = eventOf(change.grant, by, change.happening, cause, ports.random);
    const written = await ports.store.update({
      ...{ before, grant: change.grant, events: [event] },
      ...{ idempotency: null, unsuspended: [] },
    });
    if (written.ok) return ok(change.grant);
    if (written.error.code === 'unavailable') return err(written.error);
  }
  return err({ code: 'unavailable', what: 'store', grantId: id });
}
