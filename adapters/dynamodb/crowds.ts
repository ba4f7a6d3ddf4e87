import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Crowd } from '../../core/upkeep/crowded-mails.ts';
import { crowdKey } from './principal-keys.ts';
import type { Table } from './table.ts';

/** Clocks differ, and DynamoDB deletes late. */
const KEEP_HOURS = 3;

/**
 * Counts one more event of the crowd. An event that is delivered twice counts twice, which only ends its mails sooner.
 *
 * @returns how many there are now; zero where the table did not count, so that a mail too many is sent and none too few.
 */
export async function countCrowd(
  { client, name: TableName, report }: Table,
  crowd: Crowd,
): Promise<number> {
  try {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: marshall(crowdKey(crowd)),
        UpdateExpression: 'SET #ttl = :ttl ADD events :one',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: marshall({
          ':one': 1,
          ':ttl': (crowd.hour + KEEP_HOURS) * 3600,
        }),
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return Number(Attributes?.['events']?.N ?? 0);
  } catch (error) {
    report('UpdateItem', error);
    return 0;
  }
}
