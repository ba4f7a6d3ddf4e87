import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from './items.ts';
import type { Key } from './keys.ts';
import type { Table } from './table.ts';

/**
 * The last items from one key up to the other of the same partition, the last one first, strongly consistent. What begins
 * with `to` and goes on comes after it. They are so small that one page has them all.
 */
export async function latestItems(
  { client, name: TableName }: Table,
  from: Key,
  to: Key,
  limit: number,
): Promise<readonly Item[]> {
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
  return Items;
}
