import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type { OrderRefusal, PrincipalStore } from '../../core/ports.ts';
import type { Suspension } from '../../core/principal-order.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { suspensionKey } from './keys.ts';
import { finishParts, orderParts } from './order-parts.ts';
import { givenUnder, keepOrder, openOrders } from './orders.ts';
import { hasAsked, openGrants, suspended } from './read-principal.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';
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

/** Strongly consistent. A row without facts is a suspension as well. */
async function suspensionOf(
  { client, name: TableName, report }: Table,
  principal: string,
): Promise<Result<Suspension | null, Unavailable>> {
  const Key = marshall(suspensionKey(principal));
  try {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key, ConsistentRead: true }),
    );
    if (Item === undefined) return ok(null);
    const { at = 0, by = 'broker', reason = '' } = unmarshall(Item) as Partial<Suspension>;
    return ok({ at, by, reason });
  } catch (error) {
    report('GetItem', error);
    return err(STORE_UNAVAILABLE);
  }
}
