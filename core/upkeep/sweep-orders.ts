import type { Unavailable } from '../failure.ts';
import { type CarryOutPorts, carryOut, type Limits } from '../grants/carry-out-order.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { PrincipalStore } from '../ports.ts';
import type { OpenOrder, OrderKind } from '../principal-order.ts';
import { ok, type Result } from '../result.ts';

export type SweepOrderPorts = CarryOutPorts & {
  readonly principals: Pick<PrincipalStore, 'openOrders' | 'suspensionOf' | 'closeMissingGates'>;
};

/** An order about a principal that is not carried out yet. */
export type UnfinishedOrder = {
  readonly principal: string;
  readonly what: OrderKind;
  /** Grants that could not be ended; empty where this run merely had no more time. */
  readonly failed: readonly string[];
};

export type OrdersSwept = {
  /** Principals whose interrupted orders were finished. */
  readonly finishedOrders: readonly string[];
  /** Grants that ended because of such an order. */
  readonly endedByOrder: readonly string[];
  /** The next sweep goes on with them. */
  readonly unfinishedOrders: readonly UnfinishedOrder[];
};

/** Per run, so that no order, however large, keeps the sweep from its other work. */
const MOST_ORDERS = 100;
const MOST_GRANTS = 2000;
const SECONDS = 30;

/**
 * Finishes orders about principals that the call which gave them could not: it failed in the middle, or
 * had too many grants to end. One that cannot be finished does not hold up the next.
 *
 * @param before Younger orders are left to the call that gave them.
 */
export async function sweepOrders(
  ports: SweepOrderPorts,
  before: Instant,
): Promise<Result<OrdersSwept & { readonly killing: readonly string[] }, Unavailable>> {
  const closed = await ports.principals.closeMissingGates(before, MOST_ORDERS);
  const open = await ports.principals.openOrders(before, MOST_ORDERS);
  if (!open.ok) return open;
  const until = addSeconds(ports.clock(), SECONDS);
  const swept: Swept[] = [];
  let grants = MOST_GRANTS;
  for (const order of open.value) {
    const one = await sweepOrder(ports, order, { grants, until });
    swept.push(one);
    grants -= one.ended.length;
  }
  if (!closed.ok) return closed;
  return ok({
    finishedOrders: swept.filter(({ finished }) => finished).map(({ principal }) => principal),
    endedByOrder: swept.flatMap(({ ended }) => ended),
    unfinishedOrders: swept
      .filter(({ finished }) => !finished)
      .map(({ principal, what, failed }) => ({ principal, what, failed })),
    killing: swept.flatMap(({ killing }) => killing),
  });
}

type Swept = UnfinishedOrder & {
  readonly finished: boolean;
  readonly ended: readonly string[];
  readonly killing: readonly string[];
};

async function sweepOrder(ports: SweepOrderPorts, open: OpenOrder, limits: Limits): Promise<Swept> {
  const { principal, what } = open.order;
  const nothing = { principal, what, finished: false, ended: [], killing: [], failed: [] };
  const suspension = await ports.principals.suspensionOf(principal);
  if (!suspension.ok) return nothing;
  const { finished, ended, killing, failed } = await carryOut(
    ports,
    open,
    suspension.value !== null,
    limits,
  );
  return { ...nothing, finished, ended: ended.map(({ id }) => id), killing, failed };
}
