import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startDevIssuers } from '../../../local/dev-issuers.ts';
import { Browser } from '../../local/issuer-client.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { type FakeServer, fakeServer } from '../fake-server.ts';

/** `login` at a provider whose tokens for an API need a scope, as those of Entra ID do. */

const SCOPE = 'api://valetkey/use';
const WHO = { user: 'ana', groups: 'platform', mfa: 'on' };
const folder = mkdtempSync(join(tmpdir(), 'valetkey-login-'));
let provider: Awaited<ReturnType<typeof startDevIssuers>>;
let broker: FakeServer;
let home: Home;

beforeAll(async () => {
  const entry = {
    ...{ id: 'staff', type: 'User', url: 'https://login.acme.example', audience: 'valetkey' },
    ...{ clientId: 'cli', scope: SCOPE, subject: ['sub'], name: 'email' },
  };
  writeFileSync(join(folder, 'issuers.yaml'), JSON.stringify({ issuers: [entry] }));
  provider = await startDevIssuers(folder);
  const discovery = {
    ...{ apiVersion: 'v1', issuer: provider.urls['staff'], clientId: 'cli' },
    ...{ audience: 'valetkey', scope: SCOPE },
  };
  const me = {
    ...{ type: 'User', id: 'staff:ana', issuer: 'staff', groups: [], mfa: true, name: 'ana' },
    signedInAt: null,
  };
  broker = await fakeServer((line) => ({ body: line.includes('whoami') ? me : discovery }));
});
beforeEach(async () => {
  home = newHome();
  expect(await home.run(['configure', broker.url])).toMatchObject({ code: 0 });
});
afterEach(() => home.remove());
afterAll(async () => {
  await provider.stop();
  await broker.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the provider is asked for the scope that the broker names', async () => {
  const login = home.start(['login', '--no-browser']);
  const [url] = await login.says(/http:\S+\/auth\?\S+/);
  const { searchParams } = new URL(url);
  expect(searchParams.get('scope')).toBe(`openid offline_access ${SCOPE}`);
  const back = await new Browser().signIn(url, WHO, searchParams.get('redirect_uri') ?? '');
  await fetch(back);
  expect(await login.finished).toMatchObject({ code: 0 });
});

async function signInWithCode(env: Record<string, string>): Promise<string> {
  const login = home.start(['login'], env);
  const [, url = ''] = await login.says(/or open (\S+)/);
  await new Browser().signIn(url, WHO);
  const { code, err } = await login.finished;
  expect(code).toBe(0);
  return err;
}

describe('without a browser, a code is offered by itself', () => {
  test('in a remote shell', async () => {
    const env = { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22', DISPLAY: ':10' };
    expect(await signInWithCode(env)).toContain('because this is a remote shell');
  });

  test('on a machine without a desktop', async () => {
    expect(await signInWithCode({})).toContain('because this machine has no desktop');
  });

  test('where none opens', async () => {
    const err = await signInWithCode({ BROWSER: 'no-such-browser:false' });
    expect(err).toContain('No browser opened');
  });
});

test('BROWSER is what opens the page of the sign-in', async () => {
  const opened = join(folder, 'opened');
  const script = join(folder, 'browser');
  writeFileSync(script, `#!/bin/sh\necho "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`);
  chmodSync(script, 0o700);
  const login = home.start(['login'], { BROWSER: script });
  const [url] = await login.says(/http:\S+\/auth\?\S+/);
  const redirect = new URL(url).searchParams.get('redirect_uri') ?? '';
  await fetch(await new Browser().signIn(url, WHO, redirect));
  expect(await login.finished).toMatchObject({ code: 0 });
  // The page was opened by hand here, and the program may still be at work.
  while (!existsSync(opened)) await sleep(20);
  expect(readFileSync(opened, 'utf8').trim()).toBe(url);
});
