import { randomUUID } from 'node:crypto';
import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, expect, test } from '@jest/globals';
import { TRAIL_BUCKET } from '../../local/trail.ts';
import { recordsOf, type TrailFileRecord } from '../support/trail-files.ts';
import { act, tester, untilStatus } from './grant-actions.ts';
import { OTHER } from './second-account.ts';
import {
  awsClient,
  BUCKET,
  type Credentials,
  fillBucket,
  type Grant,
  refusal,
  s3,
  stack,
  until,
  vend,
} from './support.ts';

/** The CloudTrail files of the local stack: what was called under the keys of a grant. */

const SHOP = {
  entitlement: 'shop-records',
  parameters: { service: 'shop' },
  durationSeconds: 900,
  justification: 'an end-to-end test',
};
const KEY = 'services/shop/usage.txt';

beforeAll(fillBucket);

/** The records of a grant, in the order of its calls, once there are as many as it made. */
function records(
  { id }: Grant,
  count: number,
  bucket = TRAIL_BUCKET,
): Promise<readonly TrailFileRecord[]> {
  return until(`${count} records of ${id}`, async () => {
    const found = await recordsOf(s3(), bucket, (identity) => identity.endsWith(`.${id}`));
    return found.length >= count ? found : null;
  });
}

const shown = (found: readonly TrailFileRecord[]) =>
  found.map(({ eventName, eventCategory, errorCode }) => [eventName, eventCategory, errorCode]);

const get = (credentials: Credentials, Key = KEY) =>
  s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key }));

/** Three permitted calls, one that no trail records, and three refused ones. */
async function work(credentials: Credentials): Promise<void> {
  const mine = s3(credentials);
  await mine.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: 'an artifact' }));
  await get(credentials);
  await mine.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'services/shop/' }));
  const order = { TableName: 'shop-orders', Key: { id: { S: '4711' } } };
  await refusal(new DynamoDBClient(awsClient(credentials)).send(new GetItemCommand(order)));
  expect(await refusal(get(credentials, 'services/pay/app.tgz'))).toBe('AccessDenied');
  expect(await refusal(mine.send(new ListBucketsCommand({})))).toBe('AccessDenied');
  const ssm = new SSMClient(awsClient(credentials));
  const other = new GetParameterCommand({ Name: '/services/pay/version' });
  expect(await refusal(ssm.send(other))).toBe('AccessDeniedException');
}

test('have the vend, and every call under the keys, with the name of the grant', async () => {
  const { grant, credentials } = await vend(await tester(), SHOP);
  await work(credentials);
  const found = await records(grant, 7);
  expect(shown(found)).toEqual([
    ['AssumeRole', 'Management', undefined],
    ['PutObject', 'Data', undefined],
    ['GetObject', 'Data', undefined],
    ['ListObjects', 'Data', undefined],
    ['GetObject', 'Data', 'AccessDenied'],
    ['ListBuckets', 'Management', 'AccessDenied'],
    ['GetParameter', 'Management', 'AccessDenied'],
  ]);
  const [vended, ...calls] = found;
  const target = `arn:aws:iam::${stack().accountId}:role/valetkey/tests`;
  expect(vended?.requestParameters).toMatchObject({ roleArn: target });
  expect(vended?.userIdentity).toMatchObject({
    arn: expect.stringContaining(':assumed-role/ValetKey-vend'),
    sessionContext: expect.not.objectContaining({ sourceIdentity: expect.anything() }),
  });
  for (const { userIdentity } of calls) {
    expect(userIdentity).toMatchObject({
      ...{ type: 'AssumedRole', accessKeyId: credentials.accessKeyId },
      sessionContext: { sessionIssuer: { arn: target } },
    });
  }
  const text = JSON.stringify(found);
  for (const secret of [credentials.secretAccessKey, credentials.sessionToken]) {
    expect(text).not.toContain(secret);
  }
});

