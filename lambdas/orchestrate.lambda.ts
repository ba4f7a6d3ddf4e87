import { readGrant } from '../adapters/dynamodb/items.ts';
import { orchestrate } from '../core/upkeep/orchestrate.ts';
import * as environment from './container/environment.ts';
import * as killing from './container/killing.ts';
import * as stores from './container/stores.ts';
import { logger, setLogKeys } from './logger.ts';
import { streamHandler } from './middleware/aws-handler.ts';

/**
 * Starts a workflow execution for every new grant, and wakes it where a later version changes what it
 * waits for. May start and signal executions and read their parked tokens; nothing else.
 */

const ports = {
  workflow: killing.workflow(),
  parkedToken: stores.parkedTokens(),
  clock: environment.clock,
};

export const handler = streamHandler('workflow not reached', async (image, record) => {
  const grant = readGrant(image);
  setLogKeys({ requestId: record.dynamodb?.SequenceNumber ?? '', grantId: grant.id });
  const outcome = await orchestrate(ports, { grant, isNew: record.eventName === 'INSERT' });
  logger.info('workflow in step', { outcome });
});
