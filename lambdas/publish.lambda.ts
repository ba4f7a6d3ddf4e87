import { readEvent } from '../adapters/dynamodb/items.ts';
import { announcementsOf } from '../core/upkeep/mails.ts';
import * as container from './container.ts';
import { setLogKeys } from './logger.ts';
import { streamHandler } from './middleware/aws-handler.ts';

/**
 * Tells others what was written: every event to the bus, some to people. From the table's stream, so
 * never before the write, and at least once. May read grants, put events and publish mails.
 */

const bus = container.eventBus();
const mail = container.mailer();
const store = container.store();

export const handler = streamHandler('event not published', async (image) => {
  const event = readEvent(image);
  setLogKeys({ requestId: event.requestId, grantId: event.grantId, type: event.type });
  await bus(event);
  const grant = await store.find(event.grantId);
  if (!grant.ok) throw new Error('the store did not answer');
  if (grant.value === null) return;
  for (const announcement of announcementsOf(event, grant.value)) await mail(announcement);
});
