import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { eventItem, grantItem } from '../../adapters/dynamodb/items.ts';
import { eventDetail } from '../../core/api/event-detail.ts';
import { chatSchema } from '../../core/config/chat-schema.ts';
import type { Grant } from '../../core/grant.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { type ChatStandIns, readable, startChats, TOKEN } from '../support/chat-stand-ins.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { lambdaEnvironment } from '../support/lambda-environment.ts';
import { mockAws } from '../support/mock-aws.ts';
import { activeGrant, NO_APPROVALS, requestedEvent } from '../support/sample-grants.ts';

/** The Lambda of the chat, with a table in memory and Slack on 127.0.0.1. */

const log = captureLog();
const aws = mockAws();
const ssm = mockClient(SSMClient);
let table: FakeTable;
let chats: ChatStandIns;
let removeFolder: () => void;

beforeAll(async () => {
  removeFolder = lambdaEnvironment();
  chats = await startChats();
  const slack = {
    ...{ botToken: '/valetkey/slack/token', apiUrl: chats.apiUrl },
    routes: [{ channel: 'C0APPROVERS' }, { channel: 'C0UNKNOWN', entitlements: ['doomed'] }],
  };
  const config = JSON.stringify(chatSchema.parse({ slack }));
  writeFileSync(join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'chat.json'), config);
});
afterAll(async () => {
  await chats.stop();
  removeFolder();
  log.restore();
});
beforeEach(() => {
  log.clear();
  aws.acceptAll();
  table = fakeTable(aws);
  ssm.reset();
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: TOKEN } });
});
afterEach(() => {
  chats.messages.length = 0;
  chats.faults.length = 0;
});

type Handler = (event: object, context: object) => Promise<unknown>;

async function invoke(messages: readonly object[], remaining = 30_000): Promise<unknown> {
  const { handler } = (await import('../../lambdas/chat.lambda.ts')) as { handler: Handler };
  const context = { ...CONTEXT, getRemainingTimeInMillis: () => remaining };
  return handler({ Records: messages }, context);
}

function stored(changes: Partial<Grant> = {}): Grant {
  const approvals = { ...NO_APPROVALS, required: 1 };
  const grant = activeGrant({ status: 'active', breakGlass: true, approvals, ...changes });
  for (const item of [grantItem(grant), eventItem(requestedEvent(grant))]) {
    table.items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  }
  return grant;
}

const noticeOf = (grant: Grant, messageId = 'm1') => ({
  messageId,
  body: JSON.stringify({ source: 'valetkey', detail: eventDetail(requestedEvent(grant)) }),
});

test('a notice makes one message, however often it comes', async () => {
  const grant = stored();
  const done = await invoke([noticeOf(grant), noticeOf(grant, 'm2')]);
  expect(done).toEqual({ batchItemFailures: [] });
  await invoke([noticeOf(grant)]);
  expect(chats.top()).toHaveLength(1);
  const [message] = chats.top();
  if (message !== undefined) {
    expect(readable(message)).toContain('Break-glass was used');
    expect(JSON.stringify(message)).toContain(`https://valetkey.acme.example/#/grants/${grant.id}`);
  }
  stored({ ...grant, status: 'expired' });
  await invoke([noticeOf(grant)]);
  expect(chats.top()).toMatchObject([{ edits: 1 }]);
  expect(log.text()).not.toContain(TOKEN);
});

test('what Slack refuses for good is told once, and not tried again', async () => {
  const grant = stored({ entitlement: 'doomed' });
  expect(await invoke([noticeOf(grant)])).toEqual({ batchItemFailures: [] });
  expect(log.lines()).toContainEqual(
    expect.objectContaining({
      ...{ message: 'chat message refused', place: 'slack#C0UNKNOWN' },
      reason: 'channel_not_found',
    }),
  );
  expect(chats.top()).toHaveLength(1);
});

test('only the notices of what was not sent are delivered again', async () => {
  const [first, second] = [stored(), stored()];
  chats.faults.push({ status: 503 });
  const done = await invoke([noticeOf(first, 'm1'), noticeOf(second, 'm2')]);
  expect(done).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(await invoke([noticeOf(first, 'm1')])).toEqual({ batchItemFailures: [] });
  expect(chats.top()).toHaveLength(2);
  expect(log.lines()).toContainEqual(
    expect.objectContaining({ message: 'chat message not sent', reason: 'HTTP 503' }),
  );
});

test('without time, nothing is begun', async () => {
  const done = await invoke([noticeOf(stored())], 5000);
  expect(done).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(chats.messages).toEqual([]);
});

test('a table that does not answer is asked again later', async () => {
  const grant = stored();
  table.failing = (command) => command === 'GetItem';
  expect(await invoke([noticeOf(grant)])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
});

test('what is no notice of a grant tells nobody', async () => {
  const body = JSON.stringify({
    detail: { id: 'ev_1', at: '2026-11-23T10:00:00Z', grantId: 'gr_x' },
  });
  const done = await invoke([
    { messageId: 'm1', body: 'no JSON' },
    { messageId: 'm2', body },
  ]);
  expect(done).toEqual({ batchItemFailures: [] });
  expect(chats.messages).toEqual([]);
});
