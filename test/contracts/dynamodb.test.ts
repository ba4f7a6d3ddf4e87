import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import { awsClient, stack } from '../e2e/support.ts';
import { activeGrant, NOW, requestedEvent } from '../support/sample-grants.ts';
import { dynamoRulesContract } from './dynamo-rules.contract.ts';
import { createTableLike } from './moto/start.ts';
import { reviewStoreContract } from './review-store.contract.ts';
import { reviewStoresOn } from './review-stores.ts';
import { storeContracts } from './stores.contract.ts';
import { usageStoreContract } from './usage-store.contract.ts';
import { usageStoreOn } from './usage-store.ts';

const storeOn = (name: string, failures: string[]) =>
  dynamoGrantStore(
    {
      client: new DynamoDBClient(awsClient()),
      name,
      report: (operation) => failures.push(operation),
    },
    () => NOW,
  );

const open = async () => ({ client: new DynamoDBClient(awsClient()), name: stack().tableName });

storeContracts('DynamoDB', open);
dynamoRulesContract('DynamoDB', open);

/** A table of their own: what is in that of the stack, its ledger and its lists show to other tests. */
reviewStoreContract('DynamoDB', async () => {
  const deployed = await open();
  const name = `access-reviews-${randomUUID()}`;
  await createTableLike(deployed, deployed.client, name);
  return reviewStoresOn({ client: deployed.client, name });
});

/** A table of its own: the stack's Lambda reads what is due in the other one. */
usageStoreContract('DynamoDB', async () => {
  const deployed = await open();
  const name = `usage-${randomUUID()}`;
  await createTableLike(deployed, deployed.client, name);
  return usageStoreOn({ client: deployed.client, name });
});

const NOTHING_ELSE = { idempotency: null, unsuspended: [] };

describe('DynamoDB without its table', () => {
  test('every call is unavailable, never empty', async () => {
    const failures: string[] = [];
    const broken = storeOn('no-such-table', failures);
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
    const write = { grant, events: [event], idempotency: null, vendsOn: [], counted: [] };
    expect(await broken.create(write)).toEqual(unavailable);
    expect(failures).toHaveLength(6);
  });
});
