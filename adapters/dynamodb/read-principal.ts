import { paginateQuery, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Item } from './items.ts';
import { BY_REQUESTER } from './keys.ts';
import { openGrantKey, reviewKey } from './principal-keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** A principal's lists, strongly consistent: they include what was written a moment ago. */

/** Ids in order, after the one given. */
export async function openGrants(
  table: Table,
  principal: string,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<Result<readonly string[], Unavailable>> {
  const { pk, sk } = openGrantKey(principal, '');
  const from = openGrantKey(principal, after ?? '').sk;
  const rows = await readPage(table, {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: marshall({ ':pk': pk, ':from': from, ':to': `${sk}~` }),
    ConsistentRead: true,
    // The range includes the id to begin after.
    Limit: limit + 1,
  });
  if (!rows.ok) return rows;
  const ids = rows.value.map((row) => row['sk']?.S?.slice(sk.length) ?? '');
  return ok(ids.filter((id) => id !== after).slice(0, limit));
}

/** A request that was written a moment ago has an open grant; older ones are in the index. */
export async function hasAsked(
  table: Table,
  principal: string,
): Promise<Result<boolean, Unavailable>> {
  const open = await openGrants(table, principal, { limit: 1, after: null });
  if (!open.ok || open.value.length > 0) return open.ok ? ok(true) : open;
  const any = await readPage(table, {
    IndexName: BY_REQUESTER,
    KeyConditionExpression: 'requesterId = :principal',
    ExpressionAttributeValues: marshall({ ':principal': principal }),
    ProjectionExpression: 'id',
    Limit: 1,
  });
  return any.ok ? ok(any.value.length > 0) : any;
}

export async function overdueReview(
  table: Table,
  principal: string,
  now: Instant,
): Promise<Result<string | null, Unavailable>> {
  const { pk, sk } = reviewKey(principal, '');
  const rows = await readRows(table, pk, sk);
  if (!rows.ok) return rows;
  const dueAt = (row: Item): number => Number(row['dueAt']?.N);
  const [first] = rows.value
    .filter((row) => dueAt(row) <= now)
    .toSorted((a, b) => dueAt(a) - dueAt(b));
  return ok(first?.['sk']?.S?.slice(sk.length) ?? null);
}

async function readPage(
  table: Table,
  query: Omit<QueryCommandInput, 'TableName'>,
): Promise<Result<readonly Item[], Unavailable>> {
  try {
    const command = new QueryCommand({ TableName: table.name, ...query });
    const { Items = [] } = await table.client.send(command);
    return ok(Items);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

async function readRows(
  table: Table,
  pk: string,
  prefix: string,
): Promise<Result<readonly Item[], Unavailable>> {
  const query = {
    TableName: table.name,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: marshall({ ':pk': pk, ':prefix': prefix }),
    ConsistentRead: true,
  };
  const rows: Item[] = [];
  try {
    for await (const page of paginateQuery({ client: table.client }, query)) {
      rows.push(...(page.Items ?? []));
    }
    return ok(rows);
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}
