import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { initiatorIn } from '../../core/audit.ts';
import type { Idempotency } from '../../core/call.ts';
import type { Failure, Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type {
  KnownOrder,
  OpenOrder,
  OrderResult,
  PrincipalOrder,
} from '../../core/principal-order.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Conflict } from '../../core/retry-on-conflict.ts';
import { putPatiently } from './gates.ts';
import type { Item } from './items.ts';
import type { Key } from './keys.ts';
import { openOrderItem } from './order-parts.ts';
import { idempotencyKey, ORDERS } from './principal-keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

type KeyReused = Extract<Failure, { code: 'key-reused' }>;

/** The order under a key. `conflict`: it was finished between two reads. */
export async function givenUnder(
  table: Table,
  { principal, key, fingerprint }: Idempotency,
  now: Instant,
): Promise<Result<KnownOrder | null, KeyReused | Conflict | Unavailable>> {
  const row = await read(table, idempotencyKey(principal, key));
  if (!row.ok) return row;
  const found = row.value;
  if (found === null || Number(found['ttl']?.N) < Math.floor(now / 1000)) return ok(null);
  const sk = found['orderKey']?.S;
  if (found['fingerprint']?.S !== fingerprint || sk === undefined)
    return err({ code: 'key-reused' });
  const { result } = unmarshall(found) as { readonly result?: OrderResult };
  if (result !== undefined) return ok({ finished: true, result });
  const open = await read(table, { pk: ORDERS, sk });
  if (!open.ok) return open;
  if (open.value === null) return err({ code: 'conflict' });
  return ok({ finished: false, open: readOpenOrder(open.value) });
}

/** Oldest first, strongly consistent. */
export async function openOrders(
  { client, name, report }: Table,
  before: Instant,
  limit: number,
): Promise<Result<readonly OpenOrder[], Unavailable>> {
  try {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :orders AND sk < :before',
        ExpressionAttributeValues: marshall({
          ':orders': ORDERS,
          ':before': new Date(before).toISOString(),
        }),
        ConsistentRead: true,
        Limit: limit,
      }),
    );
    return ok(Items.map(readOpenOrder));
  } catch (error) {
    report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

/** Another pass may have finished the order meanwhile: then there is nothing to keep. */
export async function keepOrder(table: Table, open: OpenOrder): Promise<Result<null, Unavailable>> {
  const kept = await putPatiently(table, {
    TableName: table.name,
    Item: openOrderItem(open),
    ConditionExpression: 'attribute_exists(pk)',
  });
  return kept.ok ? ok(null) : kept;
}

function readOpenOrder(item: Item): OpenOrder {
  const row = unmarshall(item) as PrincipalOrder &
    OrderResult &
    Omit<OpenOrder, 'order' | 'result'>;
  const { id, what, principal, reason, at } = row;
  const { suspension, ended, newest, after, missed, idempotency } = row;
  return {
    order: { id, what, principal, reason, at, ...initiatorIn(row) },
    result: { suspension, ended, newest },
    after,
    missed,
    idempotency,
  };
}

async function read(
  { client, name: TableName, report }: Table,
  key: Key,
): Promise<Result<Item | null, Unavailable>> {
  try {
    const command = new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true });
    const { Item } = await client.send(command);
    return ok(Item ?? null);
  } catch (error) {
    report('GetItem', error);
    return err(STORE_UNAVAILABLE);
  }
}
