import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Unavailable } from '../../core/failure.ts';
import type { Instant } from '../../core/instant.ts';
import type { PastUse } from '../../core/ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { BY_REQUESTER } from './keys.ts';
import type { Table } from './table.ts';
import { STORE_UNAVAILABLE } from './table.ts';

/** One page of the index, newest first: DynamoDB reads 1 MB, some 700 grants, in one call. */
export async function readHistory(
  table: Table,
  principal: string,
  since: Instant,
): Promise<Result<PastUse, Unavailable>> {
  try {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: BY_REQUESTER,
        KeyConditionExpression: 'requesterId = :principal',
        ProjectionExpression: 'entitlement, createdAt, #status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':principal': principal }),
        ScanIndexForward: false,
      }),
    );
    const grants = Items.map((item) => unmarshall(item));
    const denied = grants.filter((grant) => grant['status'] === 'denied');
    const granted = grants.filter((grant) => grant['status'] !== 'denied');
    return ok({
      denials: denied.filter((grant) => grant['createdAt'] >= since).length,
      entitlements: [...new Set(granted.map((grant) => String(grant['entitlement'])))],
    });
  } catch (error) {
    table.report('Query', error);
    return err(STORE_UNAVAILABLE);
  }
}
