import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDevIssuers } from '../../local/dev-issuers.ts';
import { inheritable } from '../../local/emulator.ts';
import { stack } from './support.ts';

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

async function accept(args: readonly string[], input = '') {
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
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, output };
}

test('a run deploys, passes every check, and takes everything away', async () => {
  const { code, output } = await accept(['--yes']);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('none failed') });
  expect(output).toContain('everything that the run made is gone');
}, 420_000);
