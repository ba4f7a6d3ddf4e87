import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { awsClient, stack } from '../e2e/support.ts';
import { dynamoRulesContract } from './dynamo-rules.contract.ts';
import { createTableLike, type SecondDynamo, startMoto } from './moto/start.ts';
import { storeContracts } from './stores.contract.ts';

/** A second opinion: expressions, transactions and paging as another implementation reads DynamoDB's rules. */

let moto: SecondDynamo | undefined;
const name = stack().tableName;

beforeAll(async () => {
  moto = await startMoto();
  await createTableLike({ client: new DynamoDBClient(awsClient()), name }, moto.client);
}, 180_000);

afterAll(() => moto?.stop());

const open = async () => {
  if (moto === undefined) throw new Error('moto was not started');
  return { client: moto.client, name };
};

storeContracts('moto', open);
dynamoRulesContract('moto', open);
