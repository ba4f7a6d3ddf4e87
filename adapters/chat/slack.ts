import type { KnownBlock } from '@slack/types';
import type { ChatFailure, MessageRef, Messenger } from '../../core/chat/chat-ports.ts';
import { isBadToken, isMember, readSlackAnswer } from '../../core/chat/slack-answer.ts';
import { type SlackMessage, slackMessage, slackReply } from '../../core/chat/slack-message.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { JSON_TYPE, postText } from './post-text.ts';
import type { Secrets } from './secrets.ts';

export type Slack = {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** The parameter with the bot token. */
  readonly botToken: string;
  /** Whether Slack can tell us what is pressed. */
  readonly interactive: boolean;
  readonly secrets: Secrets;
};

type Body = Readonly<Record<string, unknown>>;
type Form = Readonly<Record<string, string>>;

/** One channel. */
export function slackChannel(slack: Slack, channel: string): Messenger {
  return messenger(slack, async () => ok(channel));
}

/** One person, by the e-mail address that Slack has of them: a message to them gives them no right. */
export function slackPerson(slack: Slack, email: string): Messenger {
  return messenger(slack, async () => {
    const found = await call(slack, 'users.lookupByEmail', { email });
    if (!found.ok) return found;
    const user = found.value['user'];
    return isMember(user) ? ok(user.id) : err({ code: 'nobody' });
  });
}

function messenger(slack: Slack, channelOf: () => Promise<Result<string, ChatFailure>>): Messenger {
  return {
    post: async (announcement) => {
      const channel = await channelOf();
      if (!channel.ok) return channel;
      const body = {
        channel: channel.value,
        ...quiet(slackMessage(announcement, slack.interactive)),
      };
      return refOf(await call(slack, 'chat.postMessage', body));
    },
    update: async (message, announcement) =>
      refOf(
        await call(slack, 'chat.update', {
          ...(message ?? {}),
          ...slackMessage(announcement, slack.interactive),
        }),
      ),
    followUp: async (message, followUp) => {
      // Seen in the channel as well: nobody follows a thread that they did not write in.
      const thread = { channel: message?.channel, thread_ts: message?.ts, reply_broadcast: true };
      const body = { ...thread, ...quiet(slackReply(followUp)) };
      const done = await call(slack, 'chat.postMessage', body);
      return done.ok ? ok(null) : done;
    },
  };
}

/** Links get no preview. */
function quiet(message: SlackMessage) {
  const known: KnownBlock[] = message.blocks;
  const blocks = known.length === 0 ? {} : { blocks: known };
  return { text: message.text, ...blocks, unfurl_links: false, unfurl_media: false };
}

/** The channel of an answer, which for a person is another one than that of the call. */
function refOf(answer: Result<Body, ChatFailure>): Result<MessageRef, ChatFailure> {
  if (!answer.ok) return answer;
  const { channel, ts } = answer.value;
  if (typeof channel !== 'string' || typeof ts !== 'string') {
    return err({ code: 'unavailable', reason: 'no message in the answer' });
  }
  return ok({ channel, ts });
}

/** @see https://docs.slack.dev/apis/web-api */
async function call(
  { apiUrl, botToken, secrets }: Slack,
  method: string,
  body: Body,
): Promise<Result<Body, ChatFailure>> {
  const token = await secrets.read(botToken);
  if (!token.ok) return token;
  // The only method here that does not take JSON.
  const isForm = method === 'users.lookupByEmail';
  const text = isForm ? String(new URLSearchParams(body as Form)) : JSON.stringify(body);
  const answer = await postText(`${apiUrl}/${method}`, text, {
    authorization: `Bearer ${token.value}`,
    'content-type': isForm ? 'application/x-www-form-urlencoded' : JSON_TYPE,
  });
  if (answer === null) return err({ code: 'unavailable', reason: 'no answer' });
  const read = readSlackAnswer(answer);
  if (!read.ok && isBadToken(read.error)) secrets.forget(botToken);
  return read;
}
