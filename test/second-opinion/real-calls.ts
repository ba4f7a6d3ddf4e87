import { Agent } from 'node:http';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { awsClient, BUCKET, type Credentials, fillBucket, s3, stack } from '../e2e/support.ts';
import type { Call } from './our-reasoning.ts';

/** Calls to make on the local stack, with the action, resource and context that IAM decides on. */

export type RealCall = Pick<Call, 'action' | 'resource' | 'context'> & {
  readonly make: (clients: Clients) => Promise<unknown>;
};

export type Clients = {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly ssm: SSMClient;
};

/** Clients under vended credentials, from the usual loopback address or from another one. */
export function clientsOf(credentials?: Credentials, localAddress = '127.0.0.1'): Clients {
  const options = {
    ...awsClient(credentials),
    requestHandler: { httpAgent: new Agent({ localAddress, keepAlive: false }) },
  };
  return {
    s3: new S3Client({ ...options, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(options),
    ssm: new SSMClient(options),
  };
}

const OWN = 'releases/so';
const KEYS = [`${OWN}/app.tgz`, `${OWN}/app.tgz.sig`, `${OWN}/docs/a.txt`, `${OWN}x/app.tgz`];
const TABLES = ['orders', 'orders-archive', 'customers'];
const PARAMETERS = ['/services/shop/version', '/services/shop/other', '/services/pay/version'];

/** Creates what the calls need, so that only IAM can refuse them. */
export async function prepare(): Promise<void> {
  await fillBucket();
  const { dynamodb, ssm } = clientsOf();
  for (const Key of [...KEYS, 'services/shop/so.tgz', 'services/pay/so.tgz']) {
    await s3().send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
  }
  for (const TableName of TABLES) {
    const table = new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    await dynamodb.send(table).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
    });
  }
  for (const Name of PARAMETERS) await ssm.send(putParameter(Name));
}

const putParameter = (Name: string) =>
  new PutParameterCommand({ Name, Value: '1', Type: 'String', Overwrite: true });

export function realCalls(): readonly RealCall[] {
  const { region, accountId } = stack();
  const object = (action: string, key: string, make: RealCall['make']): RealCall => ({
    action,
    resource: `arn:aws:s3:::${BUCKET}/${key}`,
    context: {},
    make,
  });
  const get = (Key: string) =>
    object('s3:GetObject', Key, (to) => to.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key })));
  const put = (Key: string) =>
    object('s3:PutObject', Key, (to) =>
      to.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'again' })),
    );
  const remove = (Key: string) =>
    object('s3:DeleteObject', Key, (to) =>
      to.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key })),
    );
  const list = (Prefix: string): RealCall => ({
    action: 's3:ListBucket',
    resource: `arn:aws:s3:::${BUCKET}`,
    context: { 's3:prefix': Prefix },
    make: (to) => to.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix })),
  });
  const buckets: RealCall = {
    action: 's3:ListAllMyBuckets',
    resource: '*',
    context: {},
    make: (to) => to.s3.send(new ListBucketsCommand({})),
  };
  const table = (action: string, name: string, make: RealCall['make']): RealCall => ({
    action: `dynamodb:${action}`,
    resource: `arn:aws:dynamodb:${region}:${accountId}:table/${name}`,
    context: {},
    make,
  });
  const id = { id: { S: '4711' } };
  const items = TABLES.flatMap((TableName) => [
    table('GetItem', TableName, (to) =>
      to.dynamodb.send(new GetItemCommand({ TableName, Key: id })),
    ),
    table('PutItem', TableName, (to) =>
      to.dynamodb.send(new PutItemCommand({ TableName, Item: id })),
    ),
    table('Query', TableName, (to) =>
      to.dynamodb.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': { S: '4711' } },
        }),
      ),
    ),
  ]);
  const parameter = (action: string, name: string, make: RealCall['make']): RealCall => ({
    action: `ssm:${action}`,
    resource: `arn:aws:ssm:${region}:${accountId}:parameter${name}`,
    context: {},
    make,
  });
  const parameters = PARAMETERS.flatMap((Name) => [
    parameter('GetParameter', Name, (to) => to.ssm.send(new GetParameterCommand({ Name }))),
    parameter('PutParameter', Name, (to) => to.ssm.send(putParameter(Name))),
  ]);
  return [
    ...[...KEYS, 'services/shop/so.tgz', 'services/pay/so.tgz'].map(get),
    ...[`${OWN}/app.tgz`, 'services/shop/so.tgz', 'services/pay/so.tgz'].map(put),
    remove(`${OWN}/gone.tgz`),
    ...[`${OWN}/`, `${OWN}/docs/`, OWN, 'services/'].map(list),
    buckets,
    ...items,
    ...parameters,
  ];
}
