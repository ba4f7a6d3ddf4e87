import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { grantItem } from '../../adapters/dynamodb/items.ts';
import { chatKey } from '../../adapters/dynamodb/keys.ts';
import { denyValue } from '../../core/chat/read-action.ts';
import { chatSchema } from '../../core/config/chat-schema.ts';
import type { Grant } from '../../core/grant.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { awsError, mockAws } from '../support/mock-aws.ts';
import { activeGrant, NO_APPROVALS } from '../support/sample-grants.ts';

/** `POST /v1/chat/slack`, as the gateway calls it. */

const SECRET = 'the-signing-secret';
const CHANNEL = 'C0APPROVERS';
const log = captureLog();
const aws = mockAws();
const ssm = mockClient(SSMClient);
let table: FakeTable;
let removeFolder: () => void;

beforeAll(() => {
  removeFolder = lambdaEnvironment();
  const interactivity = { signingSecret: '/secret', appId: 'A0APP0', teamId: 'T0TEAM' };
  const slack = { botToken: '/t', interactivity, routes: [{ channel: CHANNEL, deny: true }] };
  const config = JSON.stringify(chatSchema.parse({ slack }));
  writeFileSync(join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'chat.json'), config);
});
afterAll(() => {
  removeFolder();
  log.restore();
});
beforeEach(() => {
  log.clear();
  aws.acceptAll();
  table = fakeTable(aws);
  ssm.reset();
  ssm.on(GetParameterCommand, { Name: '/secret' }).resolves({ Parameter: { Value: SECRET } });
});

function waiting(): Grant {
  const approvals = { ...NO_APPROVALS, required: 1, refusals: 1, lapseAt: Date.now() + 60_000 };
  const grant = activeGrant({ status: 'pending', startsAt: null, expiresAt: null, approvals });
  const posted = {
    ...{ about: grant.id, place: `slack#${CHANNEL}`, revision: 2, busyUntil: null },
    ...{ message: { channel: CHANNEL, ts: '17.1' }, shows: 'x', followedUp: [], silent: false },
  };
  for (const item of [
    grantItem(grant),
    marshall({ ...chatKey(grant.id, posted.place), ...posted }),
  ]) {
    table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  }
  return grant;
}

const statusOf = (grant: Grant) => table.items.get(`GRANT#${grant.id} GRANT`)?.['status']?.S;

const pressOf = (grant: Grant, changes: object = {}) =>
  String(
    new URLSearchParams({
      payload: JSON.stringify({
        type: 'block_actions',
        ...{ api_app_id: 'A0APP0', team: { id: 'T0TEAM' }, channel: { id: CHANNEL } },
        user: { id: 'U0BOB', team_id: 'T0TEAM', username: 'bob' },
        message: { ts: '17.1' },
        actions: [{ action_id: 'deny', value: denyValue({ grantId: grant.id, version: 1 }) }],
        ...changes,
      }),
    }),
  );

type Sent = { readonly now?: number; readonly secret?: string; readonly base64?: boolean };

function signedCall(body: string, { now = Date.now(), secret = SECRET, base64 = true }: Sent = {}) {
  const timestamp = String(Math.floor(now / 1000));
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    headers: { 'x-slack-signature': `v0=${mac}`, 'x-slack-request-timestamp': timestamp },
    requestContext: { requestId: 'r-1' },
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  };
}

type Handler = (event: object, context: object) => Promise<unknown>;

async function invoke(event: object): Promise<unknown> {
  const { handler } = (await import('../../lambdas/slack.lambda.ts')) as { handler: Handler };
  return handler(event, CONTEXT);
}

test.each([true, false])('a signed press denies, with a body in base64: %p', async (base64) => {
  const grant = waiting();
  expect(await invoke(signedCall(pressOf(grant), { base64 }))).toEqual({ statusCode: 200 });
  expect(statusOf(grant)).toBe('denied');
  const [, event] =
    [...table.items].find(([key]) => key.startsWith(`GRANT#${grant.id} EVENT#`)) ?? [];
  expect(JSON.stringify(event)).toContain('slack:T0TEAM:U0BOB');
  expect(log.text()).not.toContain(SECRET);
});

