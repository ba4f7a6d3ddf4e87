import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Item } from './items.ts';
import { openGrantKey, reviewKey } from './keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** A principal's lists, strongly consistent: they include what was written a moment ago. */

export async function openGrants(
  table: Table,
  principal: string,
): Promise<Result<readonly string[], Unavailable>> {
  const { pk, sk } = openGrantKey(principal, '');
  const rows = await readRows(table, pk, sk);
  return rows.ok ? ok(rows.value.map((row) => row['sk']?.S?.slice(sk.length) ?? '')) : rows;
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
