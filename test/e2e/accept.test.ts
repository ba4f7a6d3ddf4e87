import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDevIssuers } from '../../local/dev-issuers.ts';
import { inheritable } from '../../local/emulator.ts';
import { awsClient, stack, until } from './support.ts';

/** `npm run accept`, on the emulator: with tokens of a development issuer, which AWS signs on a real account. */

const folder = mkdtempSync(join(tmpdir(), 'valetkey-accept-'));
let issuers: Awaited<ReturnType<typeof startDevIssuers>>;

beforeAll(async () => {
  writeFileSync(
    join(folder, 'issuers.yaml'),
    'issuers: [{ id: aws, type: Workload, audience: x }]\n',
  );
  issuers = await startDevIssuers(folder);
});
afterAll(async () => {
  await issuers.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(args: readonly string[], input = '') {
  const { emulatorUrl, region, accountId } = stack();
  const program = ['tools/accept.ts', '--dev-issuer', issuers.urls['aws'] ?? '', ...args];
  const child = spawn(process.execPath, program, {
    env: {
      ...inheritable(process.env),
      AWS_ENDPOINT_URL: emulatorUrl,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accountId,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  child.stdin.end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const result = ended.then((code) => ({ code, output }));
  return { result, interrupt: () => child.kill('SIGINT') };
}

/** The names of all stacks of the runs. */
async function stacks(): Promise<readonly (string | undefined)[]> {
  const { Stacks = [] } = await new CloudFormationClient(awsClient()).send(
    new DescribeStacksCommand(),
  );
  const names = Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  return names.map(({ StackName }) => StackName).filter((name) => name?.startsWith('vk-accept'));
}

test('everything is listed first, and without a yes nothing is created', async () => {
  const { code, output } = await start([], 'no\n').result;
  expect(output).toMatch(/the stack vk-accept-\w{8}\n(?: +\d+ [\w:]+\n)+/);
  expect(output).toMatch(/\n +1 DynamoDB::Table\n/);
  expect(output).toContain('the bucket vk-accept-');
  expect(output).toContain('Nothing was created.');
  expect(code).toBe(1);
  expect(await stacks()).toEqual([]);
}, 240_000);

test('what was made is taken away also after Ctrl-C', async () => {
  const run = start(['--yes']);
  const begun = async () => ((await stacks()).length > 0 ? true : null);
  await until('a stack', begun, 240_000).finally(run.interrupt);
  const { code, output } = await run.result;
  expect(output).toContain('everything that the run made is gone');
  expect(code).toBe(1);
  expect(await stacks()).toEqual([]);
}, 420_000);

test('a run deploys, passes every check, and takes everything away', async () => {
  const { code, output } = await start(['--yes']).result;
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('none failed') });
  expect(output).toContain('everything that the run made is gone');
  expect(await stacks()).toEqual([]);
}, 900_000);
