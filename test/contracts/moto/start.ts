import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inheritable } from '../../../local/emulator.ts';
import { endGroup } from '../../../local/process.ts';
import { pythonEnvironment } from '../../../local/python.ts';

const FOLDER = import.meta.dirname;
const CREDENTIALS = { accessKeyId: 'moto', secretAccessKey: 'moto' };

export type SecondDynamo = {
  readonly client: DynamoDBClient;
  readonly stop: () => Promise<void>;
};

/** Starts the second implementation of DynamoDB. It ends with this process, however this process ends. */
export async function startMoto(): Promise<SecondDynamo> {
  const requirements = join(FOLDER, 'requirements.txt');
  const python = await pythonEnvironment({ name: 'moto', requirements }, () => undefined);
  const child = spawn(python, ['-I', join(FOLDER, 'server.py')], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: inheritable(process.env),
  });
  const [port] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [
    Buffer,
  ];
  if (child.exitCode !== null) throw new Error(`moto did not start: exit code ${child.exitCode}`);
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${String(port).trim()}`,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    await endGroup(child);
  };
  return { client, stop };
}

/** Creates a table there with the keys and indexes of a deployed one. */
export async function createTableLike(
  deployed: { readonly client: DynamoDBClient; readonly name: string },
  second: DynamoDBClient,
  name = deployed.name,
): Promise<void> {
  const { Table } = await deployed.client.send(
    new DescribeTableCommand({ TableName: deployed.name }),
  );
  await second.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: Table?.KeySchema,
      AttributeDefinitions: Table?.AttributeDefinitions,
      GlobalSecondaryIndexes: Table?.GlobalSecondaryIndexes?.map(
        ({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }),
      ),
    }),
  );
}
