import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';
import { pythonEnvironment } from '../../local/python.ts';
import { shellOf } from '../e2e/cli/support.ts';
import { BUCKET, fillBucket } from '../e2e/support.ts';
import type { Home } from '../support/run-command.ts';

/**
 * Unchanged AWS clients get their credentials from the command in both ways, and work across a renewal.
 * Needs PyPI and the Go module proxy, so it is not part of `npm test`.
 */

const HERE = fileURLToPath(new URL('.', import.meta.url));
const KEY = 'releases/1/app.tgz';
const REQUEST = ['artifacts-read', '-p', 'prefix=releases/1', '--reason', 'a test', '--for'];
const PROFILE_ARGS = ['profile', 'add', 'default', ...REQUEST, '6s', '--region', 'us-east-1'];

let shell: Home;
/** The folder of the programs in the Python environment. */
let bin = '';
let goClient = '';

beforeAll(async () => {
  await fillBucket();
  shell = await shellOf(['platform']);
  const requirements = join(HERE, 'requirements.txt');
  const python = await pythonEnvironment({ name: 'clients', requirements }, () => undefined);
  bin = join(python, '..');
  goClient = join(shell.folder, 'go-client');
  const what = 'Building the Go client';
  await run('go', ['build', '-o', goClient, '.'], { cwd: join(HERE, 'go'), what });
}, 300_000);
afterAll(() => shell.remove());

/** Each takes a second or more: longer than the grant, which is extended meanwhile. */
const READS = '16';

const CLIENTS: Readonly<Record<string, () => readonly string[]>> = {
  'AWS CLI': () => ['sh', join(HERE, 'read-objects.sh'), BUCKET, KEY, READS],
  boto3: () => [join(bin, 'python'), join(HERE, 'read_objects.py'), BUCKET, KEY, READS],
  'AWS SDK for JavaScript': () => [
    process.execPath,
    join(HERE, '../e2e/cli/read-objects.mjs'),
    BUCKET,
    KEY,
    READS,
    '1000',
  ],
  'AWS SDK for Go': () => [goClient, BUCKET, KEY, READS],
};

/** All calls were allowed, with more than one access key: there was a renewal. */
function expectRenewed(out: string): void {
  const lines = out.trim().split('\n');
  expect(lines.filter((line) => !/^allowed with [A-Z0-9]{4,}$/.test(line))).toEqual([]);
  expect(lines).toHaveLength(Number(READS));
  expect(new Set(lines).size).toBeGreaterThan(1);
}

describe.each(Object.keys(CLIENTS))('%s', (name) => {
  const command = (): readonly string[] => CLIENTS[name]?.() ?? [];
  const env = () => ({ PATH: `${bin}:${process.env['PATH']}` });

  test('gets credentials from the container endpoint of exec, and renews them', async () => {
    const running = shell.start(['exec', ...REQUEST, '12s', '--', ...command()], env());
    await running.says(/allowed with/);
    const { out } = await shell.run(['requests', '--status', 'active', '--json']);
    const [grant] = JSON.parse(out) as readonly { readonly id: string }[];
    const extended = await shell.run(['extend', grant?.id ?? '', '--for', '20m', '--reason', 'x']);
    expect(extended.code).toBe(0);
    expectRenewed((await running.finished).out);
  });

  test('gets credentials from credential_process, and runs it again when they expire', async () => {
    writeFileSync(join(shell.folder, 'aws-config'), '');
    expect((await shell.run(PROFILE_ARGS)).code).toBe(0);
    const [program = '', ...args] = command();
    const out = await run(program, args, {
      env: { ...shell.env, ...env(), HOME: shell.folder },
      what: name,
    });
    expectRenewed(out);
  });
});
