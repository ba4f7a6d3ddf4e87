import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import { freezeKey, type Key, suspensionKey } from '../../adapters/dynamodb/keys.ts';
import { dynamoKillStore } from '../../adapters/dynamodb/kill-store.ts';
import { dynamoPrincipalStore } from '../../adapters/dynamodb/principal-store.ts';
import { awsClient, stack } from '../e2e/support.ts';
import { activeGrant, NOW, requestedEvent } from '../support/sample-grants.ts';
import { grantStoreContract } from './grant-store.contract.ts';
import { endingStoresContract } from './kill-store.contract.ts';
import { principalStoreContract } from './principal-store.contract.ts';

const store = (name = stack().tableName, failures: string[] = []) =>
  dynamoGrantStore(
    {
      client: new DynamoDBClient(awsClient()),
      name,
      report: (operation) => failures.push(operation),
    },
    () => NOW,
  );

grantStoreContract('DynamoDB', async () => {
  const client = new DynamoDBClient(awsClient());
  const put = async (key: Key) => {
    await client.send(new PutItemCommand({ TableName: stack().tableName, Item: marshall(key) }));
  };
  return {
    store: store(),
    backdoor: {
      suspend: (principal) => put(suspensionKey(principal)),
      freeze: (roleArn) => put(freezeKey(roleArn)),
    },
  };
});

endingStoresContract('DynamoDB', async () => {
  const table = {
    client: new DynamoDBClient(awsClient()),
    name: stack().tableName,
    report: () => undefined,
  };
  return {
    store: store(),
    kills: dynamoKillStore(table),
  };
});

principalStoreContract('DynamoDB', async () => {
  const client = new DynamoDBClient(awsClient());
  const table = { client, name: stack().tableName, report: () => undefined };
  return { store: store(), principals: dynamoPrincipalStore(table, () => NOW) };
});

const NOTHING_ELSE = { idempotency: null, unsuspended: [] };

describe('DynamoDB without its table', () => {
  test('every call is unavailable, never empty', async () => {
    const failures: string[] = [];
    const broken = store('no-such-table', failures);
    const grant = activeGrant();
    const unavailable = { ok: false, error: { code: 'unavailable', what: 'store' } };
    const event = requestedEvent(grant);
    expect(await broken.find(grant.id)).toEqual(unavailable);
    expect(await broken.events(grant.id, { limit: 10, after: null })).toEqual(unavailable);
    expect(await broken.list({ limit: 1 })).toEqual(unavailable);
    expect(await broken.appendEvent(event)).toEqual(unavailable);
    expect(await broken.update({ before: grant, grant, events: [event], ...NOTHING_ELSE })).toEqual(
      unavailable,
    );
    const write = { grant, events: [event], idempotency: null, vendsOn: [] };
    expect(await broken.create(write)).toEqual(unavailable);
    expect(failures).toHaveLength(6);
  });
});
