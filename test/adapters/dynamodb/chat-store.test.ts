import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { chatPresses } from '../../../adapters/dynamodb/chat-presses.ts';
import { dynamoChatStore } from '../../../adapters/dynamodb/chat-store.ts';
import type { Posted } from '../../../core/chat/chat-ports.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { NOW } from '../../support/sample-grants.ts';

const aws = mockAws();
let table: FakeTable;
const reported: string[] = [];
const store = () =>
  dynamoChatStore(
    {
      client: new DynamoDBClient({}),
      name: 'table',
      report: (operation) => {
        reported.push(operation);
      },
    },
    () => NOW,
  );
beforeEach(() => {
  aws.acceptAll();
  table = fakeTable(aws);
  reported.length = 0;
});

const POSTED: Posted = {
  ...{ about: 'gr_1', place: 'slack#C0ONE', revision: 1, busyUntil: NOW + 1000 },
  ...{ message: null, shows: null, followedUp: [], silent: false },
};

test('a message is kept as it was written, and found by its grant and place', async () => {
  const message = { channel: 'C0ONE', ts: '17.1' };
  const posted = { ...POSTED, message, shows: 'sha256:1', followedUp: ['ev_1'] };
  expect(await store().find('gr_1', 'slack#C0ONE')).toEqual({ ok: true, value: null });
  expect(await store().save(posted)).toEqual({ ok: true, value: true });
  expect(await store().find('gr_1', 'slack#C0ONE')).toEqual({ ok: true, value: posted });
  expect(await store().list('gr_1')).toEqual({ ok: true, value: [posted] });
  expect(await store().list('gr_2')).toEqual({ ok: true, value: [] });
  expect(table.sortKeys('CHAT#gr_1')).toEqual(['slack#C0ONE']);
});

test('of two who write after the same state, one writes', async () => {
  expect(await store().save(POSTED)).toEqual({ ok: true, value: true });
  expect(await store().save(POSTED)).toEqual({ ok: true, value: false });
  const second = { ...POSTED, revision: 2 };
  expect(await store().save(second)).toEqual({ ok: true, value: true });
  expect(await store().save({ ...second, shows: 'x' })).toEqual({ ok: true, value: false });
});

test('a crowd is counted in items of its own, which do not stay', async () => {
  aws.dynamo.on(UpdateItemCommand).resolves({ Attributes: { requests: { N: '11' } } });
  expect(await store().count('CROWD#people:ana#1', 'slack#C0ONE')).toEqual({ ok: true, value: 11 });
  const [call] = aws.dynamo.commandCalls(UpdateItemCommand);
  expect(call?.args[0].input).toMatchObject({
    Key: { pk: { S: 'CHATCOUNT#CROWD#people:ana#1' }, sk: { S: 'slack#C0ONE' } },
    UpdateExpression: 'SET #ttl = :ttl ADD requests :one',
  });
});

test('a table that does not answer is told of', async () => {
  table.failing = () => true;
  aws.dynamo.on(UpdateItemCommand).rejects(new Error('no'));
  const unavailable = { ok: false, error: { code: 'unavailable', what: 'store' } };
  expect(await store().find('gr_1', 'x')).toEqual(unavailable);
  expect(await store().list('gr_1')).toEqual(unavailable);
  expect(await store().save(POSTED)).toEqual(unavailable);
  expect(await store().count('c', 'x')).toEqual(unavailable);
  expect(reported).toEqual(['GetItem', 'Query', 'PutItem', 'UpdateItem']);
});

test('a signature is good for one press', async () => {
  const report = (operation: string) => {
    reported.push(operation);
  };
  const isFirst = chatPresses({ client: new DynamoDBClient({}), name: 'table', report }, () => NOW);
  expect(await isFirst('v0=1')).toEqual({ ok: true, value: true });
  expect(await isFirst('v0=1')).toEqual({ ok: true, value: false });
  expect(await isFirst('v0=2')).toEqual({ ok: true, value: true });
  const kept = table.items.get('CHATPRESS#v0=1 USED')?.['ttl']?.N;
  expect(Number(kept)).toBeGreaterThan(NOW / 1000 + 600);
  table.failing = () => true;
  expect(await isFirst('v0=3')).toMatchObject({ error: { code: 'unavailable' } });
  expect(reported).toEqual(['PutItem']);
});
