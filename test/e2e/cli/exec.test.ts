import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Home } from '../../support/run-command.ts';
import { MFA } from '../grant-actions.ts';
import { BUCKET, fillBucket, person } from '../support.ts';
import { ARTIFACTS_ARGS, json, shellOf } from './support.ts';

/** `valetkey exec` with commands that have no knowledge of Valet Key. */

const READER = fileURLToPath(new URL('read-objects.mjs', import.meta.url));
const read = (key: string, ...more: readonly string[]): readonly string[] => [
  '--',
  process.execPath,
  READER,
  BUCKET,
  key,
  ...more,
];
type Listed = readonly {
  readonly id: string;
  readonly status: string;
  readonly endReason: string;
}[];

let shell: Home;
beforeAll(async () => {
  await fillBucket();
  shell = await shellOf(['platform', 'developers'], MFA);
});
afterAll(() => shell.remove());

const exec = (...command: readonly string[]) => shell.run(['exec', ...ARTIFACTS_ARGS, ...command]);

async function lastGrant(home = shell): Promise<Listed[number]> {
  const { out } = await home.run(['requests', '--limit', '1', '--json']);
  const [last] = json<Listed>(out);
  if (last === undefined) throw new Error('there is no grant');
  return last;
}

describe('a command under exec', () => {
  test('can read what the grant allows, and nothing else', async () => {
    const inScope = await exec(...read('releases/1/app.tgz'));
    expect({ code: inScope.code, out: inScope.out, err: inScope.err }).toEqual({
      code: 0,
      out: expect.stringMatching(/^allowed with ASIA/),
      err: '',
    });
    expect((await exec(...read('releases/2/app.tgz'))).out).toMatch(/^AccessDenied/);
  });

  test('ends its grant when it ends, even if it fails', async () => {
    const { code } = await exec('--', 'sh', '-c', 'exit 7');
    expect(code).toBe(7);
    const { status, endReason } = await lastGrant();
    expect({ status, endReason }).toEqual({
      status: expect.stringMatching(/^revok/),
      endReason: 'released by the requester: the command ended',
    });
  });

  test('has no credentials in its environment, and no variable that would override them', async () => {
    const { out } = await shell.run(['exec', ...ARTIFACTS_ARGS, '--', 'env'], {
      AWS_ACCESS_KEY_ID: 'static',
      AWS_SECRET_ACCESS_KEY: 'static',
      AWS_PROFILE: 'other',
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/other',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/other',
    });
    const names = out.split('\n').map((line) => line.split('=')[0]);
    expect(names.filter((name) => name?.startsWith('AWS_')).toSorted()).toEqual([
      'AWS_CONFIG_FILE',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CREDENTIAL_PROFILES_FILE',
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'AWS_SHARED_CREDENTIALS_FILE',
    ]);
    expect(names).not.toContain('VALETKEY_TOKEN');
    expect(out).not.toMatch(/ASIA|static/);
  });

  test('leaves no credentials on disk', async () => {
    const { out } = await exec(...read('releases/1/app.tgz'));
    const accessKeyId = /ASIA\w+/.exec(out)?.[0] ?? 'none';
    const files = readdirSync(shell.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(shell.folder, name))
      .filter((path) => statSync(path).isFile());
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toContain(accessKeyId);
  });

  test('gets credentials as variables with --env', async () => {
    const { out } = await exec('--env', '--', 'env');
    expect(out).toMatch(/^AWS_ACCESS_KEY_ID=ASIA/m);
    expect(out).not.toMatch(/^AWS_CONTAINER/m);
  });

  test('does not use the credentials of the default profile, and keeps its other settings', async () => {
    writeFileSync(
      join(shell.folder, 'aws-credentials'),
      '[default]\naws_access_key_id = AKIDSTATIC\naws_secret_access_key = static\n',
    );
    const config = join(shell.folder, 'aws-config');
    writeFileSync(config, '[default]\nregion = us-east-1\ncredential_process = /bin/false\n');
    const { out, err } = await exec(...read('releases/1/app.tgz'));
    expect(out).toMatch(/^allowed with ASIA/);
    expect(err).toMatch(/hiding the keys in .*aws-credentials from the command\n/);
    expect(readFileSync(config, 'utf8')).toContain('/bin/false');
    const copy = await exec('--', 'sh', '-c', 'cat "$AWS_CONFIG_FILE"');
    expect(copy.out).toMatch(/^#.*\n\[default\]\nregion = us-east-1\n$/);
  });

  test('keeps the Region of the profile that is hidden', async () => {
    const config = join(shell.folder, 'aws-config-2');
    writeFileSync(config, '[profile other]\nregion = eu-west-3\ncredential_process = /bin/false\n');
    const env = { AWS_PROFILE: 'other', AWS_CONFIG_FILE: config, AWS_REGION: '' };
    const args = ['exec', ...ARTIFACTS_ARGS, '--', 'sh', '-c', 'echo "$AWS_REGION"'];
    const { AWS_REGION: _, ...without } = shell.env;
    expect((await shell.run(args, { ...without, ...env })).out).toBe('eu-west-3\n');
    expect((await shell.run(args, { ...env, AWS_REGION: 'us-east-1' })).out).toBe('us-east-1\n');
  });

  test('that is missing or cannot run has the exit code of shells', async () => {
    expect((await exec('--', 'no-such-command')).code).toBe(127);
    expect((await exec('--', '/')).code).toBe(126);
  });

  test('gets the signals that valetkey gets, and its exit code is kept', async () => {
    const script = 'trap "echo signal; exit 5" TERM; echo ready; while :; do sleep 0.1; done';
    const running = shell.start(['exec', ...ARTIFACTS_ARGS, '--', 'sh', '-c', script]);
    await running.says(/ready/);
    running.child.kill('SIGTERM');
    expect(await running.finished).toMatchObject({ code: 5, out: 'ready\nsignal\n' });
    const killed = await exec('--', 'sh', '-c', 'kill -9 $$');
    expect(killed.code).toBe(137);
    expect((await lastGrant()).status).toMatch(/^revok/);
  });
});

describe('while the command runs', () => {
  test('its credentials are renewed while the grant is active', async () => {
    const args = ['artifacts-read', '-p', 'prefix=releases/1', '--for', '15s', '--reason', 'x'];
    const running = shell.start(['exec', ...args, ...read('releases/1/app.tgz', '20', '1000')]);
    await running.says(/allowed/);
    const { id } = await lastGrant();
    const extended = await shell.run(['extend', id, '--for', '20m', '--reason', 'longer']);
    expect(extended.code).toBe(0);
    const { out } = await running.finished;
    const lines = out.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('allowed'))).toEqual([]);
    expect(new Set(lines).size).toBeGreaterThan(1);
  });

  test('a revocation kills its credentials, and the user learns who revoked', async () => {
    const running = shell.start([
      'exec',
      ...ARTIFACTS_ARGS,
      ...read('releases/1/app.tgz', '40', '500'),
    ]);
    await running.says(/allowed/);
    const { id } = await lastGrant();
    const security = await person(['security']);
    const revoked = await shell.run(['revoke', id, '--reason', 'odd'], {
      VALETKEY_TOKEN: security,
    });
    expect(revoked.code).toBe(0);
    const { out, err, code } = await running.finished;
    expect(out).toMatch(/AccessDenied/);
    expect(err).toMatch(new RegExp(`${id} had already ended: revoked by .*: odd`));
    expect(code).toBe(0);
  });
});

