import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, expect, test } from '@jest/globals';
import { gateKey, type Key } from '../../adapters/dynamodb/keys.ts';
import { freezeKey, switchKey } from '../../adapters/dynamodb/role-keys.ts';
import {
  ARTIFACTS,
  awsClient,
  BUCKET,
  type Credentials,
  call,
  fillBucket,
  refusal,
  s3,
  stack,
  tokenFor,
  until,
  vend,
} from './support.ts';

beforeAll(fillBucket);

const COUNT = 100;

const useOf = (credentials: Credentials) =>
  refusal(
    s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'releases/1/app.tgz' })),
  );

const role = () => `arn:aws:iam::${stack().accountId}:role/valetkey/artifacts`;

async function itemOf(key: Key): Promise<Readonly<Record<string, unknown>>> {
  const { Item } = await new DynamoDBClient(awsClient()).send(
    new GetItemCommand({ TableName: stack().tableName, Key: marshall(key) }),
  );
  return Item === undefined ? {} : unmarshall(Item);
}

const policyWrites = async () => Number((await itemOf(switchKey(role())))['writes'] ?? 0);

test('a hundred grants on one role can be revoked at once, with few policy writes', async () => {
  const sub = `many-${Date.now()}`;
  const token = await tokenFor('people', {
    sub,
    email: `${sub}@acme.example`,
    groups: ['platform'],
  });
  const vended: Awaited<ReturnType<typeof vend>>[] = [];
  for (let first = 0; first < COUNT; first += 10) {
    vended.push(...(await Promise.all(Array.from({ length: 10 }, () => vend(token, ARTIFACTS)))));
  }
  const before = await policyWrites();
  const answer = await call('POST', `/v1/principals/people%3A${sub}/revoke`, token, {});
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ ended: COUNT, finished: true, grants: { length: 50 } });
  const allRevoked = async () => {
    const page = await call('GET', '/v1/grants?status=revoked&limit=100', token);
    return (page.body['grants'] as unknown[]).length === COUNT ? true : null;
  };
  await until('all are revoked', allRevoked, 90_000);
  for (const { credentials } of vended) expect(await useOf(credentials)).toBe('AccessDenied');
  expect((await policyWrites()) - before).toBeLessThanOrEqual(20);
  // Ids as young as these are named in full: the gates of the role say how much of its room they need.
  const { room = {} } = await itemOf(gateKey(freezeKey(role()), 0));
  expect(Object.values(room as object)).toContainEqual({
    ...{ percent: expect.any(Number), until: expect.any(Number) },
  });
}, 150_000);
