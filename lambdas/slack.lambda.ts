import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { denyInChat } from '../core/chat/deny-in-chat.ts';
import { readAction } from '../core/chat/read-action.ts';
import { isSigned } from '../core/chat/slack-signature.ts';
import * as environment from './container/environment.ts';
import * as stores from './container/stores.ts';
import * as telling from './container/telling.ts';
import { logger, setLogKeys } from './logger.ts';
import { awsHandler } from './middleware/aws-handler.ts';

/**
 * Takes what Slack says was pressed: `POST /v1/chat/slack`. Nobody signs in here; Slack signs, and whoever presses may
 * deny what waits and nothing else. May change grants in the table, and read the signing secret, which no other may.
 * Slack waits for three seconds.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction
 */

const config = telling.chatConfig();
const { interactivity } = config.slack ?? {};
if (interactivity === undefined) throw new Error('chat.json has no slack.interactivity');
const { signingSecret, ...workspace } = interactivity;
const secrets = telling.chatSecrets();
const isFirst = telling.chatPresses();
const ports = {
  store: stores.store(),
  quarantine: stores.quarantine,
  chats: telling.chats(),
  clock: environment.clock,
  random: environment.random,
};

type Answer = APIGatewayProxyStructuredResultV2;

export const handler = awsHandler<APIGatewayProxyEventV2, Answer>(async (event) => {
  const { requestId } = event.requestContext;
  setLogKeys({ requestId });
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const signature = event.headers['x-slack-signature'];
  const timestamp = event.headers['x-slack-request-timestamp'];
  const secret = await currentSecret();
  if (!secret.ok) return answer(503);
  if (!isSigned({ signature, timestamp, body }, secret.value, environment.clock())) {
    return refuse('the signature is not valid');
  }
  const action = readAction(body.toString('utf8'), workspace);
  if (!action.ok) return refuse(action.error);
  // A button that opens the page has done so already.
  if (action.value === null) return answer(200);
  const first = await isFirst(signature ?? '');
  if (!first.ok) return answer(503);
  if (!first.value) return refuse('a repeat');
  const done = await denyInChat(ports, action.value, config, requestId);
  if (!done.ok) {
    logger.info('deny pressed in chat, and not done', { reason: done.error.code });
    return answer(503);
  }
  const { grantId, user } = action.value;
  logger.info('deny pressed in chat', { grantId, user: user.id, outcome: done.value });
  return answer(200);
});

/** Read again now and then: calls with a bad signature must not cause reads, and a new secret has to be seen. */
const FRESH_MS = 300_000;
let readAt = 0;

function currentSecret() {
  const now = environment.clock();
  if (now - readAt >= FRESH_MS) {
    secrets.forget(signingSecret);
    readAt = now;
  }
  return secrets.read(signingSecret);
}

/** Nothing is told to who asks. */
function refuse(why: string): Answer {
  logger.warn('chat call refused', { why });
  return answer(401);
}

function answer(statusCode: number): Answer {
  return { statusCode };
}
