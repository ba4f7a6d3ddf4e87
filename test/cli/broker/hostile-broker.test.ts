import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';
import {
  CREDENTIALS,
  type FakeAnswer,
  type FakeServer,
  fakeServer,
  GRANT,
} from '../fake-server.ts';

/** A hostile broker must not make the command run, write or reveal anything. */

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
const vending = (credentials: object): FakeAnswer => ({ body: { grant: GRANT, credentials } });

describe('credentials', () => {
  test.each([
    ['secretAccessKey', `x'; touch ${home.folder}/owned; '`],
    ['sessionToken', '$(touch owned)'],
    ['accessKeyId', 'AKIA\nexport PATH=/evil'],
    ['expiration', "2099-01-01T00:00:00Z'; touch owned; '"],
  ])('with shell commands in the %s never reach a shell', async (name, value) => {
    const { code, out } = await against(
      () => vending({ ...CREDENTIALS, [name]: value }),
      ...ENV_ARGS,
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  test('of the right shape are printed', async () => {
    const { code, out } = await against(() => vending(CREDENTIALS), ...ENV_ARGS);
    expect(code).toBe(0);
    expect(out).toContain(`export AWS_ACCESS_KEY_ID='${CREDENTIALS.accessKeyId}'`);
  });
});

describe('text from the broker', () => {
  const ESCAPES = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e evil\r\n';

  test('has no control characters in messages', async () => {
    const detail = `no ${ESCAPES}`;
    const body = { type: 't', title: 't', status: 403, detail };
    const { code, err } = await against(() => ({ status: 403, body }), 'whoami');
    expect(code).toBe(4);
    expect(err).toContain('evil');
    expect(err.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('has no control characters in answers, and escaped ones in JSON', async () => {
    const me = {
      type: 'User',
      id: 'people:ana',
      issuer: 'people',
      groups: [ESCAPES],
      mfa: false,
      name: `ana${ESCAPES}`,
      signedInAt: null,
    };
    const text = await against(() => ({ body: me }), 'whoami');
    expect(text.out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    await server?.close();
    const json = await against(() => ({ body: me }), 'whoami', '--json');
    expect(json.out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(json.out)).toMatchObject({ groups: [ESCAPES] });
  });

  test('cannot lead to another path: an id of another shape is refused', async () => {
    const grant = { ...GRANT, id: '../principals/x', status: 'pending' };
    const { code } = await against(() => ({ status: 202, body: { grant } }), ...ENV_ARGS);
    expect(code).toBe(1);
    expect(server?.requests.map(({ line }) => line)).toEqual(['POST /v1/credentials']);
  });
});

describe('the token', () => {
  test('does not follow a redirect', async () => {
    const other = await fakeServer(() => ({}));
    const headers = { location: `${other.url}/v1/whoami` };
    const { code } = await against(() => ({ status: 307, headers }), 'whoami');
    expect(code).toBe(5);
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test('is never sent without TLS, except to loopback', async () => {
    const { code, err } = await home.run(['whoami', '--broker', 'http://broker.acme.example'], {
      VALETKEY_TOKEN: 'a-token',
    });
    expect(code).toBe(2);
    expect(err).toContain('https://');
  });
});

test('an answer that is too long is not read completely', async () => {
  const { code } = await against(() => ({ body: 'x'.repeat(5 * 1024 * 1024) }), 'whoami');
  expect(code).toBe(5);
});

describe('configure', () => {
  const discovery = (more: object): FakeAnswer => ({
    body: {
      apiVersion: 'v1',
      issuer: 'https://login.acme.example',
      clientId: 'cli',
      audience: 'valetkey',
      openapi: '/v1/openapi.json',
      ...more,
    },
  });
  const settings = (): string => join(home.folder, 'valetkey', 'config.json');

  test.each([
    ['an identity provider without TLS', { issuer: 'http://login.acme.example' }, 1],
    ['an identity provider that is a local file', { issuer: 'file:///bin/sh' }, 1],
    ['another API version', { apiVersion: 'v9' }, 1],
    ['an identity provider that is not text', { issuer: {} }, 1],
  ])('refuses %s, and writes nothing', async (_, more, expected) => {
    const { code } = await against(() => discovery(more), 'configure', 'URL');
    expect(code).toBe(2);
    const again = await home.run(['configure', server?.url ?? '']);
    expect(again.code).toBe(expected);
    expect(existsSync(settings())).toBe(false);
  });

  test('refuses a broker that would receive the tokens of another one', async () => {
    const newUser = newHome();
    const first = await fakeServer(() => discovery({}));
    const second = await fakeServer(() => discovery({}));
    expect((await newUser.run(['configure', first.url])).code).toBe(0);
    const { code, err } = await newUser.run(['configure', second.url, '--name', 'other']);
    expect(code).toBe(1);
    expect(err).toContain('would receive the same tokens as default');
    await Promise.all([first.close(), second.close()]);
    newUser.remove();
  });

  test('mends damaged settings, as the hint says', async () => {
    const newUser = newHome();
    const path = join(newUser.folder, 'config.json');
    writeFileSync(path, '{"brokers":');
    const { code, err } = await newUser.run(['list'], { VALETKEY_HOME: newUser.folder });
    expect(code).toBe(1);
    expect(err).toContain(
      `${path} is not a valid settings file: it is not JSON.\nRun \`valetkey configure`,
    );
    newUser.remove();
  });
});
