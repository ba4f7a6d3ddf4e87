import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { grantKey } from '../../../adapters/dynamodb/keys.ts';
import { dynamoUsageStore } from '../../../adapters/dynamodb/usage-store.ts';
import { usageStoreContract } from '../../contracts/usage-store.contract.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';
import { keptUsage } from '../../support/sample-usage.ts';

const aws = mockAws();
let table: FakeTable;
const reported: string[] = [];
const usages = () =>
  dynamoUsageStore(
    {
      client: new DynamoDBClient({}),
      name: 'table',
      report: (operation) => {
        reported.push(operation);
      },
    },
    () => NOW,
    400,
  );
beforeEach(() => {
  aws.acceptAll();
  table = fakeTable(aws);
  reported.length = 0;
});

usageStoreContract('the fake table', async () => ({
  usages: usages(),
  eventsOf: async (grantId) =>
    table.sortKeys(grantKey(grantId).pk).filter((sk) => sk.startsWith('EVENT#')),
}));

describe('what is kept', () => {
  const grant = activeGrant({ status: 'expired', endedAt: NOW, keysValidUntil: NOW });

  test('has an end, and so has what is due', async () => {
    await usages().await(grant, NOW);
    const ttls = [...table.items.values()].map((item) => Number(item['ttl']?.N));
    const end = Math.floor(NOW / 1000) + 400 * 86_400;
    expect(ttls).toEqual([end, end]);
  });

  test('is damaged where it says nothing, and so not available', async () => {
    await usages().keepUnused(grant, keptUsage(grant));
    for (const item of table.items.values()) delete item['usage'];
    const unavailable = { ok: false, error: { code: 'unavailable', what: 'store' } };
    expect(await usages().find(grant)).toEqual(unavailable);
    expect(reported).toEqual(['GetItem']);
  });
});

test('a table that does not answer is told of, and nothing is called empty', async () => {
  table.failing = () => true;
  const unavailable = { ok: false, error: { code: 'unavailable', what: 'store' } };
  const grant = activeGrant();
  const due = { grantId: grant.id, dueAt: NOW, since: NOW, attempts: 0 };
  const store = usages();
  const page = { since: 0, limit: 1, after: null };
  expect(await store.await(grant, NOW)).toEqual(unavailable);
  expect(await store.due(NOW, 1)).toEqual(unavailable);
  expect(await store.claim(due, NOW)).toEqual(unavailable);
  const put = { due, grant, kept: keptUsage(grant), event: null };
  expect(await store.put(put)).toEqual(unavailable);
  expect(await store.find(grant)).toEqual(unavailable);
  expect(await store.ofEntitlement('e', page)).toEqual(unavailable);
  expect(await store.begin(NOW)).toEqual(unavailable);
  expect(await store.begunAt()).toEqual(unavailable);
  expect(reported).toHaveLength(8);
});
