import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';
import { newHome } from '../support/run-command.ts';
import { act, untilStatus } from './grant-actions.ts';
import { awsClient, CI_CLAIMS, type Credentials, stack, tokenFor, vend } from './support.ts';

/** A CI job deploys a CDK app under vended keys, in both ways that docs/cdk-deploy.md describes. */

const CDK = resolve('node_modules/aws-cdk/bin/cdk');
const APP = `${process.execPath} ${resolve('test/e2e/sample-app/app.mjs')}`;
const folder = mkdtempSync(join(tmpdir(), 'valetkey-cdk-'));
let token = '';

const assembly = (way: string, version = '1'): string => join(folder, `${way}-${version}`);
const synth = (way: string, version = '1'): Promise<string> =>
  run(
    process.execPath,
    [
      CDK,
      'synth',
      '--quiet',
      '--no-notices',
      '--app',
      APP,
      '--output',
      assembly(way, version),
      '-c',
      `way=${way}`,
      '-c',
      `version=${version}`,
    ],
    { cwd: folder, env: environment() },
  );

beforeAll(async () => {
  token = await tokenFor('github', CI_CLAIMS);
  await synth('direct');
  await synth('direct', '2');
  await synth('roles');
  await synth('roles', '2');
  await bootstrapForOneStack();
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function environment(credentials?: Omit<Credentials, 'expiration'>): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CI: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_ENDPOINT_URL: stack().emulatorUrl,
    AWS_REGION: stack().region,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(credentials !== undefined && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    }),
  };
}

/**
 * Bootstraps the app as docs/cdk-deploy.md says: with CDK's template, changed by `valetkey accounts
 * bootstrap`.
 */
async function bootstrapForOneStack(): Promise<void> {
  const home = newHome();
  const template = await run(process.execPath, [CDK, 'bootstrap', '--show-template'], {
    cwd: folder,
    env: environment(),
  });
  const args = ['accounts', 'bootstrap', START_ROLE, 'ShopRoles'];
  const { code, out, err } = await home.run(args, {}, template);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  home.remove();
  const file = join(folder, 'bootstrap.yaml');
  writeFileSync(file, out);
  const { accountId, region } = stack();
  const cdk = [CDK, 'bootstrap', `aws://${accountId}/${region}`, '--template', file];
  const named = ['--qualifier', 'shop1', '--toolkit-stack-name', 'CDKToolkit-shop'];
  await run(process.execPath, [...cdk, ...named, '--no-notices'], {
    cwd: folder,
    env: environment(ROOT),
  });
}

const START_ROLE = 'arn:aws:iam::000000000000:role/valetkey/sample-app-start';
const ROOT = { accessKeyId: '000000000000', secretAccessKey: 'x', sessionToken: 'x' };

const deployArgs = (name: string, where: string) => [
  CDK,
  'deploy',
  name,
  '--app',
  where,
  '--require-approval',
  'never',
  '--no-notices',
];

/** Runs `cdk deploy`. Returns null on success, else its error. */
function deploy(name: string, where: string, credentials: Credentials): Promise<string | null> {
  const args = deployArgs(name, where);
  return run(process.execPath, args, { cwd: folder, env: environment(credentials) }).then(
    () => null,
    (error: unknown) => String(error),
  );
}

/** The version that is deployed: the value of the stack's parameter. */
async function deployedVersion(name: string): Promise<string | undefined> {
  const ssm = new SSMClient(awsClient());
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `/${name}/version` }));
  return Parameter?.Value;
}

const JOB = { durationSeconds: 900, justification: 'deploy' };

describe.each([
  [
    'with the keys themselves',
    'direct',
    'Shop',
    'Pay',
    {
      entitlement: 'sample-app-deploy',
      parameters: { stack: 'Shop' },
      ...JOB,
    },
  ],
  [
    'through bootstrap roles',
    'roles',
    'ShopRoles',
    'PayRoles',
    {
      entitlement: 'sample-app-roles',
      ...JOB,
    },
  ],
])('%s', (_, way, own, other, body) => {
  test('the job deploys its own stack, and IAM refuses another one', async () => {
    const { credentials } = await vend(token, body);
    expect(await deploy(own, assembly(way), credentials)).toBeNull();
    expect(await deploy(other, assembly(way), credentials)).toMatch(
      /not authorized to perform: cloudformation:|explicit deny/,
    );
  });

  test('a revoked grant stops the next deploy', async () => {
    const { grant, credentials } = await vend(token, body);
    expect((await act(token, grant.id, 'revoke')).status).toBe(200);
    await untilStatus(token, grant.id, 'revoked');
    expect(await deploy(own, assembly(way, '2'), credentials)).not.toBeNull();
    expect(await deployedVersion(own)).toBe('1');
  });
});

test('accounts check finds no differences in the bootstrap', async () => {
  const home = newHome();
  const { accountId } = stack();
  const args = ['--policy', resolve('.valetkey/test-policy'), '--broker-account', accountId];
  const { AWS_SESSION_TOKEN: _, ...root } = environment(ROOT);
  const { out } = await home.run(['accounts', 'check', ...args, '--json'], root);
  expect(JSON.parse(out)).toMatchObject({
    checked: expect.arrayContaining([expect.stringContaining('/cdk-shop1-deploy-role-')]),
    differences: expect.not.arrayContaining([
      expect.objectContaining({ arn: expect.stringContaining('/cdk-shop1-') }),
    ]),
  });
  home.remove();
});

test('valetkey ci exec runs the deployment', async () => {
  const home = newHome();
  const { code, err } = await home.run(
    [
      'ci',
      'exec',
      'sample-app-deploy',
      '-p',
      'stack=Shop',
      '--for',
      '15m',
      '--',
      process.execPath,
      ...deployArgs('Shop', assembly('direct', '2')),
    ],
    { ...environment(), VALETKEY_TOKEN: token, VALETKEY_BROKER: stack().apiUrl },
  );
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  expect(await deployedVersion('Shop')).toBe('2');
  home.remove();
});