test('have a call after the revocation of its grant, as a refused one', async () => {
  const token = await tester();
  const { grant, credentials } = await vend(token, SHOP);
  await s3(credentials).send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: '1' }));
  await act(token, grant.id, 'revoke');
  const { endedAt } = await untilStatus(token, grant.id, 'revoked');
  expect(await refusal(get(credentials))).toBe('AccessDenied');
  const found = await records(grant, 3);
  expect(shown(found)).toEqual([
    ['AssumeRole', 'Management', undefined],
    ['PutObject', 'Data', undefined],
    ['GetObject', 'Data', 'AccessDenied'],
  ]);
  const late = Date.parse(String(found[2]?.['eventTime']));
  expect(late).toBeGreaterThanOrEqual(Math.floor(Date.parse(endedAt ?? '') / 1000) * 1000);
});

test('have the calls in a chained role', async () => {
  const body = { entitlement: 'chained', durationSeconds: 900, justification: 'a test' };
  const { grant, credentials } = await vend(await tester(), body);
  const RoleArn = `arn:aws:iam::${stack().accountId}:role/valetkey/chain-end`;
  const next = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'further' });
  const { Credentials: keys } = await new STSClient(awsClient(credentials)).send(next);
  const chained = {
    accessKeyId: keys?.AccessKeyId ?? '',
    secretAccessKey: keys?.SecretAccessKey ?? '',
    sessionToken: keys?.SessionToken ?? '',
    expiration: '',
  };
  await s3(chained).send(new ListBucketsCommand({}));
  const found = await records(grant, 3);
  const calls = found.map(({ eventName, userIdentity }) => [eventName, userIdentity.arn]);
  expect(calls.slice(1)).toEqual([
    ['AssumeRole', expect.stringContaining(':assumed-role/chain-start/')],
    ['ListBuckets', expect.stringContaining(':assumed-role/chain-end/further')],
  ]);
  expect(found[1]?.requestParameters).toEqual({ roleArn: RoleArn, roleSessionName: 'further' });
});

test('have the vend of a role in another account twice, once for each account', async () => {
  const asked = { entitlement: 'second-account', parameters: { team: 'sales' } };
  const body = { ...asked, durationSeconds: 900, justification: 'a test' };
  const { grant, credentials } = await vend(await tester(), body);
  const report = new GetObjectCommand({ Bucket: 'no-such-reports', Key: 'sales/one' });
  await refusal(s3(credentials).send(report));
  const found = await records(grant, 3);
  const shownHere = found.map((one) => [
    ...[one.eventName, one.recipientAccountId, one.userIdentity.type],
    one.userIdentity.sessionContext?.sourceIdentity === undefined,
  ]);
  const { accountId } = stack();
  expect(shownHere.sort()).toEqual([
    ['AssumeRole', accountId, 'AssumedRole', true],
    ['AssumeRole', OTHER, 'AWSAccount', true],
    ['GetObject', OTHER, 'AssumedRole', false],
  ]);
  const vends = found.filter(({ eventName }) => eventName === 'AssumeRole');
  expect(new Set(vends.map(({ sharedEventID }) => sharedEventID)).size).toBe(1);
  expect(new Set(vends.map(({ eventID }) => eventID)).size).toBe(2);
});

test('have no calls on objects where no trail selects data events', async () => {
  const name = `management-${randomUUID()}`;
  const client = new CloudTrailClient(awsClient());
  await s3().send(new CreateBucketCommand({ Bucket: name }));
  await client.send(new CreateTrailCommand({ Name: name, S3BucketName: name }));
  await client.send(new StartLoggingCommand({ Name: name }));
  try {
    const { grant, credentials } = await vend(await tester(), SHOP);
    await work(credentials);
    // The trail of the stack gets its file in the same moment.
    await records(grant, 7);
    expect(shown(await records(grant, 3, name))).toEqual([
      ['AssumeRole', 'Management', undefined],
      ['ListBuckets', 'Management', 'AccessDenied'],
      ['GetParameter', 'Management', 'AccessDenied'],
    ]);
  } finally {
    await client.send(new DeleteTrailCommand({ Name: name }));
  }
});
