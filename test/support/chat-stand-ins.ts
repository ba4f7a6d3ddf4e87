import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Slack's web API and a workflow of Teams on 127.0.0.1, as their documentation says that they behave: tokens, channels,
 * limits of blocks, rate limits, errors.
 */

export const TOKEN = 'xoxb-1-secret-bot-token';

export type SlackText = { readonly type: string; readonly text: string };
export type ShownBlock = {
  readonly type: string;
  readonly text?: SlackText;
  readonly fields?: readonly SlackText[];
  readonly elements?: readonly { readonly url?: string; readonly text?: SlackText | string }[];
};
export type ShownMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly thread: string | null;
  text: string;
  blocks: readonly ShownBlock[];
  edits: number;
};

/** An answer instead of the usual one. */
type Fault = {
  readonly status?: number;
  readonly error?: string;
  readonly retryAfter?: number;
  /** It does what it is asked, and answers with an error all the same. */
  readonly late?: boolean;
  /** It never answers. */
  readonly hangs?: boolean;
};

export type ChatStandIns = Awaited<ReturnType<typeof startChats>>;

export async function startChats() {
  const messages: ShownMessage[] = [];
  const cards: { readonly path: string; readonly card: Card }[] = [];
  const calls: string[] = [];
  const faults: Fault[] = [];
  const channels = new Set(['C0APPROVERS', 'C0SECURITY']);
  const people = new Map<string, Readonly<Record<string, unknown>>>();
  const state = { token: TOKEN };
  let seconds = 1_700_000_000;

  const slack = (method: string, body: Readonly<Record<string, unknown>>): object => {
    const channel = String(body['channel'] ?? '');
    const known = channels.has(channel) || [...people.values()].some(({ id }) => id === channel);
    const inDirect = channel.startsWith('U') ? `D${channel.slice(1)}` : channel;
    switch (method) {
      case 'users.lookupByEmail': {
        const user = people.get(String(body['email']));
        return user === undefined ? no('users_not_found') : { ok: true, user };
      }
      case 'chat.postMessage': {
        if (!known && !messages.some((one) => one.channel === channel)) {
          return no('channel_not_found');
        }
        const problem = problemOf(body);
        if (problem !== null) return no(problem);
        const thread = (body['thread_ts'] as string | undefined) ?? null;
        if (thread !== null && !messages.some(({ ts }) => ts === thread)) {
          return no('thread_not_found');
        }
        seconds += 1;
        const ts = `${seconds}.000100`;
        const blocks = (body['blocks'] ?? []) as readonly ShownBlock[];
        messages.push({
          channel: inDirect,
          ts,
          thread,
          text: String(body['text']),
          blocks,
          edits: 0,
        });
        return { ok: true, channel: inDirect, ts };
      }
      case 'chat.update': {
        const found = messages.find((one) => one.channel === channel && one.ts === body['ts']);
        if (found === undefined) return no('message_not_found');
        const problem = problemOf(body);
        if (problem !== null) return no(problem);
        found.text = String(body['text']);
        found.blocks = (body['blocks'] ?? []) as readonly ShownBlock[];
        found.edits += 1;
        return { ok: true, channel, ts: found.ts };
      }
      default:
        return no('unknown_method');
    }
  };

  const answer = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const path = new URL(request.url ?? '', 'http://x').pathname;
    calls.push(path);
    const fault = faults.shift();
    if (fault?.hangs === true) return;
    const after = fault?.retryAfter;
    const json = (status: number, body: object): void => {
      if (after !== undefined) response.setHeader('retry-after', after);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const work = (): object => {
      if (path.startsWith('/teams/')) {
        cards.push({ path, card: (JSON.parse(text) as TeamsBody).attachments[0].content });
        return {};
      }
      if (request.headers.authorization !== `Bearer ${state.token}`) return no('invalid_auth');
      return slack(path.split('/').at(-1) ?? '', bodyOf(request, text));
    };
    if (fault === undefined) {
      json(path.startsWith('/teams/') ? 202 : 200, work());
      return;
    }
    if (fault.late === true) work();
    json(fault.status ?? 200, fault.error === undefined ? {} : no(fault.error));
  };

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => {
      text += part.toString();
    });
    request.on('end', () => answer(request, response, text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, apiUrl: `${url}/api`, messages, cards, calls, faults, channels, people, state },
    /** Messages that are in no thread. */
    top: () => messages.filter(({ thread }) => thread === null),
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Card = {
  readonly body: readonly { readonly type: string; readonly inlines: readonly SlackText[] }[];
  readonly actions: readonly { readonly type: string; readonly url: string }[];
};
type TeamsBody = { readonly attachments: readonly [{ readonly content: Card }] };

function no(error: string): object {
  return { ok: false, error };
}

function bodyOf({ headers }: IncomingMessage, text: string): Readonly<Record<string, unknown>> {
  return headers['content-type'] === 'application/x-www-form-urlencoded'
    ? Object.fromEntries(new URLSearchParams(text))
    : (JSON.parse(text) as Record<string, unknown>);
}

/** @see https://docs.slack.dev/reference/block-kit/blocks */
function problemOf(body: Readonly<Record<string, unknown>>): string | null {
  const text = String(body['text'] ?? '');
  const blocks = (body['blocks'] ?? []) as readonly ShownBlock[];
  if (text === '' && blocks.length === 0) return 'no_text';
  if (text.length > 40_000) return 'msg_too_long';
  return blocks.length > 50 || blocks.some((block) => !isValid(block)) ? 'invalid_blocks' : null;
}

function isValid({ type, text, fields, elements = [] }: ShownBlock): boolean {
  const within = (one: SlackText | undefined, most: number) =>
    one === undefined || (one.text.length > 0 && one.text.length <= most);
  if (type === 'header') return text?.type === 'plain_text' && within(text, 150);
  if (type === 'section') {
    const all = fields ?? [];
    const has = text !== undefined || all.length > 0;
    return has && within(text, 3000) && all.length <= 10 && all.every((one) => within(one, 2000));
  }
  if (type === 'actions') return elements.length > 0 && elements.length <= 25;
  return type === 'context' && elements.length > 0 && elements.length <= 10;
}

/** Everything that people read of a message. */
export function readable({ text, blocks }: Pick<ShownMessage, 'text' | 'blocks'>): string {
  const parts = blocks.flatMap((block) => [
    ...(block.text === undefined ? [] : [block.text.text]),
    ...(block.fields ?? []).map((one) => one.text),
    ...(block.elements ?? []).map(({ text: inner }) =>
      typeof inner === 'string' ? inner : (inner?.text ?? ''),
    ),
  ]);
  return [text, ...parts].join('\n');
}
