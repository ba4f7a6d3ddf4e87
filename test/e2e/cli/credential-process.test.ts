import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Home } from '../../support/run-command.ts';
import { MFA } from '../grant-actions.ts';
import { fillBucket, person } from '../support.ts';
import { ARTIFACTS_ARGS, json, shellOf } from './support.ts';

/** `valetkey credential-process` as SDKs run it. */

let shell: Home;
beforeAll(fillBucket);
beforeEach(async () => {
  shell = await shellOf(['platform', 'developers'], MFA);
});
afterEach(() => shell.remove());

const run = (more: readonly string[] = [], env = {}) =>
  shell.run(['credential-process', ...ARTIFACTS_ARGS, ...more], env);

async function grantsMade(): Promise<number> {
  const { out } = await shell.run(['requests', '--json']);
  return json<readonly unknown[]>(out).length;
}

describe('stdout', () => {
  test('has the documented JSON and nothing else', async () => {
    const { code, out, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(json(out)).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  test('is empty after an error', async () => {
    const args = ['credential-process', 'orders-read', '--for', '15m', '--reason', 'x'];
    const { code, out, err } = await shell.run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('-p table is missing');
  });
});

describe('a second call', () => {
  test('is answered from the cache, which only the user can read', async () => {
    const first = await run();
    expect((await run()).out).toBe(first.out);
    expect(await grantsMade()).toBe(1);
    const folder = join(shell.folder, 'valetkey', 'cache');
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
  });

  test('at the same time gets the same grant and session', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => run()));
    expect(new Set(all.map(({ out }) => out)).size).toBe(1);
    expect(await grantsMade()).toBe(1);
  });

  test('for another request or as another user has another answer', async () => {
    const first = await run();
    const narrower = await run(['--action', 's3:GetObject']);
    const other = await run([], { VALETKEY_TOKEN: await person(['platform']) });
    expect(new Set([first.out, narrower.out, other.out]).size).toBe(3);
  });

  test('does not get credentials that expire soon', async () => {
    const first = await run();
    const folder = join(shell.folder, 'valetkey', 'cache');
    const [name = ''] = readdirSync(folder);
    const cached = json(readFileSync(join(folder, name), 'utf8'));
    writeFileSync(join(folder, name), JSON.stringify({ ...cached, until: Date.now() }));
    const second = await run();
    expect(second.out).not.toBe(first.out);
    expect(await grantsMade()).toBe(1);
  });

  test('does not get credentials of a released grant', async () => {
    const first = await run();
    expect((await shell.run(['release'])).code).toBe(0);
    const second = await run();
    expect({ code: second.code, same: second.out === first.out }).toEqual({ code: 0, same: false });
    expect(await grantsMade()).toBe(2);
  });

  test('ignores the cache if the clock was set back or the file is damaged', async () => {
    const first = await run();
    const folder = join(shell.folder, 'valetkey', 'cache');
    const [name = ''] = readdirSync(folder);
    const file = join(folder, name);
    const cached = json(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...cached, from: Date.now() + 60_000 }));
    expect((await run()).out).not.toBe(first.out);
    writeFileSync(file, '{"from":');
    expect((await run()).code).toBe(0);
  });
});

describe('a request that needs approval', () => {
  const TABLE = ['credential-process', 'database-admin', '-p', 'table=orders', '--for', '15m'];

  test('is neither sent nor waited for', async () => {
    const begun = performance.now();
    const { code, out, err } = await shell.run([...TABLE, '--reason', 'x']);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toContain('valetkey request database-admin');
    expect(await grantsMade()).toBe(0);
  });

  test('succeeds under a grant that was approved', async () => {
    const request = ['request', 'database-admin', '-p', 'table=orders', '--for', '15m'];
    const { out } = await shell.run([...request, '--reason', 'x', '--json']);
    const { id } = json<{ id: string }>(out);
    await shell.run(['approve', id], { VALETKEY_TOKEN: await person(['database'], MFA) });
    expect((await shell.run([...TABLE, '--reason', 'x'])).code).toBe(0);
    expect(await grantsMade()).toBe(1);
  });
});

test('without write access there are credentials, and a warning', async () => {
  const file = join(shell.folder, 'a-file');
  writeFileSync(file, '');
  const { code, out, err } = await run([], { VALETKEY_HOME: join(file, 'valetkey') });
  expect({ code, version: json(out)['Version'] }).toEqual({ code: 0, version: 1 });
  expect(err).toContain('not cached');
});

test('does not get credentials of a grant that was revoked elsewhere, after a minute', async () => {
  const first = await run();
  const [grant] = json<readonly { id: string }[]>((await shell.run(['requests', '--json'])).out);
  // On another machine: this one does not notice.
  const elsewhere = { VALETKEY_HOME: join(shell.folder, 'elsewhere') };
  expect((await shell.run(['revoke', grant?.id ?? ''], elsewhere)).code).toBe(0);
  expect((await run()).out).toBe(first.out);
  const folder = join(shell.folder, 'valetkey', 'cache');
  const [name = ''] = readdirSync(folder);
  let answer = first.out;
  // A broker that does not answer in time leaves the keys as they are.
  while (answer === first.out) {
    const cached = json(readFileSync(join(folder, name), 'utf8'));
    const aMinuteAgo = { ...cached, from: 0, checkedAt: Date.now() - 61_000 };
    writeFileSync(join(folder, name), JSON.stringify(aMinuteAgo));
    answer = (await run()).out;
  }
  expect(json(answer)).toMatchObject({ Version: 1 });
  expect(await grantsMade()).toBe(2);
});

test('profile add writes a command that a shell runs, and doctor finds keys that take precedence', async () => {
  const add = ['profile', 'add', 'releases', ...ARTIFACTS_ARGS, '--region', 'us-east-1'];
  expect((await shell.run(add)).code).toBe(0);
  const config = readFileSync(join(shell.folder, 'aws-config'), 'utf8');
  const command = /^credential_process = (.*)$/m.exec(config)?.[1] ?? '';
  // As a tool that was not started from a shell runs it: the broker is part of the saved request.
  const { VALETKEY_TOKEN: token = '' } = shell.env;
  const env = { PATH: '/usr/bin:/bin', HOME: shell.folder, VALETKEY_TOKEN: token };
  const out = execFileSync('/bin/sh', ['-c', command], { env, encoding: 'utf8' });
  expect(json(out)).toMatchObject({ Version: 1 });

  writeFileSync(join(shell.folder, 'aws-credentials'), '[releases]\naws_access_key_id = AKIDOLD\n');
  const doctor = await shell.run(['doctor']);
  expect({ code: doctor.code, out: doctor.out }).toEqual({
    code: 1,
    out: expect.stringContaining('static keys of the same name take precedence'),
  });
});
