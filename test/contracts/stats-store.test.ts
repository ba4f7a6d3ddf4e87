import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoStatsStore } from '../../adapters/dynamodb/stats-store.ts';
import { awsClient, stack } from '../e2e/support.ts';
import { createTableLike } from './moto/start.ts';
import { statsStoreContract } from './stats-store.contract.ts';

const client = new DynamoDBClient(awsClient());
const deployed = { client, name: stack().tableName };
let tables = 0;

/** A table of its own for each test: a table has one head. */
statsStoreContract('DynamoDB', async () => {
  tables += 1;
  const name = `stats-contract-${tables}`;
  await createTableLike(deployed, client, name);
  return dynamoStatsStore({ client, name, report: failed });
});

function failed(operation: string, error: unknown): never {
  throw new Error(`${operation} failed`, { cause: error });
}
