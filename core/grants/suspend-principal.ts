import type { Initiator } from '../audit.ts';
import type { AuthorityPorts } from '../deciding/authority.ts';
import type { Failure } from '../failure.ts';
import type { PrincipalStore } from '../ports.ts';
import type { Caller } from '../principal.ts';
import type { OrderKind } from '../principal-order.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type Giving,
  giveOrder,
  type Order,
  type OrderFailure,
  type PrincipalPorts,
  type PrincipalState,
} from './give-order.ts';

/**
 * Orders about a principal: end everything it has, keep it out, let it in again. They need no policy
 * engine and no workflow, and nothing that the principal could influence (I10).
 */

type Given = Promise<Result<PrincipalState, OrderFailure>>;

/** Ends all open grants of a principal, including those written a moment ago. */
export function revokeAll(
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
  giving: Giving = {},
): Given {
  return giveOrder(ports, 'revoke', order, by, giving);
}

/** Keeps a principal out, and only then ends what it has, so that nothing can begin in between. */
export function suspendPrincipal(
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
  giving: Giving = {},
): Given {
  return giveOrder(ports, 'suspend', order, by, giving);
}

/** Lets a suspended principal request and vend again; what was ended stays ended. */
export function resumePrincipal(
  ports: PrincipalPorts,
  order: Order,
  by: Initiator,
  giving: Giving = {},
): Given {
  return giveOrder(ports, 'resume', order, by, giving);
}

/**
 * Whether policy lets the caller give such an order. People may end everything of their own, always, and whoever
 * finds that somebody else uses their identity may suspend themselves. The tokens of a workload come from jobs that
 * may do different things, so its jobs end their grants one by one. A suspended caller gives no orders about others,
 * and cannot resume themselves.
 */
export async function mayOrder(
  ports: Pick<AuthorityPorts, 'engine'> & {
    readonly principals: Pick<PrincipalStore, 'suspensionOf'>;
  },
  { principal: caller }: Caller,
  what: OrderKind,
  principal: string,
): Promise<Result<null, Failure>> {
  const own = caller.id === principal;
  if (own && what === 'suspend') return ok(null);
  if (own && what === 'revoke' && caller.type === 'User') return ok(null);
  const suspension = await ports.principals.suspensionOf(caller.id);
  if (!suspension.ok) return suspension;
  if (suspension.value !== null) return err({ code: 'suspended' });
  const allowed = ports.engine.mayOnBroker('administer', caller);
  if (!allowed.ok) return allowed;
  const detail =
    own && what === 'revoke' ? ONE_BY_ONE : `Policy does not let you ${what} other principals.`;
  return allowed.value ? ok(null) : err({ code: 'forbidden', detail });
}

const ONE_BY_ONE =
  'A job cannot end all grants of its workload: other jobs have some of them. Revoke its own grants.';

/** Whether the principal ever requested anything: nobody did under an id that was mistyped. */
export async function isKnown(
  { principals }: { readonly principals: Pick<PrincipalStore, 'hasAsked'> },
  { id, ended }: PrincipalState,
): Promise<Result<boolean, Failure>> {
  return ended > 0 ? ok(true) : principals.hasAsked(id);
}
