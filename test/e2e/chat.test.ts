import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as responses from '../../core/api/responses.ts';
import { ACCOUNT } from '../../local/emulator.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import {
  type ChatStandIns,
  readable,
  type ShownMessage,
  startChats,
  TOKEN,
} from '../support/chat-stand-ins.ts';
import { type Grant, tokenFor, until } from './support.ts';

/** The broker with a chat, on a stack of its own: Slack and Teams are stand-ins on 127.0.0.1. */

const SIGNING_SECRET = 'the-signing-secret';
const folder = mkdtempSync(join(tmpdir(), 'valetkey-chat-'));
/** `start-stack.ts` has made it. */
const TEST_POLICY = join('.valetkey', 'test-policy');
let stack: LocalStack;
let chats: ChatStandIns;

beforeAll(async () => {
  chats = await startChats();
  chats.people.set('ana@acme.example', { id: 'U0ANA', deleted: false, is_bot: false });
  const configFile = join(folder, 'valetkey.yaml');
  const slack = {
    ...{ botToken: '/valetkey/slack/bot-token', apiUrl: chats.apiUrl, requesters: true },
    interactivity: {
      signingSecret: '/valetkey/slack/signing-secret',
      appId: 'A0APP0',
      teamId: 'T0TEAM',
    },
    routes: [
      {
        channel: 'C0APPROVERS',
        approvers: ['people:first-tier'],
        escalateTo: 'S0GROUP',
        deny: true,
      },
      { channel: 'C0SECURITY', entitlements: ['doomed'] },
    ],
  };
  const teams = { routes: [{ webhook: '/valetkey/teams/platform', entitlements: ['two-*'] }] };
  writeFileSync(configFile, JSON.stringify({ chat: { slack, teams } }));
  stack = await startStack({
    ...{ stateDir: join(folder, 'state'), policyDir: TEST_POLICY, configFile },
    log: () => undefined,
  });
  const ssm = new SSMClient({
    ...{ endpoint: stack.state.emulatorUrl, region: stack.state.region },
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
  });
  const secrets = {
    '/valetkey/slack/bot-token': TOKEN,
    '/valetkey/slack/signing-secret': SIGNING_SECRET,
    '/valetkey/teams/platform': `${chats.url}/teams/platform`,
  };
  for (const [Name, Value] of Object.entries(secrets)) {
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
  }
}, 240_000);
afterAll(async () => {
  await stack?.stop();
  await chats?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const person = (sub: string, ...groups: string[]) =>
  tokenFor('people', { sub, email: `${sub}@acme.example`, groups }, stack.state);

async function call(token: string, path: string, body: object = {}): Promise<Grant> {
  const answer = await fetch(`${stack.state.apiUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const json: unknown = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(json));
  return responses.grant.parse(json);
}

const messagesIn = (channel: string): readonly ShownMessage[] =>
  chats.top().filter((message) => message.channel === channel);

/** Waits until the only message of the channel says so. */
function untilSays(channel: string, text: string): Promise<ShownMessage> {
  return until(`${channel} says ${text}`, async () => {
    const [message] = messagesIn(channel);
    return message !== undefined && readable(message).includes(text) ? message : null;
  });
}

test('a request is one message, which is voted on, updated and ended', async () => {
  const ana = await person('ana', 'testers');
  const [bob, carla] = [await person('bob', 'first-tier'), await person('carla', 'first-tier')];
  const grant = await call(ana, '/v1/grants', {
    ...{ entitlement: 'two-approvals', durationSeconds: 900 },
    justification: 'repair <!channel> & co',
  });
  const message = await untilSays('C0APPROVERS', 'A request waits for your vote');
  expect(readable(message)).toContain('repair &lt;!channel&gt; &amp; co');
  expect(readable(message)).toContain('0 of 2');
  const page = `${stack.state.apiUrl}/#/grants/${grant.id}`;
  expect(JSON.stringify(message)).toContain(new URL(page).hash);

  await call(bob, `/v1/grants/${grant.id}/approve`, { comment: 'ok' });
  await untilSays('C0APPROVERS', '1 of 2, bob@acme.example approved');
  await call(carla, `/v1/grants/${grant.id}/approve`);
  await untilSays('C0APPROVERS', 'A request was approved');
  await call(await person('sam', 'security'), `/v1/grants/${grant.id}/revoke`, {
    reason: 'enough',
  });
  const ended = await untilSays('C0APPROVERS', 'Access was revoked');
  expect(readable(ended)).toContain('enough');

  // The requester has a message of their own, and lines about what became of it.
  const own = await untilSays('D0ANA', 'Your access was revoked');
  const lines = await until('what became of it', async () => {
    const inThread = chats.messages.filter(({ thread }) => thread === own.ts);
    return inThread.length >= 2 ? inThread.map(({ text }) => text) : null;
  });
  expect(lines[0]).toContain('Your request was approved');
  expect(lines[1]).toContain('Your access was revoked');

  // A card for each change of state, and none for the vote between.
  const cards = await until('the cards', async () =>
    chats.cards.length >= 3 ? chats.cards.map(({ card }) => JSON.stringify(card)) : null,
  );
  expect(cards[0]).toContain('A request waits for your vote');
  expect(cards.at(-1)).toMatch(/Access (was|is being) revoked/);
  expect(messagesIn('C0APPROVERS')).toHaveLength(1);
  expect(messagesIn('C0SECURITY')).toEqual([]);
}, 300_000);

test('Slack that limits and fails delays a message, and nothing else', async () => {
  const before = messagesIn('C0APPROVERS').length;
  chats.faults.push({ status: 429, retryAfter: 1 }, { error: 'ratelimited', retryAfter: 1 });
  const ana = await person('dora', 'testers');
  const body = { entitlement: 'quick-approval', durationSeconds: 900, justification: 'a test' };
  const grant = await call(ana, '/v1/grants', body);
  expect(grant.status).toBe('pending');
  await until('the message', async () =>
    messagesIn('C0APPROVERS').length === before + 1 ? true : null,
  );
}, 120_000);

/** What Slack sends when somebody presses the button of this message. */
async function press(message: ShownMessage, secret = SIGNING_SECRET): Promise<number> {
  const button = message.blocks
    .flatMap(({ elements = [] }) => elements)
    .find((one) => 'action_id' in one && one.action_id === 'deny');
  const payload = {
    ...{ type: 'block_actions', api_app_id: 'A0APP0', team: { id: 'T0TEAM' } },
    user: { id: 'U0BOB', team_id: 'T0TEAM', username: 'bob' },
    ...{ channel: { id: message.channel }, message: { ts: message.ts }, actions: [button] },
  };
  const body = String(new URLSearchParams({ payload: JSON.stringify(payload) }));
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const answer = await fetch(`${stack.state.apiUrl}/v1/chat/slack`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
    },
    body,
  });
  return answer.status;
}

test('somebody in the channel denies, and the trail says who it was', async () => {
  const ana = await person('eva', 'testers');
  const body = { entitlement: 'quick-approval', durationSeconds: 900, justification: 'a test' };
  const grant = await call(ana, '/v1/grants', body);
  const look = async (text: string) =>
    until(text, async () => {
      const found = chats.top().find((one) => JSON.stringify(one).includes(grant.id));
      return found !== undefined && readable(found).includes(text) ? found : null;
    });
  const message = await look('A request waits for your vote');
  expect(await press(message, 'a wrong secret')).toBe(401);
  expect(await press(message)).toBe(200);
  expect(readable(await look('A request was denied'))).toContain('denied in Slack by bob');
  const answer = await fetch(`${stack.state.apiUrl}/v1/grants/${grant.id}/events`, {
    headers: { authorization: `Bearer ${ana}` },
  });
  const { events } = responses.events.parse(await answer.json());
  expect(events.at(-1)).toMatchObject({
    ...{ type: 'denied', status: 'denied' },
    actor: { type: 'ChatUser', id: 'slack:T0TEAM:U0BOB', name: 'bob' },
  });
}, 120_000);
