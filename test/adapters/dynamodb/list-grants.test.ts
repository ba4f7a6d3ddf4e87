import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { dynamoGrantStore } from '../../../adapters/dynamodb/grant-store.ts';
import { grantItem } from '../../../adapters/dynamodb/items.ts';
import { extensionKey } from '../../../adapters/dynamodb/keys.ts';
import { votedKey } from '../../../adapters/dynamodb/principal-keys.ts';
import type { Grant } from '../../../core/grant.ts';
import type { GrantQuery } from '../../../core/ports.ts';
import { err } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { type FakeTable, fakeTable } from '../../support/fake-table.ts';
import { mockAws } from '../../support/mock-aws.ts';
import { activeGrant, EXTENSION, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

/** A row that is there and cannot be used fails the list; it is not left out. */

const aws = mockAws();
const client = new DynamoDBClient({ region: 'eu-central-1' });
let fake: FakeTable;
let reports: string[];
const report = (operation: string, error: unknown) => reports.push(`${operation}: ${error}`);
const store = () => dynamoGrantStore({ client, name: 'grants', report }, () => NOW);

beforeEach(() => {
  aws.acceptAll();
  fake = fakeTable(aws);
  reports = [];
});

type Item = ReturnType<typeof grantItem>;

function put(grant: Grant, changes: (item: Item) => Item = (item) => item): Grant {
  fake.items.set(`GRANT#${grant.id} GRANT`, changes(grantItem(grant)));
  return grant;
}

const pending = () =>
  activeGrant({ status: 'pending', approvals: { ...NO_APPROVALS, required: 1, lapseAt: NOW } });
const without = (name: string) => (item: Item) => {
  const { [name]: _, ...rest } = item;
  return rest;
};
const having = (name: string, value: unknown) => (item: Item) => ({
  ...item,
  ...marshall({ [name]: value }),
});

describe('a list with a grant that cannot be read', () => {
  const damages: readonly (readonly [string, (item: Item) => Item])[] = [
    ['no id', without('id')],
    ['no status', without('status')],
    ['an unknown status', having('status', 'paused')],
    ['no requester', without('requester')],
    ['a requester without an id', having('requester', { type: 'User', name: 'ana' })],
    ['no entitlement', without('entitlement')],
    ['no time of its request', having('createdAt', 'yesterday')],
    ['no approvals', without('approvals')],
    ['approvals without votes', having('approvals', { required: 1, denials: 1 })],
  ];

  test.each(damages)('is unavailable, and the log names the grant: %s', async (_, damage) => {
    const { id } = put(pending(), damage);
    put(pending());
    const damaged = `DamagedItem: the grant ${id}`;
    for (const query of [{ waiting: true }, { status: 'pending' }, {}] as const) {
      expect(await store().list({ limit: 5, ...query })).toEqual(err(NO_STORE));
    }
    expect(await store().find(id)).toEqual(err(NO_STORE));
    const query = `Query: ${damaged}`;
    expect(reports).toEqual([query, query, query, `GetItem: ${damaged}`]);
  });

  test('is unavailable also where a filter would leave the grant out', async () => {
    put(pending(), without('entitlement'));
    const query: GrantQuery = { limit: 5, waiting: true, entitlement: 'artifacts-read' };
    expect(await store().list(query)).toEqual(err(NO_STORE));
  });
});

describe('a row that leads to no grant', () => {
  test('among the extensions that wait for votes fails the list', async () => {
    const there = put(activeGrant({ extension: EXTENSION }));
    const gone = activeGrant({ extension: EXTENSION });
    for (const grant of [there, gone]) {
      const key = extensionKey(grant);
      fake.items.set(`${key.pk} ${key.sk}`, marshall(key));
    }
    expect(await store().list({ limit: 5, waiting: true })).toEqual(err(NO_STORE));
    expect(reports).toEqual([`Query: DamagedItem: the grant ${gone.id}`]);
    put(gone);
    expect(await store().list({ limit: 5, waiting: true })).toMatchObject({
      value: { grants: { length: 2 } },
    });
  });

  test('among what a principal voted on fails the list', async () => {
    const [there, gone] = [put(activeGrant()), activeGrant()];
    for (const grant of [there, gone]) {
      const key = votedKey('people:bo', grant);
      fake.items.set(`${key.pk} ${key.sk}`, marshall(key));
    }
    expect(await store().list({ limit: 5, voter: 'people:bo' })).toEqual(err(NO_STORE));
    expect(reports).toEqual([`Query: DamagedItem: the grant ${gone.id}`]);
    put(gone);
    expect(await store().list({ limit: 5, voter: 'people:bo' })).toMatchObject({
      value: { grants: { length: 2 } },
    });
  });
});
