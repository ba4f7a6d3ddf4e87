import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readGrant } from '../adapters/dynamodb/items.ts';
import { secondsBetween } from '../core/instant.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';

/** Starts the workflow of every grant that was written. May start executions, and nothing else. */

const start = container.workflowStarter();

export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { dynamodb } of event.Records) {
    if (dynamodb?.NewImage === undefined) continue;
    const grant = readGrant(dynamodb.NewImage as Record<string, AttributeValue>);
    logger.resetKeys();
    logger.appendKeys({ requestId: dynamodb.SequenceNumber, grantId: grant.id });
    if (grant.expiresAt === null) continue;
    // One second later than the last in which the keys work; a time-out must be positive.
    const secondsToEnd = Math.max(1, secondsBetween(container.clock(), grant.expiresAt) + 1);
    try {
      await start({ grantId: grant.id, secondsToEnd });
      logger.info('workflow started', { secondsToEnd });
    } catch (error) {
      const { name } = error instanceof Error ? error : { name: 'unknown' };
      logger.error('workflow not started', { errorName: name });
      batchItemFailures.push({ itemIdentifier: dynamodb.SequenceNumber ?? '' });
      break;
    }
  }
  return { batchItemFailures };
}
