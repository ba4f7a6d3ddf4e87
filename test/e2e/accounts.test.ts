import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { KILL_SWITCH_POLICY } from '../../core/kill/deny-policy.ts';
import { valetkeyWith } from '../cli/command.ts';
import { act, eventTypes, tester, untilStatus } from './grant-actions.ts';
import { awsClient, type Credentials, refusal, stack, vend } from './support.ts';

/** Two accounts: the broker is in one, the target role in the other, and IAM is enforced in both. */

const OTHER = '111111111111';
const BUCKET = 'acme-reports';
const KILL_ROLE = `arn:aws:iam::${OTHER}:role/valetkey/ValetKey-kill`;
const REPORTS = {
  entitlement: 'second-account',
  parameters: { team: 'blue' },
  durationSeconds: 900,
  justification: 'an end-to-end test',
};

type Keys = Omit<Credentials, 'expiration' | 'sessionToken'> & { readonly sessionToken?: string };

const rootOf = (account: string): Keys => ({ accessKeyId: account, secretAccessKey: 'local' });
const as = ({ accessKeyId, secretAccessKey, sessionToken }: Keys) => ({
  ...awsClient(),
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
});
const iamOf = (keys: Keys) => new IAMClient(as(keys));
const s3Of = (keys: Keys) => new S3Client({ ...as(keys), forcePathStyle: true });

const get = (keys: Keys, Key: string) =>
  refusal(s3Of(keys).send(new GetObjectCommand({ Bucket: BUCKET, Key })));

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const NOTHING = document({ Effect: 'Deny', Action: 'nothing:Nothing', Resource: '*' });
const ALL = document({ Effect: 'Allow', Action: '*', Resource: '*' });

beforeAll(async () => {
  const s3 = s3Of(rootOf(OTHER));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Key of ['blue/1.csv', 'red/1.csv']) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
  }
});

const assume = async (keys: Keys, RoleArn = KILL_ROLE): Promise<Keys> => {
  const { Credentials: given } = await new STSClient(as(keys)).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'a-test' }),
  );
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
};

/** Lets the account's root in, for as long as a test needs it. */
async function trusting<T>(account: string, RoleName: string, what: () => Promise<T>): Promise<T> {
  const iam = iamOf(rootOf(account));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const before = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  const PolicyDocument = document({
    ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  try {
    return await what();
  } finally {
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: before }));
  }
}

describe('a grant on a role of another account', () => {
  test('is vended, used, and its keys reach nothing that it does not name', async () => {
    const { credentials } = await vend(await tester(), REPORTS);
    expect(await get(credentials, 'blue/1.csv')).toBeNull();
    expect(await get(credentials, 'red/1.csv')).toBe('AccessDenied');
    expect(await refusal(s3Of(credentials).send(new ListBucketsCommand({})))).toBe('AccessDenied');
  });

  test('is revoked: its keys die, and those of another grant do not', async () => {
    const ana = await tester();
    const [first, second] = [await vend(ana, REPORTS), await vend(ana, REPORTS)];
    expect(await get(first.credentials, 'blue/1.csv')).toBeNull();
    const answer = await act(ana, first.grant.id, 'revoke');
    expect(answer).toMatchObject({ status: 200, body: { status: 'revoking' } });
    await untilStatus(ana, first.grant.id, 'revoked');
    expect(await get(first.credentials, 'blue/1.csv')).toBe('AccessDenied');
    expect(await get(second.credentials, 'blue/1.csv')).toBeNull();
    expect(await eventTypes(ana, first.grant.id)).toEqual([
      'requested',
      'vended',
      'revoking',
      'revoked',
    ]);
    const { PolicyDocument = '' } = await iamOf(rootOf(OTHER)).send(
      new GetRolePolicyCommand({ RoleName: 'reports', PolicyName: KILL_SWITCH_POLICY }),
    );
    expect(decodeURIComponent(PolicyDocument)).toContain(`*.${first.grant.id}`);
  });
});