test('the same call again is refused, whatever it asks for by then', async () => {
  const grant = waiting();
  const call = signedCall(pressOf(grant));
  await invoke(call);
  table.items.set(`GRANT#${grant.id} GRANT`, grantItem(grant));
  expect(await invoke(call)).toEqual({ statusCode: 401 });
  expect(statusOf(grant)).toBe('pending');
});

test.each([
  ['another secret', { secret: 'other' }, {}],
  ['a time that is over', { now: Date.now() - 400_000 }, {}],
  ['a time ahead', { now: Date.now() + 400_000 }, {}],
  ['another app', {}, { api_app_id: 'A0OTHER' }],
  ['another workspace', {}, { team: { id: 'T0OTHER' } }],
  ['somebody of another workspace', {}, { user: { id: 'U0EVE', team_id: 'T0OTHER' } }],
])('%s is refused', async (_, sent, changes) => {
  const grant = waiting();
  const done = await invoke(signedCall(pressOf(grant, changes), sent));
  expect(done).toEqual({ statusCode: 401 });
  expect(statusOf(grant)).toBe('pending');
  expect(log.lines()).toContainEqual(expect.objectContaining({ message: 'chat call refused' }));
});

test('a call without a signature is refused before anything of it is read', async () => {
  const call = signedCall(pressOf(waiting()));
  expect(await invoke({ ...call, headers: {} })).toEqual({ statusCode: 401 });
  const { body: _, ...empty } = call;
  expect(await invoke(empty)).toEqual({ statusCode: 401 });
});

test('a button that opens the page is acknowledged', async () => {
  const grant = waiting();
  const opened = pressOf(grant, { actions: [{ action_id: 'open' }] });
  expect(await invoke(signedCall(opened))).toEqual({ statusCode: 200 });
  expect(statusOf(grant)).toBe('pending');
});

test('a press that comes too late is acknowledged, and changes nothing', async () => {
  const grant = waiting();
  const value = denyValue({ grantId: grant.id, version: 9 });
  const late = pressOf(grant, { actions: [{ action_id: 'deny', value }] });
  expect(await invoke(signedCall(late))).toEqual({ statusCode: 200 });
  expect(statusOf(grant)).toBe('pending');
  expect(log.lines()).toContainEqual(expect.objectContaining({ outcome: 'stale' }));
});

test('a table that does not answer is told to Slack, so that the person sees it', async () => {
  const grant = waiting();
  table.failing = (command) => command === 'TransactWriteItems';
  expect(await invoke(signedCall(pressOf(grant)))).toEqual({ statusCode: 503 });
  table.failing = (command) => command === 'PutItem';
  expect(await invoke(signedCall(pressOf(grant), { now: Date.now() + 1000 }))).toEqual({
    statusCode: 503,
  });
});

test('a secret that was replaced counts within five minutes, and the old one no longer', async () => {
  const opened = pressOf(waiting(), { actions: [{ action_id: 'open' }] });
  await invoke(signedCall(opened));
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'the-new-secret' } });
  const now = Date.now() + 301_000;
  const later = jest.spyOn(Date, 'now').mockReturnValue(now);
  try {
    expect(await invoke(signedCall(opened, { now, secret: 'the-new-secret' }))).toEqual({
      statusCode: 200,
    });
    expect(await invoke(signedCall(opened, { now }))).toEqual({ statusCode: 401 });
  } finally {
    later.mockRestore();
  }
});

test('while the secret cannot be read, nothing is believed', async () => {
  const grant = waiting();
  ssm.on(GetParameterCommand).rejects(awsError('ParameterNotFound'));
  const now = Date.now() + 700_000;
  const later = jest.spyOn(Date, 'now').mockReturnValue(now);
  try {
    for (const secret of [SECRET, 'undefined', '']) {
      const done = await invoke(signedCall(pressOf(grant), { now, secret }));
      expect(done).toEqual({ statusCode: 503 });
    }
  } finally {
    later.mockRestore();
  }
  expect(statusOf(grant)).toBe('pending');
});
