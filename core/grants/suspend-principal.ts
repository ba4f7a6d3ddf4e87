import type { Actor, Initiator } from '../audit.ts';
import type { AuthorityPorts } from '../deciding/authority.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { PrincipalStore, Suspension } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { type EndPorts, endByOrder } from './end-by-order.ts';

/**
 * Orders about a principal: end everything it has, keep it out, let it in again. They need no policy
 * engine and no workflow, and nothing that the principal could influence (I10).
 */

export type PrincipalPorts = EndPorts & { readonly principals: PrincipalStore };

/** The order, for one principal; the reason is part of every record. */
export type Order = { readonly principal: string; readonly reason: string | null };

export type PrincipalState = {
  readonly id: string;
  readonly suspension: Suspension | null;
  /** The grants that this order ended. */
  readonly grants: readonly Grant[];
};

/** Ends all open grants of a principal, including those written a moment ago. */
export async function revokeAll(
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
): Promise<Result<PrincipalState, Unavailable>> {
  const ended = await endOpenGrants(ports, order, by, 'revoked with all of its principal');
  if (!ended.ok) return ended;
  const suspension = await ports.principals.suspensionOf(order.principal);
  if (!suspension.ok) return suspension;
  return ok({ id: order.principal, suspension: suspension.value, grants: ended.value });
}

/** Keeps a principal out, and only then ends what it has, so that nothing can begin in between. */
export async function suspendPrincipal(
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
): Promise<Result<PrincipalState, Unavailable>> {
  const suspension = recordOf(ports, order, by.actor);
  const kept = await ports.principals.suspend(order.principal, suspension);
  if (!kept.ok) return kept;
  const ended = await endOpenGrants(ports, order, by, 'its principal was suspended');
  return ended.ok ? ok({ id: order.principal, suspension, grants: ended.value }) : ended;
}

/** Lets a suspended principal request and vend again; what was ended stays ended. */
export async function resumePrincipal(
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
): Promise<Result<PrincipalState, Unavailable>> {
  const resumed = await ports.principals.resume(order.principal, recordOf(ports, order, by.actor));
  return resumed.ok ? ok({ id: order.principal, suspension: null, grants: [] }) : resumed;
}

/**
 * Whether policy lets the caller give such an order. Everybody may end their own grants. A suspended
 * caller gives no orders about others, and cannot resume themselves.
 */
export async function mayOrder(
  ports: Pick<AuthorityPorts, 'engine'> & {
    readonly principals: Pick<PrincipalStore, 'suspensionOf'>;
  },
  { principal: caller }: Caller,
  what: 'revoke' | 'suspend' | 'resume',
  principal: string,
): Promise<Result<null, Failure>> {
  if (what === 'revoke' && caller.id === principal) return ok(null);
  const suspension = await ports.principals.suspensionOf(caller.id);
  if (!suspension.ok) return suspension;
  if (suspension.value !== null) return err({ code: 'suspended' });
  const allowed = ports.engine.mayOnBroker('administer', caller);
  if (!allowed.ok) return allowed;
  const detail = `Policy does not let you ${what} other principals.`;
  return allowed.value ? ok(null) : err({ code: 'forbidden', detail });
}

function recordOf({ clock }: PrincipalPorts, { reason }: Order, by: Actor): Suspension {
  return { at: clock(), by, reason: reason ?? '' };
}

/** This many grants are ended at a time. */
const AT_ONCE = 10;

/** One grant that cannot be ended now keeps none of the others alive. */
async function endOpenGrants(
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
  why: string,
): Promise<Result<readonly Grant[], Unavailable>> {
  const open = await ports.principals.openGrants(order.principal);
  if (!open.ok) return open;
  const reason = order.reason === null || order.reason === '' ? why : `${why}: ${order.reason}`;
  const ended: Grant[] = [];
  let failed: Result<never, Unavailable> | null = null;
  for (let first = 0; first < open.value.length; first += AT_ONCE) {
    const ids = open.value.slice(first, first + AT_ONCE);
    for (const done of await Promise.all(ids.map((id) => endByOrder(ports, id, reason, by)))) {
      if (!done.ok) failed = done;
      else if (done.value !== null) ended.push(done.value);
    }
  }
  return failed ?? ok(ended);
}
