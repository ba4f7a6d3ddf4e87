import { finishParts, orderParts } from '../../adapters/dynamodb/order-parts.ts';
import { orderKey, suspensionKey } from '../../adapters/dynamodb/principal-keys.ts';
import { ENDING } from '../../adapters/dynamodb/retries.ts';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import type { Unavailable } from '../../core/failure.ts';
import { type Gate, type Gates, gatesBehind, nextHead, settleGates } from '../../core/gates.ts';
import { type Grant, isOpen } from '../../core/grant.ts';
import { shortHash } from '../../core/ids.ts';
import type { Instant } from '../../core/instant.ts';
import type {
  OrderRefusal,
  OrderWrite,
  PrincipalStore,
  SuspensionPlace,
} from '../../core/ports.ts';
import {
  eventOfOrder,
  type OpenOrder,
  type OrderResult,
  type Suspension,
} from '../../core/principal-order.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { MemoryGates } from './memory-gates.ts';
import type { Transactions } from './transactions.ts';

/** What an `Idempotency-Key` remembers of an order. */
export type OrderKey = { readonly orderId: string; readonly result?: OrderResult };

/** The rows that orders read and write. */
export type OrderTable = {
  readonly grants: ReadonlyMap<string, Grant>;
  readonly suspensions: Map<string, Suspension>;
  /** Orders that are not finished, by id. */
  readonly orders: Map<string, OpenOrder>;
  readonly events: PrincipalEvent[];
  readonly orderKeys: Map<string, OrderKey>;
  readonly keyOf: (idempotency: Idempotency) => { readonly fingerprint: string } | undefined;
  readonly remember: (idempotency: Idempotency) => void;
  readonly gates: MemoryGates;
  readonly transactions: Transactions;
  readonly isKeptOut: (principal: string, gate: number) => boolean;
};

/** Orders about principals in the table in memory. */
export function memoryPrincipalStore(table: OrderTable): PrincipalStore {
  return {
    give: async (write) => {
      const { what, principal } = write.order;
      const record = suspensionKey(principal);
      const head =
        what === 'revoke' ? null : nextHead(table.gates.of(record), what === 'suspend', null);
      return table.transactions.write<null, OrderRefusal>(
        (gate) => orderParts(TABLE, write, head, gate),
        ENDING,
        (gate) => give(table, write, head, gate),
      );
    },
    settleGates: ({ principal }) => settleGates(table.gates.ports(suspensionKey(principal))),
    closeMissingGates: (before, limit) => closeMissingGates(table, before, limit),
    givenUnder: async (idempotency) => {
      const known = table.keyOf(idempotency);
      if (known === undefined) return ok(null);
      const used = table.orderKeys.get(nameOf(idempotency));
      if (known.fingerprint !== idempotency.fingerprint || used === undefined) {
        return err({ code: 'key-reused' });
      }
      if (used.result !== undefined) return ok({ finished: true, result: used.result });
      const open = table.orders.get(used.orderId);
      return open === undefined ? CONFLICT : ok({ finished: false, open });
    },
    keep: (open) =>
      table.transactions.put(orderKey(open.order), () => {
        if (table.orders.has(open.order.id)) table.orders.set(open.order.id, open);
        return ok(null);
      }),
    finish: (open) =>
      table.transactions.write<null, Unavailable>(
        () => finishParts(TABLE, open, open.order.at),
        ENDING,
        () => {
          const { order, result, idempotency } = open;
          table.orders.delete(order.id);
          remember(table, idempotency, { orderId: order.id, result });
          return ok(null);
        },
      ),
    openOrders: async (before, limit) => ok(oldOrders(table, before).slice(0, limit)),
    suspensionOf: async (principal) => ok(table.suspensions.get(principal) ?? null),
    suspended: async ({ limit, after }) => {
      const all = [...table.suspensions]
        .map(([principal, suspension]) => ({ principal, ...suspension }))
        .toSorted((a, b) => (placeText(placeOf(a)) < placeText(placeOf(b)) ? 1 : -1))
        .filter((one) => after === undefined || placeText(placeOf(one)) < placeText(after));
      const principals = all.slice(0, limit);
      const last = principals.at(-1);
      const more = all.length > limit && last !== undefined;
      return ok({ principals, next: more ? placeOf(last) : null });
    },
    openGrants: async (principal, { limit, after }) =>
      ok(
        [...table.grants.values()]
          .filter((grant) => grant.requester.id === principal && isOpen(grant))
          .map(({ id }) => id)
          .toSorted()
          .filter((id) => after === null || id > after)
          .slice(0, limit),
      ),
    hasAsked: async (principal) =>
      ok([...table.grants.values()].some(({ requester }) => requester.id === principal)),
  };
}

