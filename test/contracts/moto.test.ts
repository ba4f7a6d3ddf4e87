import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { dynamoLedgerStore } from '../../adapters/dynamodb/ledger-store.ts';
import { dynamoStatsStore } from '../../adapters/dynamodb/stats-store.ts';
import { awsClient, stack } from '../e2e/support.ts';
import { dynamoRulesContract } from './dynamo-rules.contract.ts';
import { ledgerStoreContract } from './ledger-store.contract.ts';
import { createTableLike, type SecondDynamo, startMoto } from './moto/start.ts';
import { reviewStoreContract } from './review-store.contract.ts';
import { reviewStoresOn } from './review-stores.ts';
import { statsStoreContract } from './stats-store.contract.ts';
import { storeContracts } from './stores.contract.ts';
import { usageStoreContract } from './usage-store.contract.ts';
import { usageStoreOn } from './usage-store.ts';

/** A second opinion: expressions, transactions and paging as another implementation reads DynamoDB's rules. */

let moto: SecondDynamo | undefined;

beforeAll(async () => {
  moto = await startMoto();
}, 180_000);

afterAll(() => moto?.stop());

const deployed = { client: new DynamoDBClient(awsClient()), name: stack().tableName };
let tables = 0;

/** A table of its own for each test, because moto copies the whole table in every transaction. */
const open = async () => {
  if (moto === undefined) throw new Error('moto was not started');
  tables += 1;
  const name = `contract-${tables}`;
  await createTableLike(deployed, moto.client, name);
  return { client: moto.client, name };
};

storeContracts('moto', open);
dynamoRulesContract('moto', open);
reviewStoreContract('moto', async () => reviewStoresOn(await open()));
ledgerStoreContract('moto', async () =>
  dynamoLedgerStore({ ...(await open()), report: () => undefined }),
);
statsStoreContract('moto', async () =>
  dynamoStatsStore({ ...(await open()), report: () => undefined }),
);
usageStoreContract('moto', async () => usageStoreOn(await open()));
