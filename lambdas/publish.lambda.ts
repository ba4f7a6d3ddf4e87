import { isRestored, readAnyEvent } from '../adapters/dynamodb/items.ts';
import type { AuditEvent } from '../core/audit.ts';
import type { Grant } from '../core/grant.ts';
import { measuresOfEvent } from '../core/metrics.ts';
import { crowdOf, mailsInCrowd } from '../core/upkeep/crowded-mails.ts';
import { mailsOf } from '../core/upkeep/mails.ts';
import { principalMailsOf } from '../core/upkeep/principal-mails.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import * as telling from './container/telling.ts';
import { setLogKeys } from './logger.ts';
import { note } from './metrics.ts';
import { streamHandler } from './middleware/aws-handler.ts';

/**
 * Publishes what was written: every event to the bus, some as mails to people. It reads the table's
 * stream, so nothing is published before its write, and everything at least once. What a recovery brought back from the
 * ledger was published when it happened. May read grants, count
 * mails, put events and publish mails.
 */

const bus = telling.eventBus();
const send = telling.mailer();
const store = stores.store();
const count = stores.crowdCounter();
const apiUrl = environment.apiUrl();

export const handler = streamHandler('event not published', async (image) => {
  const event = isRestored(image) ? null : readAnyEvent(image);
  if (event === null) return;
  const { requestId, type } = event;
  if ('principalId' in event) {
    setLogKeys({ requestId, principal: event.principalId, type });
    await bus(event);
    for (const mail of principalMailsOf(event)) await send(mail);
    return;
  }
  setLogKeys({ requestId, grantId: event.grantId, type });
  await bus(event);
  const grant = await store.find(event.grantId);
  if (!grant.ok) throw new Error('the store did not answer');
  if (grant.value !== null) await tell(event, grant.value);
  // Last: what fails before comes again.
  note(...measuresOfEvent(event));
});

async function tell(event: AuditEvent, grant: Grant): Promise<void> {
  const mails = mailsOf(event, grant, apiUrl);
  const crowd = crowdOf(event, grant);
  const sent = crowd === null ? mails : mailsInCrowd(mails, grant, await count(crowd));
  for (const mail of sent) await send(mail);
}
