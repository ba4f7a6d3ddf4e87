import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type { OrderRefusal, PrincipalStore } from '../../core/ports.ts';
import { finishParts, orderParts } from './order-parts.ts';
import { givenUnder, keepOrder, openOrders } from './orders.ts';
import { hasAsked, openGrants } from './read-principal.ts';
import { ENDING } from './retries.ts';
import { closeMissingGates, headAfter, settleSuspension } from './suspension-gates.ts';
import { suspended, suspensionOf } from './suspensions.ts';
import type { Table } from './table.ts';
import { transact } from './transaction.ts';

/** Orders about principals, their suspensions, and what principals have. */
export function dynamoPrincipalStore(table: Table, clock: () => Instant): PrincipalStore {
  const { name } = table;
  return {
    give: async (write) => {
      const head = await headAfter(table, write.order);
      if (!head.ok) return head;
      const parts = (gate: number) => orderParts(name, write, head.value, gate);
      return transact<OrderRefusal>(table, parts, ENDING);
    },
    finish: (open) => transact<Unavailable>(table, () => finishParts(name, open, clock()), ENDING),
    keep: (open) => keepOrder(table, open),
    settleGates: (order) => settleSuspension(table, order),
    closeMissingGates: (before, limit) => closeMissingGates(table, before, limit),
    givenUnder: (idempotency) => givenUnder(table, idempotency, clock()),
    openOrders: (before, limit) => openOrders(table, before, limit),
    suspensionOf: (principal) => suspensionOf(table, principal),
    suspended: (query) => suspended(table, query),
    openGrants: (principal, query) => openGrants(table, principal, query),
    hasAsked: (principal) => hasAsked(table, principal),
  };
}
