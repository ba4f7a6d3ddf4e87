import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { readGrant } from '../adapters/dynamodb/items.ts';
import { type Step, whereNext } from '../core/lifecycle/where.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';

/**
 * Starts the workflow of every grant that was written, and wakes it where a later version changed
 * what it waits for. May start and signal executions, and read what they parked; nothing else.
 */

const workflow = container.workflow();
const parkedToken = container.parkedTokens();

export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      await orchestrate(record);
    } catch (error) {
      const { name } = error instanceof Error ? error : { name: 'unknown' };
      logger.error('workflow not reached', { errorName: name });
      const itemIdentifier = record.dynamodb?.SequenceNumber ?? '';
      // The rest of the shard waits, so that the order within a grant is kept.
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  }
  return { batchItemFailures: [] };
}

async function orchestrate({ eventName, dynamodb }: DynamoDBRecord): Promise<void> {
  if (dynamodb?.NewImage === undefined) return;
  const grant = readGrant(dynamodb.NewImage as Record<string, AttributeValue>);
  logger.resetKeys();
  logger.appendKeys({ requestId: dynamodb.SequenceNumber, grantId: grant.id });
  const step = whereNext(grant, container.clock());
  if (eventName === 'INSERT') {
    if (step.phase === 'over') return;
    await workflow.start(step);
    logger.info('workflow started', { phase: step.phase, seconds: step.seconds });
    return;
  }
  await signal(step);
}

/** A wait that was chosen for this version, or waits for the same, goes on. */
async function signal(step: Step): Promise<void> {
  const parked = await parkedToken(step.grantId);
  if (parked === null || parked.version >= step.version) return;
  if (parked.waitsFor === step.phase && parked.until === step.until) return;
  await workflow.signal(parked.taskToken, step);
  logger.info('workflow signalled', { phase: step.phase, seconds: step.seconds });
}
