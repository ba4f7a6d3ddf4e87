import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { readEvent } from '../adapters/dynamodb/items.ts';
import type { AuditEvent } from '../core/audit.ts';
import { mailsOf } from '../core/upkeep/mails.ts';
import * as container from './container.ts';
import { logger } from './logger.ts';

/**
 * Publishes what was written: every event to the bus, some as mails to people. It reads the table's
 * stream, so nothing is published before its write, and everything at least once. May read grants, put
 * events and publish mails.
 */

const bus = container.eventBus();
const send = container.mailer();
const store = container.store();

export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const { dynamodb } of event.Records) {
    if (dynamodb?.NewImage === undefined) continue;
    const written = readEvent(dynamodb.NewImage as Record<string, AttributeValue>);
    logger.resetKeys();
    logger.appendKeys({ requestId: written.requestId, grantId: written.grantId });
    try {
      await publish(written);
    } catch (error) {
      const { name } = error instanceof Error ? error : { name: 'unknown' };
      logger.error('event not published', { type: written.type, errorName: name });
      return { batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber ?? '' }] };
    }
  }
  return { batchItemFailures: [] };
}

async function publish(event: AuditEvent): Promise<void> {
  await bus(event);
  const grant = await store.find(event.grantId);
  if (!grant.ok) throw new Error('the store did not answer');
  if (grant.value === null) return;
  for (const mail of mailsOf(event, grant.value)) await send(mail);
}
