import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { KILL_SWITCH_POLICY } from '../../core/kill/deny-policy.ts';
import { valetkeyWith } from '../cli/command.ts';
import { act, eventTypes, tester, untilStatus } from './grant-actions.ts';
import {
  ALL,
  administratorOf,
  assume,
  type Credentials,
  document,
  iamOf,
  OTHER,
  rootOf,
  s3Of,
  trustingRoot,
} from './second-account.ts';
import { refusal, stack, vend } from './support.ts';

/** Two accounts, with IAM enforced in both: the broker is in one, the target role in the other. */

const BUCKET = 'acme-reports';
const KILL_ROLE = `arn:aws:iam::${OTHER}:role/valetkey/ValetKey-kill`;
const REPORTS = {
  entitlement: 'second-account',
  parameters: { team: 'blue' },
  durationSeconds: 900,
  justification: 'an end-to-end test',
};

const get = (credentials: Credentials, Key: string) =>
  refusal(s3Of(credentials).send(new GetObjectCommand({ Bucket: BUCKET, Key })));

const NOTHING = document({ Effect: 'Deny', Action: 'nothing:Nothing', Resource: '*' });

beforeAll(async () => {
  const s3 = s3Of(rootOf(OTHER));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Key of ['blue/1.csv', 'red/1.csv']) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
  }
});

describe('a grant on a role of another account', () => {
  test('vends keys that reach only what the grant names', async () => {
    const { credentials } = await vend(await tester(), REPORTS);
    expect(await get(credentials, 'blue/1.csv')).toBeNull();
    expect(await get(credentials, 'red/1.csv')).toBe('AccessDenied');
    expect(await refusal(s3Of(credentials).send(new ListBucketsCommand({})))).toBe('AccessDenied');
  });

  test('is revoked: its keys stop working, those of another grant do not', async () => {
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
  test('cannot be assumed by administrators or roots of either account', async () => {
    const { accountId } = stack();
    const others = [
      rootOf(OTHER),
      rootOf(accountId),
      await administratorOf(OTHER),
      await administratorOf(accountId),
    ];
    for (const credentials of others)
      expect(await refusal(assume(credentials, KILL_ROLE))).toBe('AccessDenied');
  });

  test('cannot be assumed by the vend role or with vended keys', async () => {
    const { accountId } = stack();
    const vendRole = await trustingRoot(accountId, 'ValetKey-vend', () =>
      assume(rootOf(accountId), `arn:aws:iam::${accountId}:role/ValetKey-vend`),
    );
    expect(await refusal(assume(vendRole, KILL_ROLE))).toBe('AccessDenied');
    const { credentials } = await vend(await tester(), REPORTS);
    expect(await refusal(assume(credentials, KILL_ROLE))).toBe('AccessDenied');
  });

  test('may write inline policies of the vendable roles and nothing else', async () => {
    const killRole = await trustingRoot(OTHER, 'ValetKey-kill', () =>
      assume(rootOf(OTHER), KILL_ROLE),
    );
    const iam = iamOf(killRole);
    const RoleName = 'reports';
    const PolicyName = 'a-test';
    const put = { PolicyName, PolicyDocument: ALL };
    expect(await refusal(iam.send(new PutRolePolicyCommand({ RoleName, ...put })))).toBeNull();
    expect(await refusal(iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })))).toBeNull();
    const remove = new DeleteRolePolicyCommand({ RoleName, PolicyName });
    expect(await refusal(iam.send(remove))).toBeNull();

    const bystander = { RoleName: 'bystander', AssumeRolePolicyDocument: document() };
    await iamOf(rootOf(OTHER)).send(new CreateRoleCommand(bystander));
    const everything = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const attempts = [
      iam.send(new PutRolePolicyCommand({ RoleName: 'bystander', ...put })),
      iam.send(new PutRolePolicyCommand({ RoleName: 'ValetKey-kill', ...put })),
      iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: everything })),
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: document() })),
      iam.send(new CreateRoleCommand({ ...bystander, RoleName: 'another' })),
      s3Of(killRole).send(new ListBucketsCommand({})),
    ];
    for (const attempt of attempts) expect(await refusal(attempt)).toBe('AccessDenied');
  });
});

describe('the boundary of the other account', () => {
  test('stops a role with all rights from undoing the kill switch', async () => {
    const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` } };
    // A role with all permissions under the stack's boundary, as a careless author might create it.
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
    const careless = await assume(rootOf(OTHER), `arn:aws:iam::${OTHER}:role/careless`);
    expect(await refusal(s3Of(careless).send(new ListBucketsCommand({})))).toBeNull();
    const undo = { RoleName: 'reports', PolicyName: 'a-probe' };
    await iam.send(new PutRolePolicyCommand({ ...undo, PolicyDocument: NOTHING }));
    expect(await refusal(iamOf(careless).send(new DeleteRolePolicyCommand(undo)))).toBe(
      'AccessDenied',
    );
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
      'accounts',
      'check',
      '--policy',
      '.valetkey/test-policy',
      '--broker-account',
      stack().accountId,
      ...more,
    );

  test('finds no differences in either account', async () => {
    const [other, own] = await Promise.all([check(OTHER), check(stack().accountId, '--json')]);
    expect(other).toMatchObject({
      code: 0,
      out: `account ${OTHER} matches (2 roles checked)\n`,
    });
    const { differences, checked, ...answer } = JSON.parse(own.out) as {
      readonly differences: readonly { readonly arn: string }[];
      readonly checked: readonly string[];
    };
    expect(answer).toMatchObject({ account: stack().accountId });
    expect(checked).toContain(`arn:aws:iam::${stack().accountId}:role/valetkey/artifacts`);
    // Another test deletes the first of these roles, and a third bootstraps and checks the others.
    const elsewhere = /\/(doomed$|cdk-shop1-)/;
    expect(differences.filter(({ arn }) => !elsewhere.test(arn))).toEqual([]);
  });

  test('reports a trust policy that lets another principal in', async () => {
    const { code, out } = await trustingRoot(OTHER, 'ValetKey-kill', () => check(OTHER));
    expect(code).toBe(1);
    expect(out).toContain(
      `${KILL_ROLE}: its trust policy lacks: allow sts:AssumeRole by arn:aws:iam`,
    );
    expect(out).toContain(
      `its trust policy should not have: allow sts:AssumeRole by the account ${OTHER}`,
    );
    expect(out).toMatch(/does not match: 2 differences \(2 roles checked\)\n$/);
  });

  test('checks nothing, and says so, if the bundle names no role of the account', async () => {
    const { code, err } = await check('333333333333');
    expect(code).toBe(2);
    expect(err).toContain(
      'Your credentials are for account 333333333333, which has no target roles.',
    );
    expect(err).toContain(`The bundle has target roles in: ${stack().accountId}, ${OTHER}.`);
  });
});
