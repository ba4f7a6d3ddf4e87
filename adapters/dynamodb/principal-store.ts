import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type { OrderRefusal, PrincipalStore } from '../../core/ports.ts';
import { finishParts, orderParts } from './order-parts.ts';
import { givenUnder, keepOrder, openOrders } from './orders.ts';
import { hasAsked, openGrants } from './read-principal.ts';
import { suspended, suspensionOf } from './suspensions.ts';
import type { Table } from './table.ts';
import { transact } from './transaction.ts';

/** Orders about principals, their suspensions, and what principals have. */
export function dynamoPrincipalStore(table: Table, clock: () => Instant): PrincipalStore {
  const { client, name, report } = table;
  return {
    give: (write) => transact<OrderRefusal>(client, orderParts(name, write), report),
    finish: (open) => transact<Unavailable>(client, finishParts(name, open, clock()), report),
    keep: (open) => keepOrder(table, open),
    givenUnder: (idempotency) => givenUnder(table, idempotency, clock()),
    openOrders: (before, limit) => openOrders(table, before, limit),
    suspensionOf: (principal) => suspensionOf(table, principal),
    suspended: (query) => suspended(table, query),
    openGrants: (principal, query) => openGrants(table, principal, query),
    hasAsked: (principal) => hasAsked(table, principal),
  };
}
