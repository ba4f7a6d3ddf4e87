import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../local/issuer-client.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { stack } from '../support.ts';
import { ARTIFACTS_ARGS } from './support.ts';

/** Configuration and sign-in at a real OpenID provider. */

const LOGIN = { user: 'ana', groups: 'platform developers', mfa: 'on' };

async function configured(): Promise<Home> {
  const home = newHome();
  const done = await home.run(['configure', stack().apiUrl]);
  expect(done).toMatchObject({ code: 0 });
  return home;
}

async function signIn(home: Home, env = {}): Promise<string> {
  const login = home.start(['login', '--no-browser'], env);
  const [url] = await login.says(/http:\/\/127\.0\.0\.1:\d+\/people\/auth\?\S+/);
  const redirect = new URL(url).searchParams.get('redirect_uri') ?? '';
  const back = await new Browser().signIn(url, LOGIN, redirect);
  const page = await fetch(back);
  expect(await page.text()).toContain('You are signed in.');
  const { code, out, err } = await login.finished;
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
}

const tokenFiles = (home: Home): readonly string[] =>
  readdirSync(join(home.folder, 'valetkey', 'tokens')).map((name) =>
    join(home.folder, 'valetkey', 'tokens', name),
  );

describe('a user on a new machine', () => {
  let home: Home;
  beforeAll(async () => {
    home = await configured();
  });
  afterAll(() => home.remove());

  test('must sign in first, and the exit code says so', async () => {
    const { code, err } = await home.run(['list']);
    expect(code).toBe(3);
    expect(err).toContain('valetkey login');
  });

  test('needs only the URL of the broker, and signs in with the browser', async () => {
    expect(await signIn(home)).toContain('Signed in to default as ana@acme.example.');
    const { out } = await home.run(['whoami', '--json']);
    expect(JSON.parse(out)).toMatchObject({ id: 'people:ana', mfa: true });
  });

  test('has tokens in a file that only the user can read', () => {
    for (const file of tokenFiles(home)) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(home.folder, 'valetkey')).mode & 0o777).toBe(0o700);
  });

  test('does not sign in twice', async () => {
    const { out } = await home.run(['login']);
    expect(out).toContain('Already signed in');
  });

  test('refreshes an expired token once for many shells, without output', async () => {
    const [file = ''] = tokenFiles(home);
    const tokens = JSON.parse(readFileSync(file, 'utf8')) as { obtainedAt: number };
    writeFileSync(file, JSON.stringify({ ...tokens, obtainedAt: tokens.obtainedAt - 3_600_000 }));
    // The provider rotates refresh tokens: a second use of the old one would end the sign-in.
    const shells = Array.from({ length: 5 }, () => home.run(['whoami', '--json']));
    for (const { code, err } of await Promise.all(shells)) {
      expect({ code, err }).toEqual({ code: 0, err: '' });
    }
    expect((await home.run(['whoami'])).code).toBe(0);
  });

  test('must sign in again if the token cannot be refreshed, which is then deleted', async () => {
    const [file = ''] = tokenFiles(home);
    const tokens = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...tokens, obtainedAt: 0, refreshToken: 'used-up' }));
    const first = await home.run(['list']);
    expect(first.code).toBe(3);
    expect(first.err).toContain('has expired');
    expect(tokenFiles(home)).toEqual([]);
  });

  test('opens one browser if two shells sign in at the same time', async () => {
    await home.run(['logout']);
    const first = home.start(['login', '--no-browser']);
    const [url] = await first.says(/http:\/\/127\.0\.0\.1:\d+\/people\/auth\?\S+/);
    const second = home.start(['login', '--no-browser']);
    const redirect = new URL(url).searchParams.get('redirect_uri') ?? '';
    await fetch(await new Browser().signIn(url, LOGIN, redirect));
    expect((await first.finished).out).toContain('Signed in');
    const { code, out, err } = await second.finished;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Already signed in');
  });

  test('has neither tokens nor cached credentials after the sign-out', async () => {
    const args = ['credential-process', ...ARTIFACTS_ARGS];
    expect((await home.run(args)).code).toBe(0);
    const cache = join(home.folder, 'valetkey', 'cache');
    expect(readdirSync(cache)).not.toEqual([]);
    await home.run(['logout']);
    expect(tokenFiles(home)).toEqual([]);
    expect(existsSync(cache)).toBe(false);
    expect((await home.run(args)).code).toBe(3);
    expect((await home.run(['whoami'])).code).toBe(3);
  });
});

test('a remote shell can sign in on another device', async () => {
  const home = await configured();
  const login = home.start(['login', '--device']);
  const [, url = ''] = await login.says(/or open (\S+)/);
  await new Browser().signIn(url, LOGIN);
  const { code, out } = await login.finished;
  expect({ code, out }).toEqual({ code: 0, out: 'Signed in to default as ana@acme.example.\n' });
  home.remove();
});

test('with a keychain, the file cannot be used without it', async () => {
  const home = await configured();
  const bin = join(home.folder, 'bin');
  mkdirSync(bin);
  // A fake of libsecret's tool, which stores its input and returns it.
  const tool = `#!/bin/sh\ncase $1 in store) cat > "${bin}/kept";; lookup) cat "${bin}/kept";; esac\n`;
  writeFileSync(join(bin, 'secret-tool'), tool);
  chmodSync(join(bin, 'secret-tool'), 0o755);
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null',
  };
  await signIn(home, env);
  const [file = ''] = tokenFiles(home);
  expect(readFileSync(file, 'utf8')).toMatch(/^sealed:[A-Za-z0-9+/=]+$/);
  expect((await home.run(['whoami'], env)).code).toBe(0);
  writeFileSync(join(bin, 'kept'), 'ab'.repeat(32));
  expect((await home.run(['whoami'], env)).code).toBe(3);
  home.remove();
});
