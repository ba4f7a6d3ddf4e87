import type { PrincipalEvent } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import { type Grant, isOpen } from '../../core/grant.ts';
import { shortHash } from '../../core/ids.ts';
import type { OrderWrite, PrincipalStore, SuspensionPlace } from '../../core/ports.ts';
import {
  eventOfOrder,
  type OpenOrder,
  type OrderResult,
  type Suspension,
} from '../../core/principal-order.ts';
import { err, ok } from '../../core/result.ts';

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
};

/** Orders about principals in the table in memory. */
export function memoryPrincipalStore(table: OrderTable): PrincipalStore {
  return {
    give: async (write) => {
      if (write.idempotency !== null && table.keyOf(write.idempotency) !== undefined) {
        return CONFLICT;
      }
      if (write.unsuspended !== null && table.suspensions.has(write.unsuspended)) {
        return err({ code: 'suspended' });
      }
      const { principal } = write.order;
      const same = table.suspensions.get(principal)?.at === write.before?.at;
      if (!same && write.order.what !== 'revoke') return CONFLICT;
      apply(table, write);
      return ok(null);
    },
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
    keep: async (open) => {
      if (table.orders.has(open.order.id)) table.orders.set(open.order.id, open);
      return ok(null);
    },
    finish: async ({ order, result, idempotency }) => {
      table.orders.delete(order.id);
      remember(table, idempotency, { orderId: order.id, result });
      return ok(null);
    },
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
