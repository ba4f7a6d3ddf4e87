import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { dynamoSignalStore } from '../../../adapters/dynamodb/signal-store.ts';
import { ok } from '../../../core/result.ts';
import type { SignalEvent } from '../../../core/signals/signal-store.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { NOW } from '../../support/sample-grants.ts';

/** What a version left behind that knew only when an episode went on last. */

const HOUR = 3_600_000;
const aws = mockAws();
let table: FakeTable;

beforeEach(() => {
  aws.acceptAll();
  table = fakeTable(aws);
  const Item = marshall({ pk: 'SIGNALS#people:eve', sk: 'many-denials', lastAt: NOW, ttl: 1 });
  table.items.set('SIGNALS#people:eve many-denials', Item);
});

const raiseAt = (at: number) => {
  const report = (): never => {
    throw new Error('the table does not answer');
  };
  const event: SignalEvent = {
    ...{ id: `ev_${at}`, type: 'signal-raised', at, requestId: 'r-1', actor: 'broker' },
    ...{ sourceIp: null, principalId: 'people:eve', reason: '3 within 1 hour' },
    ...{ kind: 'many-denials', count: 3, story: [] },
    principal: { type: 'User', id: 'people:eve', name: 'eve' },
  };
  const store = dynamoSignalStore({ client: new DynamoDBClient({}), name: 'table', report });
  return store.raise(event, 3600);
};

test('an episode of an earlier version goes on, and what came before it is told already', async () => {
  expect(await raiseAt(NOW - 5 * HOUR)).toEqual(ok(false));
  expect(await raiseAt(NOW + HOUR / 2)).toEqual(ok(false));
  expect(await raiseAt(NOW + 2 * HOUR)).toEqual(ok(true));
  expect(await raiseAt(NOW + 2 * HOUR)).toEqual(ok(false));
  expect(table.items.get('SIGNALS#people:eve many-denials')).toMatchObject({
    lastAt: { N: String(NOW + 2 * HOUR) },
    version: { N: '2' },
  });
});
