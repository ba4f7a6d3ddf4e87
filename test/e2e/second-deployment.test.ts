import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as responses from '../../core/api/responses.ts';
import { KILL_SWITCH_POLICY } from '../../core/kill/deny-policy.ts';
import { ACCOUNT } from '../../local/emulator.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { OTHER } from './second-account.ts';
import { type Credentials, type Grant, refusal, tokenFor, until } from './support.ts';

/**
 * The broker is deployed again, on a stack of its own, with a bundle that names none of the roles under
 * which keys still work: what was vended can be ended all the same, and nothing of it stays.
 */

const ROLES = {
  removed: `arn:aws:iam::${ACCOUNT}:role/valetkey/removed`,
  moved: `arn:aws:iam::${ACCOUNT}:role/elsewhere/moved`,
  abroad: `arn:aws:iam::${OTHER}:role/valetkey/abroad`,
};
type Id = keyof typeof ROLES;
const IDS = Object.keys(ROLES) as readonly Id[];
/** Longer than a deployment takes, and short enough to wait for the end of its keys. */
const SECONDS = 150;

const folder = mkdtempSync(join(tmpdir(), 'valetkey-second-'));
let stack: LocalStack;
let token = '';

function bundle(name: string, roles: Readonly<Record<string, string>>): string {
  const policy = join(folder, name);
  mkdirSync(join(policy, 'entitlements'), { recursive: true });
  mkdirSync(join(policy, 'policies'));
  const write = (file: string, text: string) => writeFileSync(join(policy, file), text);
  write(
    'issuers.yaml',
    `issuers:
  - { id: people, type: User, url: 'https://login.acme.example', audience: valetkey,
      clientId: valetkey-cli, subject: [sub], name: email, groups: groups }\n`,
  );
  for (const [id, role] of Object.entries(roles)) {
    write(
      `entitlements/${id}.yaml`,
      `id: ${id}
title: List buckets
risk: low
target: ${role}
maxDuration: 1h
statements: [{ Effect: Allow, Action: s3:ListAllMyBuckets, Resource: '*' }]
acknowledged: { no-job: A test needs no more. }\n`,
    );
  }
  write(
    'policies/all.cedar',
    `@id("testers")
permit (
  principal in ValetKey::Group::"people:testers",
  action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"],
  resource
);\n`,
  );
  return policy;
}

beforeAll(async () => {
  const policyDir = bundle('first', ROLES);
  stack = await startStack({ stateDir: join(folder, 'state'), policyDir, log: () => undefined });
  token = await tokenFor('people', { sub: 'ana', groups: ['testers'] }, stack.state);
}, 240_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${stack.state.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return answer.json();
}

async function vend(entitlement: Id) {
  const body = { entitlement, durationSeconds: SECONDS, justification: 'a test' };
  return responses.vended.parse(await call('POST', '/v1/credentials', body));
}

const aws = (account: string = ACCOUNT) => ({
  endpoint: stack.state.emulatorUrl,
  region: stack.state.region,
  credentials: { accessKeyId: account, secretAccessKey: 'local' },
});
const works = async ({ expiration: _, ...credentials }: Credentials): Promise<boolean> => {
  const s3 = new S3Client({ ...aws(), credentials });
  return (await refusal(s3.send(new ListBucketsCommand({})))) === null;
};
const read = async ({ id }: Grant): Promise<Grant> =>
  responses.grant.parse(await call('GET', `/v1/grants/${id}`));

/** The kill switch of a role, as IAM has it. */
async function policyOf(role: string): Promise<string | null> {
  const [, , , , account = ''] = role.split(':');
  const command = new GetRolePolicyCommand({
    RoleName: role.split('/').at(-1),
    PolicyName: KILL_SWITCH_POLICY,
  });
  const found = await new IAMClient(aws(account)).send(command).catch(() => null);
  return found === null ? null : decodeURIComponent(found.PolicyDocument ?? '');
}

/** What the table has about roles. */
async function rowsOfRoles(): Promise<readonly string[]> {
  const table = { TableName: stack.state.tableName, ProjectionExpression: 'pk, sk' };
  const { Items = [] } = await new DynamoDBClient(aws()).send(new ScanCommand(table));
  return Items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).filter((key) => key.startsWith('ROLE#'));
}

/** Runs the sweep now, and not in two minutes. */
async function sweep(): Promise<void> {
  const lambda = new LambdaClient(aws());
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const FunctionName = Functions.map((one) => one.FunctionName ?? '').find((name) =>
    name.includes('sweep'),
  );
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName }));
  expect(FunctionError).toBeUndefined();
}

test('an entitlement is removed, another changes its target, an account loses its last one', async () => {
  const [ended, ...vended] = [await vend('moved'), ...(await Promise.all(IDS.map(vend)))];
  expect(await Promise.all(vended.map(({ credentials }) => works(credentials)))).toEqual([
    true,
    true,
    true,
  ]);
  // This deny stands while the next bundle is deployed.
  await call('POST', `/v1/grants/${ended.grant.id}/revoke`, {});
  await until(
    'the revocation',
    async () => ((await works(ended.credentials)) ? null : true),
    30_000,
  );

  await stack.redeploy({
    policyDir: bundle('second', { moved: `arn:aws:iam::${ACCOUNT}:role/valetkey/target` }),
  });

  // The sweep ends what the new bundle no longer grants; the keys die long before they expire.
  await sweep();
  const states = async () => Promise.all(vended.map(({ grant }) => read(grant)));
  const revoked = async () =>
    (await states()).every(({ status }) => status === 'revoked') ? true : null;
  await until('the revocations', revoked, 60_000);
  for (const { grant, credentials } of vended) {
    expect(Date.now()).toBeLessThan(Date.parse(grant.expiresAt ?? ''));
    expect(await works(credentials)).toBe(false);
  }
  expect(await Promise.all(Object.values(ROLES).map(policyOf))).not.toContain(null);

  // When the keys have expired, nothing is left of them: no deny, no policy, no freeze, no alarm.
  const left = async () => {
    await sweep();
    const policies = await Promise.all(Object.values(ROLES).map(policyOf));
    return [...(await rowsOfRoles()), ...policies.filter((policy) => policy !== null)];
  };
  let found: readonly string[] = [];
  const clean = async () => {
    await sleep(1000);
    found = await left();
    return found.length === 0 ? true : null;
  };
  await until('the end of every deny', clean, (SECONDS + 150) * 1000).catch((error: Error) => {
    throw new Error(`${error.message}; left are ${found.join('\n')}`);
  });
}, 480_000);
