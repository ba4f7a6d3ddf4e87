import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import { type Asked, DENIALS_SECONDS, MOST_OPEN_REQUESTS } from '../../core/limits.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Key } from './keys.ts';
import { refusedKey, waitingKey } from './principal-keys.ts';
import { STORE_UNAVAILABLE, type Table } from './table.ts';

/** The wait no longer grows after fewer. */
const MOST_DENIALS = 100;

/** What waits for votes, and what people denied. It reads a bounded number of rows, however long the past is. */
export async function readAsked(
  table: Table,
  principal: string,
  entitlement: string,
  now: Instant,
): Promise<Result<Asked, Unavailable>> {
  const waiting = waitingKey(principal);
  const deniedAt = (at: Instant) => refusedKey(principal, entitlement, at);
  try {
    const [waits, denied] = await Promise.all([
      rows(table, waiting, { ...waiting, sk: `${waiting.sk}~` }, MOST_OPEN_REQUESTS),
      // Clocks differ, so a denial may be a little ahead.
      rows(
        table,
        deniedAt(addSeconds(now, -DENIALS_SECONDS)),
        deniedAt(addSeconds(now, DENIALS_SECONDS)),
        MOST_DENIALS,
      ),
    ]);
    return ok({
      waiting: waits as unknown as Asked['waiting'],
      denials: denied.map(({ sk }) => Date.parse(String(sk).split('#')[2] ?? '')),
    });
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

/** The last rows between two keys, the last one first. They are so small that one page has them all. */
async function rows(
  { client, name: TableName }: Table,
  from: Key,
  to: Key,
  limit: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: marshall({ ':pk': from.pk, ':from': from.sk, ':to': to.sk }),
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return Items.map((item) => unmarshall(item));
}
