import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { COMMAND } from '../../support/at-a-terminal.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** `doctor` runs and compares what it vouches for. */

const ME = {
  ...{ type: 'User', id: 'people:ana', issuer: 'people', groups: [], mfa: true, name: 'ana' },
  signedInAt: null,
};
const DISCOVERY = {
  ...{ apiVersion: 'v1', issuer: 'https://login.acme.example', clientId: 'cli' },
  ...{ audience: 'valetkey', scope: null as string | null },
};

let home: Home;
let server: FakeServer;
let discovery = DISCOVERY;
beforeEach(async () => {
  discovery = DISCOVERY;
  home = newHome();
  server = await fakeServer((line) => {
    if (line.includes('well-known')) return { body: discovery };
    return { body: line.includes('whoami') ? ME : { ...GRANT, status: 'revoked' } };
  });
  await home.run(['configure', server.url]);
});
afterEach(() => {
  home.remove();
  return server.close();
});

type Found = { readonly what: string; readonly state: string; readonly detail: string };

async function doctor(env: Record<string, string> = {}): Promise<readonly Found[]> {
  const { out } = await home.run(['doctor', '--json'], { VALETKEY_TOKEN: 'a-token', ...env });
  return (JSON.parse(out) as { readonly findings: readonly Found[] }).findings;
}
const of = (findings: readonly Found[], what: string) =>
  findings.filter((one) => one.what === what);

const folder = (): string => home.env['VALETKEY_HOME'] ?? '';

test('the program of a profile is run', async () => {
  const line = (name: string, program: string) =>
    `[profile ${name}]\ncredential_process = ${program} credential-process artifacts-read\n`;
  const good = `"${process.execPath}" ${COMMAND}`;
  const text = line('good', good) + line('gone', '/no/such/valetkey') + line('other', 'echo');
  writeFileSync(home.env['AWS_CONFIG_FILE'] ?? '', text);
  const findings = await doctor();
  expect(of(findings, '[good]')).toMatchObject([{ state: 'ok' }]);
  expect(of(findings, '[gone]')).toMatchObject([
    { state: 'wrong', detail: expect.stringContaining('/no/such/valetkey') },
  ]);
  expect(of(findings, '[other]')).toMatchObject([{ state: 'wrong' }]);
});

test('cached keys of a grant that has ended are found and deleted', async () => {
  const file = join(folder(), 'cache', 'x.json');
  mkdirSync(join(folder(), 'cache'), { recursive: true });
  const entry = {
    from: 0,
    until: Date.parse('2099-01-01'),
    grantId: GRANT.id,
    expiresAt: '',
    output: '',
  };
  writeFileSync(file, JSON.stringify(entry));
  expect(of(await doctor(), 'cached keys')).toMatchObject([
    { state: 'note', detail: `${GRANT.id} is revoked` },
  ]);
  expect(existsSync(file)).toBe(false);
  expect(of(await doctor(), 'cached keys')).toEqual([]);
});

test('a lock that was left behind is found', async () => {
  const [old, fresh] = [join(folder(), 'old.lock'), join(folder(), 'fresh.lock')];
  for (const file of [old, fresh]) writeFileSync(file, '1');
  utimesSync(old, 1, 1);
  expect(of(await doctor(), 'lock')).toMatchObject([
    { state: 'wrong', detail: expect.stringContaining(old) },
  ]);
});

test('a proxy is named without its password, and one that cannot be used is an error', async () => {
  const proxy = { HTTPS_PROXY: 'http://ana:secret@127.0.0.1:9' };
  expect(of(await doctor(proxy), 'proxy')).toEqual([
    { what: 'proxy', state: 'ok', detail: '127.0.0.1:9' },
  ]);
  expect(of(await doctor({ HTTPS_PROXY: 'socks5://127.0.0.1:9' }), 'proxy')).toMatchObject([
    { state: 'wrong', detail: 'socks5: is not supported' },
  ]);
  expect(of(await doctor({ HTTPS_PROXY: 'http://a b' }), 'proxy')).toMatchObject([
    { state: 'wrong', detail: 'its address is no URL' },
  ]);
});

test('what the broker has changed about the sign-in is named', async () => {
  discovery = { ...DISCOVERY, scope: 'api://valetkey/use' };
  expect(of(await doctor(), 'provider')).toMatchObject([
    { state: 'wrong', detail: 'scope is now api://valetkey/use, not none' },
  ]);
});