describe('the kill role of the other account', () => {
  async function mighty(account: string): Promise<Keys> {
    const iam = iamOf(rootOf(account));
    const UserName = `mighty-${Date.now()}`;
    await iam.send(new CreateUserCommand({ UserName }));
    const policy = { PolicyName: 'all', PolicyDocument: ALL };
    await iam.send(new PutUserPolicyCommand({ UserName, ...policy }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
  }

  test('is closed to administrators of both accounts, and to their roots', async () => {
    const { accountId } = stack();
    const others = [rootOf(OTHER), rootOf(accountId), await mighty(OTHER), await mighty(accountId)];
    for (const keys of others) expect(await refusal(assume(keys))).toBe('AccessDenied');
  });

  test('is closed to the broker’s other roles, and to the keys that it vends', async () => {
    const { accountId } = stack();
    const vendRole = `arn:aws:iam::${accountId}:role/ValetKey-vend`;
    const keys = await trusting(accountId, 'ValetKey-vend', () =>
      assume(rootOf(accountId), vendRole),
    );
    expect(await refusal(assume(keys))).toBe('AccessDenied');
    const { credentials } = await vend(await tester(), REPORTS);
    expect(await refusal(assume(credentials))).toBe('AccessDenied');
  });

  test('may write inline policies of the vendable roles, and nothing else', async () => {
    const keys = await trusting(OTHER, 'ValetKey-kill', () => assume(rootOf(OTHER)));
    const iam = iamOf(keys);
    const [PolicyName, PolicyDocument] = ['a-test', ALL];
    const RoleName = 'reports';
    const put = { PolicyName, PolicyDocument };
    expect(await refusal(iam.send(new PutRolePolicyCommand({ RoleName, ...put })))).toBeNull();
    expect(await refusal(iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })))).toBeNull();
    const take = new DeleteRolePolicyCommand({ RoleName, PolicyName });
    expect(await refusal(iam.send(take))).toBeNull();

    const bystander = { RoleName: 'bystander', AssumeRolePolicyDocument: document() };
    await iamOf(rootOf(OTHER)).send(new CreateRoleCommand(bystander));
    const everything = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const attempts = [
      iam.send(new PutRolePolicyCommand({ RoleName: 'bystander', ...put })),
      iam.send(new PutRolePolicyCommand({ RoleName: 'ValetKey-kill', ...put })),
      iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: everything })),
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: document() })),
      iam.send(new CreateRoleCommand({ ...bystander, RoleName: 'another' })),
      s3Of(keys).send(new ListBucketsCommand({})),
    ];
    for (const attempt of attempts) expect(await refusal(attempt)).toBe('AccessDenied');
  });
});

describe('the boundary of the other account', () => {
  test('keeps a role with all rights from undoing the kill switch', async () => {
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` } };
    // A role of everything under the stack's boundary, as a careless author might make one.
    const iam = iamOf(rootOf(OTHER));
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'careless',
        AssumeRolePolicyDocument: document({ ...trust, Action: 'sts:AssumeRole' }),
        PermissionsBoundary: `arn:aws:iam::${OTHER}:policy/valetkey/ValetKey-boundary`,
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'careless', PolicyName: 'all', PolicyDocument: ALL }),
    );
    const keys = await assume(rootOf(OTHER), `arn:aws:iam::${OTHER}:role/careless`);
    expect(await refusal(s3Of(keys).send(new ListBucketsCommand({})))).toBeNull();
    const undo = { RoleName: 'reports', PolicyName: 'a-probe' };
    await iam.send(new PutRolePolicyCommand({ ...undo, PolicyDocument: NOTHING }));
    const own = iamOf(keys);
    expect(await refusal(own.send(new DeleteRolePolicyCommand(undo)))).toBe('AccessDenied');
    expect(await refusal(iam.send(new GetRolePolicyCommand(undo)))).toBeNull();
  });
});

describe('valetkey accounts check', () => {
  const check = (account: string, ...more: readonly string[]) =>
    valetkeyWith(
      {
        AWS_ACCESS_KEY_ID: account,
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_REGION: stack().region,
        AWS_ENDPOINT_URL: stack().emulatorUrl,
      },
      ...['accounts', 'check', '--policy', '.valetkey/test-policy'],
      ...['--broker-account', stack().accountId, ...more],
    );

  test('finds both accounts as they must be', async () => {
    const [other, own] = await Promise.all([check(OTHER), check(stack().accountId, '--json')]);
    expect(other).toMatchObject({
      code: 0,
      out: `account ${OTHER} is as it must be (2 roles)\n`,
    });
    const { differences, checked, ...answer } = JSON.parse(own.out) as {
      readonly differences: readonly { readonly arn: string }[];
      readonly checked: readonly string[];
    };
    expect(answer).toMatchObject({ account: stack().accountId });
    expect(checked).toContain(`arn:aws:iam::${stack().accountId}:role/valetkey/artifacts`);
    // One test takes that role away, another one bootstraps those (and checks them).
    const elsewhere = /\/(doomed$|cdk-shop1-)/;
    expect(differences.filter(({ arn }) => !elsewhere.test(arn))).toEqual([]);
  });

  test('tells of a trust policy that lets somebody else in', async () => {
    const { code, out } = await trusting(OTHER, 'ValetKey-kill', () => check(OTHER));
    expect(code).toBe(1);
    expect(out).toContain(
      `${KILL_ROLE}: its trust policy lacks: allow sts:AssumeRole by arn:aws:iam`,
    );
    expect(out).toContain(
      `its trust policy goes beyond: allow sts:AssumeRole by arn:aws:iam::${OTHER}:root`,
    );
    expect(out).toMatch(/is not as it must be: 2 differences \(2 roles\)\n$/);
  });

  test('looks at nothing, and says so, where the bundle names no role of the account', async () => {
    const { code, err } = await check('333333333333');
    expect(code).toBe(2);
    expect(err).toContain('your credentials are for 333333333333, where nothing is vended');
    expect(err).toContain(`the bundle names ${stack().accountId}, ${OTHER}`);
  });
});
