import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import { type Asked, DENIALS_SECONDS } from '../../core/limits.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { deniedKey, type Key, waitingKey } from './keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/**
 * What waits for votes, and what people denied. The limits bound how many rows of the former there can be. Rows of denials
 * by policy do not say for what: they count for nothing here.
 */
export async function readAsked(
  table: Table,
  principal: string,
  now: Instant,
): Promise<Result<Asked, Unavailable>> {
  const waiting = waitingKey(principal);
  try {
    const [waits, denied] = await Promise.all([
      rowsBetween(table, waiting, { ...waiting, sk: `${waiting.sk}~` }),
      rowsBetween(
        table,
        deniedKey(principal, addSeconds(now, -DENIALS_SECONDS)),
        deniedKey(principal, addSeconds(now, DENIALS_SECONDS)),
      ),
    ]);
    return ok({
      waiting: waits as unknown as Asked['waiting'],
      denials: denied.flatMap(({ for: entitlement, sk }) =>
        entitlement === undefined
          ? []
          : [{ entitlement: String(entitlement), at: Date.parse(String(sk).split('#')[1] ?? '') }],
      ),
    });
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

async function rowsBetween(
  { client, name: TableName }: Table,
  from: Key,
  to: Key,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: marshall({ ':pk': from.pk, ':from': from.sk, ':to': to.sk }),
    ConsistentRead: true,
  };
  const rows: Readonly<Record<string, unknown>>[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, query)) {
    rows.push(...Items.map((item) => unmarshall(item)));
  }
  return rows;
}
