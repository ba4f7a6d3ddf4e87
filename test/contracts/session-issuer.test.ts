import { randomBytes } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { stsSessionIssuer } from '../../adapters/sts/session-issuer.ts';
import { newGrantId } from '../../core/ids.ts';
import { planSession, type SessionPlan } from '../../core/session.ts';
import {
  awsClient,
  BUCKET,
  type Credentials,
  fillBucket,
  refusal,
  s3,
  stack,
} from '../e2e/support.ts';

const POLICY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';

function plan(changes: Partial<SessionPlan> = {}): SessionPlan {
  const planned = planSession({
    roleArn: `arn:aws:iam::${stack().accountId}:role/valetkey/artifacts`,
    principalKey: 'ana-0000000000000000',
    grantId: newGrantId(randomBytes, Date.now()),
    policy: POLICY,
    now: 0,
    expiresAt: 1_800_000,
    sessionDurationSeconds: 3600,
    random: randomBytes,
  });
  return { ...planned, ...changes };
}

describe('STS as a SessionIssuer, under the vend Lambda’s own role', () => {
  let broker: STSClient;

  beforeAll(async () => {
    const RoleArn = `arn:aws:iam::${stack().accountId}:role/ValetKey-vend`;
    const root = new STSClient(awsClient());
    const { Credentials: keys } = await root.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'contract' }),
    );
    broker = new STSClient(
      awsClient({
        accessKeyId: keys?.AccessKeyId ?? '',
        secretAccessKey: keys?.SecretAccessKey ?? '',
        sessionToken: keys?.SessionToken ?? '',
        expiration: '',
      }),
    );
  });

  test('issues a session of the planned name and length', async () => {
    const planned = plan();
    const begun = Date.now();
    const issued = await stsSessionIssuer(broker, () => undefined)(planned);
    if (!issued.ok) throw new Error(issued.error.reason);
    const { expiration, ...keys } = issued.value;
    expect(Math.abs(expiration - begun - 1_800_000)).toBeLessThan(5000);
    const who = new STSClient(awsClient({ ...keys, expiration: '' } as Credentials));
    const { Arn } = await who.send(new GetCallerIdentityCommand({}));
    expect(Arn?.endsWith(`:assumed-role/artifacts/${planned.sessionName}`)).toBe(true);
  });

  test('JSON escapes in a session policy stand for exactly one character', async () => {
    await fillBucket();
    for (const folder of ['überblick', 'uberblick']) {
      const Key = `${folder}/app.tgz`;
      await s3().send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
    }
    const policy = POLICY.replace('"*"', `"arn:aws:s3:::${BUCKET}/\\u00fcberblick/*"`);
    const issued = await stsSessionIssuer(broker, () => undefined)(plan({ policy }));
    if (!issued.ok) throw new Error(issued.error.reason);
    const keys = { ...issued.value, expiration: '' } as unknown as Credentials;
    const get = (folder: string) =>
      refusal(s3(keys).send(new GetObjectCommand({ Bucket: BUCKET, Key: `${folder}/app.tgz` })));
    expect(await get('überblick')).toBeNull();
    expect(await get('uberblick')).toBe('AccessDenied');
  });

  test.each([
    ['a SourceIdentity that is not of the broker’s shape', { sourceIdentity: 'ana' }],
    ['a role that does not exist', { roleArn: 'arn:aws:iam::000000000000:role/none' }],
    [
      'a role that no entitlement names',
      { roleArn: 'arn:aws:iam::000000000000:role/ValetKey-vend' },
    ],
    ['a session policy that is too long', { policy: POLICY.padEnd(2049) }],
    ['a session policy that is not JSON', { policy: '{' }],
  ])('returns only the name of the error for %s', async (_, changes) => {
    const issued = await stsSessionIssuer(broker, () => undefined)(plan(changes));
    expect(issued).toMatchObject({ ok: false });
    if (!issued.ok) expect(issued.error.reason).toMatch(/^[A-Za-z]{3,60}$/);
  });

  test('returns an error if STS cannot be reached', async () => {
    const unreachable = new STSClient({ ...awsClient(), endpoint: 'http://127.0.0.1:9' });
    expect(await stsSessionIssuer(unreachable, () => undefined)(plan())).toMatchObject({
      ok: false,
    });
  });
});
