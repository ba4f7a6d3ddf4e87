import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  ARTIFACTS,
  awsClient,
  BUCKET,
  CI_CLAIMS,
  type Credentials,
  call,
  fillBucket,
  person,
  refusal,
  s3,
  stack,
  tokenFor,
  until,
  vend,
} from './support.ts';

const get = (credentials: Credentials, key: string) =>
  refusal(s3(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key: key })));

beforeAll(fillBucket);

describe('the keys of a grant', () => {
  test('can read what the grant names, and IAM refuses everything else', async () => {
    const { credentials } = await vend(await person(['platform']), ARTIFACTS);
    expect(await get(credentials, 'releases/1/app.tgz')).toBeNull();
    expect(await get(credentials, 'releases/2/app.tgz')).toBe('AccessDenied');
    expect(await refusal(s3(credentials).send(new ListBucketsCommand({})))).toBe('AccessDenied');
    const list = (Prefix: string) =>
      refusal(s3(credentials).send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix })));
    expect(await list('releases/1/')).toBeNull();
    expect(await list('releases/')).toBe('AccessDenied');
    const put = new PutObjectCommand({ Bucket: BUCKET, Key: 'releases/1/app.tgz', Body: 'x' });
    expect(await refusal(s3(credentials).send(put))).toBe('AccessDenied');
  });

  test('cannot be used to assume another role', async () => {
    const { credentials } = await vend(await person(['platform']), ARTIFACTS);
    const sts = new STSClient(awsClient(credentials));
    const role = new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${stack().accountId}:role/valetkey/deploy`,
      RoleSessionName: 'further',
    });
    expect(await refusal(sts.send(role))).toBe('AccessDenied');
  });

  test('stop working at expiresAt, to the second, and the grant is marked expired soon after', async () => {
    const token = await person(['platform']);
    const { grant, credentials } = await vend(token, { ...ARTIFACTS, durationSeconds: 12 });
    const end = Date.parse(grant.expiresAt ?? '');
    expect(credentials.expiration).toBe(grant.expiresAt);
    await sleep(end - Date.now() - 4000);
    expect(await get(credentials, 'releases/1/app.tgz')).toBeNull();
    await sleep(end - Date.now() + 50);
    expect(await get(credentials, 'releases/1/app.tgz')).toBe('AccessDenied');
    const path = `/v1/grants/${grant.id}`;
    const expired = await until('expired', async () => {
      const { body } = await call('GET', path, token);
      return body['status'] === 'expired' ? body : null;
    });
    expect(expired).toMatchObject({
      endedAt: grant.expiresAt,
      endReason: 'time is up',
      version: 2,
    });
    const late = await call('POST', `${path}/credentials`, token);
    expect(late).toMatchObject({ status: 409, body: { grant: { status: 'expired' } } });
  });

  test('are vended to a CI job in one call, for its own service only', async () => {
    const job = await tokenFor('github', CI_CLAIMS);
    const { grant, credentials } = await vend(job, {
      entitlement: 'service-deploy',
      parameters: { service: 'shop' },
      durationSeconds: 900,
    });
    expect(grant.requester).toEqual({
      type: 'Workload',
      id: 'github:1001/2002',
      name: 'acme/shop',
    });
    expect(await get(credentials, 'services/shop/app.tgz')).toBeNull();
    expect(await get(credentials, 'releases/1/app.tgz')).toBe('AccessDenied');
    const ssm = new SSMClient(awsClient(credentials));
    const other = new GetParameterCommand({ Name: '/services/pay/version' });
    expect(await refusal(ssm.send(other))).toBe('AccessDeniedException');
  });

  test('have an unguessable session name', async () => {
    const token = await person(['platform']);
    const first = await vend(token, ARTIFACTS);
    const again = await call('POST', `/v1/grants/${first.grant.id}/credentials`, token);
    expect(again.status).toBe(200);
    const arns = await Promise.all(
      [first.credentials, again.body['credentials'] as Credentials].map(async (keys) => {
        const who = await new STSClient(awsClient(keys)).send(new GetCallerIdentityCommand({}));
        return who.Arn;
      }),
    );
    expect(new Set(arns).size).toBe(2);
    for (const arn of arns) expect(arn).toMatch(/:assumed-role\/artifacts\/vk_[0-9a-z]{26}$/);
  });
});

describe('a target role', () => {
  const role = () => `arn:aws:iam::${stack().accountId}:role/valetkey/artifacts`;

  test('can be assumed only by the broker, not even by the root of the account', async () => {
    const sts = new STSClient(awsClient());
    const plain = new AssumeRoleCommand({ RoleArn: role(), RoleSessionName: 'around' });
    expect(await refusal(sts.send(plain))).toBe('AccessDenied');
    const named = new AssumeRoleCommand({
      RoleArn: role(),
      RoleSessionName: 'around',
      SourceIdentity: 'ana-0000000000000000.gr_00000000000000000000',
    });
    expect(await refusal(sts.send(named))).toBe('AccessDenied');
  });
});
