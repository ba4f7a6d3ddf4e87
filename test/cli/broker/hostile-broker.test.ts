import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';
import { type FakeAnswer, type FakeServer, fakeServer, GRANT, KEYS } from '../fake-server.ts';

/** A broker that is not what it seems must not make the command run, write or tell anything. */

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function against(answer: (line: string) => FakeAnswer, ...args: readonly string[]) {
  server = await fakeServer(answer);
  return home.run(args, { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url });
}

const ENV_ARGS = ['env', 'artifacts-read', '--for', '15m', '--shell', 'sh'];
const vending = (keys: object): FakeAnswer => ({ body: { grant: GRANT, credentials: keys } });

describe('keys that are no keys', () => {
  test.each([
    ['secretAccessKey', `x'; touch ${home.folder}/owned; '`],
    ['sessionToken', '$(touch owned)'],
    ['accessKeyId', 'AKIA\nexport PATH=/evil'],
    ['expiration', "2099-01-01T00:00:00Z'; touch owned; '"],
  ])('never reach a shell: %s', async (name, value) => {
    const { code, out } = await against(() => vending({ ...KEYS, [name]: value }), ...ENV_ARGS);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  test('whereas proper ones do', async () => {
    const { code, out } = await against(() => vending(KEYS), ...ENV_ARGS);
    expect(code).toBe(0);
    expect(out).toContain(`export AWS_ACCESS_KEY_ID='${KEYS.accessKeyId}'`);
  });
});

describe('text of the broker', () => {
  const ESCAPES = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e evil\r\n';

  test('moves no cursor and hides nothing, in messages', async () => {
    const detail = `no ${ESCAPES}`;
    const body = { type: 't', title: 't', status: 403, detail };
    const { code, err } = await against(() => ({ status: 403, body }), 'whoami');
    expect(code).toBe(4);
    expect(err).toContain('evil');
    expect(err.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('nor in answers, nor in JSON', async () => {
    const me = {
      ...{ type: 'User', id: 'people:ana', issuer: 'people', groups: [ESCAPES], mfa: false },
      ...{ name: `ana${ESCAPES}`, signedInAt: null },
    };
    const text = await against(() => ({ body: me }), 'whoami');
    expect(text.out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    await server?.close();
    const json = await against(() => ({ body: me }), 'whoami', '--json');
    expect(json.out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(json.out)).toMatchObject({ groups: [ESCAPES] });
  });

  test('leads to no other path: an id of another shape is refused', async () => {
    const grant = { ...GRANT, id: '../principals/x', status: 'pending' };
    const { code } = await against(() => ({ status: 202, body: { grant } }), ...ENV_ARGS);
    expect(code).toBe(1);
    expect(server?.asked.map(({ line }) => line)).toEqual(['POST /v1/credentials']);
  });
});

describe('the token', () => {
  test('follows no redirect', async () => {
    const other = await fakeServer(() => ({}));
    const headers = { location: `${other.url}/v1/whoami` };
    const { code } = await against(() => ({ status: 307, headers }), 'whoami');
    expect(code).toBe(5);
    expect(other.asked).toEqual([]);
    await other.close();
  });

  test('is sent to no address without TLS, loopback aside', async () => {
    const { code, err } = await home.run(['whoami', '--broker', 'http://broker.acme.example'], {
      VALETKEY_TOKEN: 'a-token',
    });
    expect(code).toBe(2);
    expect(err).toContain('https://');
  });
});

test('an answer without end is not read to its end', async () => {
  const { code } = await against(() => ({ body: 'x'.repeat(5 * 1024 * 1024) }), 'whoami');
  expect(code).toBe(5);
});

describe('configure', () => {
  const discovery = (more: object): FakeAnswer => ({
    body: {
      ...{ apiVersion: 'v1', issuer: 'https://login.acme.example', clientId: 'cli' },
      ...{ audience: 'valetkey', openapi: '/v1/openapi.json', ...more },
    },
  });
  const settings = (): readonly string[] => readdirSync(home.folder);

  test.each([
    ['an identity provider without TLS', { issuer: 'http://login.acme.example' }, 1],
    ['one that is a program to open', { issuer: 'file:///bin/sh' }, 1],
    ['another version', { apiVersion: 'v9' }, 1],
    ['no identity provider that is text', { issuer: {} }, 1],
  ])('refuses %s, and writes nothing', async (_, more, expected) => {
    const { code } = await against(() => discovery(more), 'configure', 'URL');
    expect(code).toBe(2);
    const again = await home.run(['configure', server?.url ?? '']);
    expect(again.code).toBe(expected);
    expect(settings()).not.toContain('valetkey');
  });

  test('refuses a broker that wants the tokens of another one', async () => {
    const own = newHome();
    const first = await fakeServer(() => discovery({}));
    const second = await fakeServer(() => discovery({}));
    expect((await own.run(['configure', first.url])).code).toBe(0);
    const { code, err } = await own.run(['configure', second.url, '--name', 'other']);
    expect(code).toBe(1);
    expect(err).toContain('wants the same tokens as default');
    await Promise.all([first.close(), second.close()]);
    own.remove();
  });

  test('settings that were damaged are named, with the mend', async () => {
    const own = newHome();
    const path = join(own.folder, 'config.json');
    writeFileSync(path, '{"brokers":');
    const { code, err } = await own.run(['list'], { VALETKEY_HOME: own.folder });
    expect(code).toBe(1);
    expect(err).toContain(`${path} is not what`);
    own.remove();
  });
});
