import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, expect, test } from '@jest/globals';
import { cdkCommand } from '../../local/cdk.ts';
import { ACCOUNT, REGION } from '../../local/emulator.ts';
import { awsClient, refusal, stack } from './support.ts';

/**
 * The first deployment of a broker fails after everything in it was made. Nothing that keeps its data, or
 * has a name of its own, may be in the way of the second.
 */

const NAME = 'valetkey-first';
const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
const cdk = cdkCommand(folder, AbortSignal.timeout(400_000));
const config = join(folder, 'valetkey.yaml');
writeFileSync(
  config,
  JSON.stringify({
    ...{ stackName: NAME, account: ACCOUNT, region: REGION },
    policy: resolve('policy'),
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A policy for that role, which IAM refuses. */
const refused = (role: string) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: 'refused',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Perhaps', Action: 's3:GetObject', Resource: '*' }],
    },
    Roles: [{ Ref: role }],
  },
});

async function synthesised(name: string): Promise<string> {
  const assembly = join(folder, name);
  await cdk(['synth', '--quiet', '--output', assembly, '-c', `config=${config}`]);
  return assembly;
}

/** Adds a resource that IAM refuses when all others are there. The template gets a hash of its own. */
function doom(assembly: string): void {
  const file = join(assembly, 'ValetKey.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  };
  const { Resources } = template;
  const ids = Object.keys(Resources);
  const role = ids.find((id) => Resources[id]?.Type === 'AWS::IAM::Role') ?? '';
  const Doomed = { ...refused(role), DependsOn: ids };
  writeFileSync(file, JSON.stringify({ ...template, Resources: { ...Resources, Doomed } }));
  const manifest = readFileSync(join(assembly, 'ValetKey.assets.json'), 'utf8');
  const { files } = JSON.parse(manifest) as {
    readonly files: Record<string, { readonly source: { readonly path: string } }>;
  };
  const hash = Object.keys(files).find(
    (key) => files[key]?.source.path === 'ValetKey.template.json',
  );
  for (const name of readdirSync(assembly).filter((entry) => entry.endsWith('.json'))) {
    const path = join(assembly, name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(hash ?? 'no hash', 'd'.repeat(64)));
  }
}

const deploy = (assembly: string): Promise<string> =>
  cdk(
    ['deploy', 'ValetKey', '--app', assembly, '--require-approval', 'never', '--progress=events'],
    { url: stack().emulatorUrl },
  );

async function status(): Promise<string | undefined> {
  const client = new CloudFormationClient(awsClient());
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: NAME }));
  return Stacks[0]?.StackStatus;
}

test('a first deployment that fails at its end does not block the next', async () => {
  const doomed = await synthesised('doomed');
  doom(doomed);
  expect(await refusal(deploy(doomed))).not.toBeNull();
  expect(await status()).toBe('ROLLBACK_COMPLETE');
  await deploy(await synthesised('sound'));
  expect(await status()).toBe('CREATE_COMPLETE');
  await cdk(['destroy', 'ValetKey', 'ValetKeyState', '--force', '--app', join(folder, 'sound')], {
    url: stack().emulatorUrl,
  });
}, 400_000);