describe('a command that needs approval', () => {
  const TABLE = ['database-admin', '-p', 'table=orders', '--for', '15m', '--reason', 'repair'];

  test('waits, and runs after the approval', async () => {
    const running = shell.start(['exec', ...TABLE, '--', 'echo', 'runs']);
    const [, id = ''] = await running.says(/(gr_\w+) is waiting for approval \(0 of 1/);
    const approver = { VALETKEY_TOKEN: await person(['database'], MFA) };
    const listed = await shell.run(['requests', '--reviewable', '--json'], approver);
    expect(json<Listed>(listed.out).map((grant) => grant.id)).toContain(id);
    const voted = await shell.run(['approve', id, '--comment', 'go'], approver);
    expect({ code: voted.code, err: voted.err }).toEqual({ code: 0, err: '' });
    expect(await running.finished).toMatchObject({ code: 0, out: 'runs\n' });
  });

  test('does not run after a denial', async () => {
    const running = shell.start(['exec', ...TABLE, '--', 'echo', 'runs']);
    const [, id = ''] = await running.says(/(gr_\w+) is waiting/);
    const approver = { VALETKEY_TOKEN: await person(['database'], MFA) };
    await shell.run(['deny', id, '--comment', 'use the replica'], approver);
    const { code, out, err } = await running.finished;
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('use the replica');
  });

  test('is cancelled with Ctrl-C', async () => {
    const running = shell.start(['exec', ...TABLE, '--', 'echo', 'runs']);
    const [, id = ''] = await running.says(/(gr_\w+) is waiting/);
    running.child.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130, out: '' });
    const { out } = await shell.run(['status', id, '--json']);
    expect(json(out)).toMatchObject({ status: 'cancelled' });
  });
});

test('a denial by policy has the reason and advice', async () => {
  const args = ['artifacts-read', '-p', 'prefix=releases/1', '--for', '2h', '--reason', 'x'];
  const { code, err, out } = await shell.run(['exec', ...args, '--', 'echo', 'runs']);
  expect({ code, out }).toEqual({ code: 4, out: '' });
  expect(err).toMatch(/No policy permits|shorter|1h|hour/);
});

test('an invalid parameter is named as on the command line', async () => {
  const args = ['artifacts-read', '-p', 'prefix=*', '--for', '15m', '--reason', 'x'];
  const { code, err } = await shell.run(['request', ...args]);
  expect(code).toBe(2);
  expect(err).toMatch(/^valetkey: -p prefix /);
});
