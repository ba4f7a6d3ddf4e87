import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type PlaceFailure, tellChat } from '../core/chat/tell-chat.ts';
import type { Instant } from '../core/instant.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import * as telling from './container/telling.ts';
import { logger } from './logger.ts';
import { note } from './metrics.ts';
import { awsHandler } from './middleware/aws-handler.ts';
import { noticeIn } from './middleware/notice.ts';

/**
 * Tells people in Slack and Teams of grants. A queue brings notices of events; what is told is read from the table. May
 * read grants and their trail, write what its messages are, and read the secrets of the chat, which no other may. No
 * grant waits for it.
 */

const config = telling.chatConfig();
const KINDS: Readonly<Record<string, string>> = {
  post: 'posted',
  update: 'updated',
  'follow-up': 'followed-up',
};
const ports = {
  chats: telling.chats(),
  store: stores.store(),
  trail: stores.trail(),
  messenger: telling.messengers(config),
  config,
  bundle: deciding.bundle(),
  apiUrl: environment.apiUrl(),
  clock: environment.clock,
  pause: environment.pause,
  report: (done: string) => note({ metric: 'ChatMessages', value: 1, of: KINDS[done] ?? done }),
};

/** So long before the time-out of the Lambda, nothing further is begun: two calls take three seconds each at most. */
const REST_MS = 10_000;

export const handler = awsHandler<SQSEvent, SQSBatchResponse>(
  async ({ Records }, { getRemainingTimeInMillis }) => {
    const until = environment.clock() + getRemainingTimeInMillis() - REST_MS;
    /** Several notices of one grant are one look at it. */
    const looks = new Map<string, Promise<boolean>>();
    const again: string[] = [];
    for (const { messageId, body } of Records) {
      const notice = noticeIn(body);
      // Nobody is told of what is no grant.
      if (notice === null || !('grantId' in notice)) continue;
      const { grantId } = notice;
      const look = looks.get(grantId) ?? tell(grantId, until);
      looks.set(grantId, look);
      if (!(await look)) again.push(messageId);
    }
    return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
  },
);

/** @returns false where the queue has to deliver the notice again. */
async function tell(grantId: string, until: Instant): Promise<boolean> {
  if (environment.clock() >= until) return false;
  const told = await tellChat(ports, grantId, until);
  if (!told.ok) return false;
  for (const failure of told.value) reportFailure(grantId, failure);
  return told.value.every(({ failure }) => failure.code === 'refused');
}

function reportFailure(grantId: string, { place, failure }: PlaceFailure): void {
  const why = failure.code;
  const reason = 'reason' in failure ? failure.reason : why;
  note({ metric: 'ChatFailures', value: 1, of: why });
  // The alarm ChatRefused counts the first line; of the others the queue tells.
  if (why === 'refused') logger.error('chat message refused', { grantId, place, reason });
  else logger.warn('chat message not sent', { grantId, place, reason });
}
