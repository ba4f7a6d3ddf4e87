import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { gatePorts } from '../../adapters/dynamodb/gates.ts';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import { freezeKey, type Key, suspensionKey } from '../../adapters/dynamodb/keys.ts';
import { dynamoKillStore } from '../../adapters/dynamodb/kill-store.ts';
import { dynamoPrincipalStore } from '../../adapters/dynamodb/principal-store.ts';
import { GATES } from '../../core/gates.ts';
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

const table = () => ({
  client: new DynamoDBClient(awsClient()),
  name: stack().tableName,
  report: () => undefined,
});

grantStoreContract('DynamoDB', async () => {
  const close = async (record: Key) => {
    const gate = { epoch: 1, closed: true, until: null };
    const { write } = gatePorts(table(), record);
    await Promise.all(Array.from({ length: GATES }, (_, number) => write(number, gate)));
  };
  return {
    store: store(),
    backdoor: {
      suspend: (principal) => close(suspensionKey(principal)),
      freeze: (roleArn) => close(freezeKey(roleArn)),
    },
  };
});

endingStoresContract('DynamoDB', async () => {
  return { store: store(), kills: dynamoKillStore(table()) };
});

principalStoreContract('DynamoDB', async () => {
  return {
    store: store(),
    principals: dynamoPrincipalStore(table(), () => NOW),
    gates: (principal) => gatePorts(table(), suspensionKey(principal)),
  };
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
