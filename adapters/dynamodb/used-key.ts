import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Idempotency } from '../../core/call.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type { UsedKey } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { idempotencyKey } from './principal-keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** What the principal used the key for; null where it is new, or was forgotten after a day. */
export async function usedKey(
  table: Table,
  { principal, key }: Idempotency,
  now: Instant,
): Promise<Result<UsedKey | null, Unavailable>> {
  try {
    const { Item } = await table.client.send(
      new GetItemCommand({
        TableName: table.name,
        Key: marshall(idempotencyKey(principal, key)),
        ConsistentRead: true,
      }),
    );
    if (Item === undefined) return ok(null);
    const { fingerprint, grantId, decision = null, ttl } = unmarshall(Item);
    return ok(ttl < Math.floor(now / 1000) ? null : { fingerprint, grantId, decision });
  } catch (error) {
    table.report('GetItem', error);
    return err(STORE_UNAVAILABLE);
  }
}
