import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoLedgerStore } from '../../adapters/dynamodb/ledger-store.ts';
import { awsClient, stack } from '../e2e/support.ts';
import { ledgerStoreContract } from './ledger-store.contract.ts';
import { createTableLike } from './moto/start.ts';

const client = new DynamoDBClient(awsClient());
const deployed = { client, name: stack().tableName };
let tables = 0;

/** A table of its own for each test: a table has one ledger. */
ledgerStoreContract('DynamoDB', async () => {
  tables += 1;
  const name = `ledger-contract-${tables}`;
  await createTableLike(deployed, client, name);
  return dynamoLedgerStore({ client, name, report: failed });
});

function failed(operation: string, error: unknown): never {
  throw new Error(`${operation} failed`, { cause: error });
}
