import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { PastQuery, PastUse } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Key } from './keys.ts';
import { begunKey, deniedKey } from './principal-keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** More denials than any policy counts to; the query is bounded by it. */
const MOST_DENIALS = 1000;

/** Strongly consistent, and each question reads a bounded number of rows, however long the past is. */
export async function readHistory(
  table: Table,
  principal: string,
  { entitlements, since, before }: PastQuery,
): Promise<Result<PastUse, Unavailable>> {
  try {
    const [denials, ...begun] = await Promise.all([
      countRows(table, deniedKey(principal, since), deniedKey(principal, before), MOST_DENIALS),
      ...entitlements.map((id) =>
        countRows(table, begunKey(principal, id, 0), begunKey(principal, id, before), 1),
      ),
    ]);
    return ok({ denials, entitlements: entitlements.filter((_, index) => begun[index] === 1) });
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}

/** The number of rows from one key up to, and without, those that begin with the other. */
async function countRows(table: Table, from: Key, before: Key, limit: number): Promise<number> {
  const { Count = 0 } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :before',
      ExpressionAttributeValues: marshall({
        ':pk': from.pk,
        ':from': from.sk,
        ':before': before.sk,
      }),
      Select: 'COUNT',
      Limit: limit,
      ConsistentRead: true,
    }),
  );
  return Count;
}
