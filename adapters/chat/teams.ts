import type { ChatFailure, Messenger } from '../../core/chat/chat-ports.ts';
import { readTeamsAnswer } from '../../core/chat/teams-answer.ts';
import { type TeamsMessage, teamsFollowUp, teamsMessage } from '../../core/chat/teams-card.ts';
import { err, type Result } from '../../core/result.ts';
import { JSON_TYPE, postText } from './post-text.ts';
import type { Secrets } from './secrets.ts';

/**
 * One channel, by a workflow that "When a Teams webhook request is received" starts. It says nothing of what it posted, so
 * an update is another card.
 *
 * @param webhook The parameter with its URL, which is the secret.
 */
export function teamsChannel(secrets: Secrets, webhook: string): Messenger {
  const post = (message: TeamsMessage): Promise<Result<null, ChatFailure>> =>
    send(secrets, webhook, message);
  return {
    post: (announcement) => post(teamsMessage(announcement)),
    update: (_, announcement) => post(teamsMessage(announcement)),
    followUp: (_, followUp) => post(teamsFollowUp(followUp)),
  };
}

async function send(
  secrets: Secrets,
  webhook: string,
  message: TeamsMessage,
): Promise<Result<null, ChatFailure>> {
  const url = await secrets.read(webhook);
  if (!url.ok) return url;
  if (!/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/.test(url.value)) {
    return err({ code: 'refused', reason: 'no https URL' });
  }
  const answer = await postText(url.value, JSON.stringify(message), {
    'content-type': JSON_TYPE,
  });
  if (answer === null) return err({ code: 'unavailable', reason: 'no answer' });
  const read = readTeamsAnswer(answer.status, answer.retryAfter);
  if (!read.ok && read.error.code === 'refused') secrets.forget(webhook);
  return read;
}