const CONFLICT = err({ code: 'conflict' } as const);
const TABLE = 'table';

/** Of suspensions that were written without gates, or whose gates did not follow. */
async function closeMissingGates(
  table: OrderTable,
  before: Instant,
  limit: number,
): Promise<Result<number, Unavailable>> {
  const missing = [...table.suspensions]
    .filter(
      ([principal, { at }]) => at < before && isMissing(table.gates.of(suspensionKey(principal))),
    )
    .slice(0, limit);
  for (const [principal] of missing) {
    // Whoever was resumed while the gates before it followed stays so: the write is on that condition.
    if (!table.suspensions.has(principal)) continue;
    const record = suspensionKey(principal);
    const found = table.gates.of(record);
    if (found.head?.closed !== true) table.gates.putHead(record, nextHead(found, true, null));
    const settled = await settleGates(table.gates.ports(record));
    if (!settled.ok) return settled;
  }
  return ok(missing.length);
}

function isMissing(gates: Gates): boolean {
  return gates.head?.closed !== true || gatesBehind(gates).length > 0;
}

function give(
  table: OrderTable,
  write: OrderWrite,
  head: Gate | null,
  gate: number,
): Result<null, OrderRefusal> {
  const { order, before, idempotency, unsuspended } = write;
  if (idempotency !== null && table.keyOf(idempotency) !== undefined) return CONFLICT;
  if (unsuspended !== null && table.isKeptOut(unsuspended, gate)) return err({ code: 'suspended' });
  const same = table.suspensions.get(order.principal)?.at === before?.at;
  if (!same && order.what !== 'revoke') return CONFLICT;
  const record = suspensionKey(order.principal);
  if (head !== null && !table.gates.putHead(record, head)) return CONFLICT;
  apply(table, write);
  return ok(null);
}

function apply(table: OrderTable, { order, result, open, idempotency }: OrderWrite): void {
  const { id, what, principal } = order;
  if (what === 'suspend' && result.suspension !== null) {
    table.suspensions.set(principal, result.suspension);
  }
  if (what === 'resume') table.suspensions.delete(principal);
  table.events.push(eventOfOrder(order));
  if (open) table.orders.set(id, { order, result, after: null, missed: 0, idempotency });
  remember(table, idempotency, { orderId: id, ...(!open && { result }) });
}

function remember(table: OrderTable, idempotency: Idempotency | null, key: OrderKey): void {
  if (idempotency === null) return;
  table.remember(idempotency);
  table.orderKeys.set(nameOf(idempotency), key);
}

function nameOf({ principal, key }: Idempotency): string {
  return `${principal} ${key}`;
}

function oldOrders(table: OrderTable, before: number): OpenOrder[] {
  return [...table.orders.values()]
    .filter(({ order }) => order.at < before)
    .toSorted((a, b) => a.order.at - b.order.at);
}

function placeOf({ principal, at }: { principal: string; at: number }): SuspensionPlace {
  return { at, hash: shortHash(principal) };
}

function placeText({ at, hash }: SuspensionPlace): string {
  return `${new Date(at).toISOString()}#${hash}`;
}
