import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ParkedToken } from '../../core/upkeep/orchestrate.ts';
import { workflowKey } from './keys.ts';

/** @throws what DynamoDB answers; the stream delivers the record again. */
export async function readParkedToken(
  client: DynamoDBClient,
  table: string,
  grantId: string,
): Promise<ParkedToken | null> {
  const Key = marshall(workflowKey(grantId));
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
  );
  return Item === undefined ? null : (unmarshall(Item) as ParkedToken);
}
