import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { readGrant } from '../adapters/dynamodb/items.ts';
import { orchestrate } from '../core/upkeep/orchestrate.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';

/**
 * Starts a workflow execution for every new grant, and wakes it where a later version changes what it
 * waits for. May start and signal executions and read their parked tokens; nothing else.
 */

const ports = {
  workflow: container.workflow(),
  parkedToken: container.parkedTokens(),
  clock: container.clock,
};

export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      await handleRecord(record);
    } catch (error) {
      const { name } = error instanceof Error ? error : { name: 'unknown' };
      logger.error('workflow not reached', { errorName: name });
      const itemIdentifier = record.dynamodb?.SequenceNumber ?? '';
      // The rest of the shard waits, which keeps the order within a grant.
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  }
  return { batchItemFailures: [] };
}

async function handleRecord({ eventName, dynamodb }: DynamoDBRecord): Promise<void> {
  if (dynamodb?.NewImage === undefined) return;
  const grant = readGrant(dynamodb.NewImage as Record<string, AttributeValue>);
  logger.resetKeys();
  logger.appendKeys({ requestId: dynamodb.SequenceNumber, grantId: grant.id });
  const outcome = await orchestrate(ports, { grant, isNew: eventName === 'INSERT' });
  logger.info('workflow in step', { outcome });
}
