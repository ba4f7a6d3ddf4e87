import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, newHome } from '../../support/run-command.ts';
import { type FakeServer, fakeServer } from '../fake-server.ts';

const DISCOVERY = { apiVersion: 'v1', issuer: null, clientId: null, audience: null };

let home: Home;
let servers: readonly FakeServer[];
beforeAll(async () => {
  servers = await Promise.all([1, 2, 3].map(() => fakeServer(() => ({ body: DISCOVERY }))));
});
beforeEach(() => {
  home = newHome();
});
afterEach(() => home.remove());
afterAll(() => Promise.all(servers.map((server) => server.close())));

const file = (): string => join(home.env['VALETKEY_HOME'] ?? '', 'config.json');
const stored = () =>
  JSON.parse(readFileSync(file(), 'utf8')) as { default: string; brokers: object };
const urlOf = (index: number): string => servers[index]?.url ?? '';

async function configure(index: number, ...args: readonly string[]) {
  const done = await home.run(['configure', urlOf(index), ...args]);
  expect(done.code).toBe(0);
  return done;
}

describe('configured brokers', () => {
  test('are listed, and removed one by one', async () => {
    expect((await home.run(['brokers', 'list'])).out).toContain('valetkey configure URL');
    await configure(0);
    await configure(1, '--name', 'test');
    expect((await home.run(['brokers', 'list'])).out).toBe(
      `default  ${urlOf(0)} (default)\ntest     ${urlOf(1)}\n`,
    );
    expect(await home.run(['brokers', 'remove', 'default'])).toMatchObject({
      code: 0,
      out: 'Removed default. The default is test.\n',
    });
    expect(stored().default).toBe('test');
    await home.run(['brokers', 'remove', 'test']);
    expect(existsSync(file())).toBe(false);
  });

  test('that do not exist are not removed, and the name that was meant is said', async () => {
    await configure(0, '--name', 'prod');
    const { code, err } = await home.run(['brokers', 'remove', 'prd']);
    expect(code).toBe(2);
    expect(err).toContain("did you mean 'prod'?");
    expect((await home.run(['whoami', '--broker', 'prd'])).err).toContain("did you mean 'prod'?");
  });

  test('keep a default: among several others, the user chooses it', async () => {
    await configure(0);
    await configure(1, '--name', 'a');
    await configure(2, '--name', 'b');
    const { code, err } = await home.run(['brokers', 'remove', 'default']);
    expect(code).toBe(2);
    expect(err).toContain(`valetkey configure ${urlOf(1)} --name a --default`);
    expect(Object.keys(stored().brokers)).toHaveLength(3);
  });

  test('of the same host name do not replace each other', async () => {
    await configure(0);
    await configure(1);
    await configure(2);
    expect(Object.keys(stored().brokers).toSorted()).toEqual(['127', '127-2', 'default']);
  });

  test('are all kept when several are configured at once', async () => {
    await configure(0);
    await Promise.all([configure(1, '--name', 'a'), configure(2, '--name', 'b')]);
    expect(Object.keys(stored().brokers).toSorted()).toEqual(['a', 'b', 'default']);
  });
});

test('a name that cannot be is refused before the broker is called', async () => {
  const { code, err } = await home.run(['configure', 'https://x.invalid', '--name', 'A B']);
  expect(code).toBe(2);
  expect(err).toContain('not a valid broker name');
});

describe('a broken settings file', () => {
  const broken = (text: string): void => {
    mkdirSync(home.env['VALETKEY_HOME'] ?? '', { recursive: true });
    writeFileSync(file(), text);
  };
  const good = { url: 'https://a.example', issuer: null, clientId: null, audience: null };

  test.each([
    ['', 'it is empty'],
    ['{ "default": ', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    [
      JSON.stringify({ default: 'a', brokers: { a: { url: 1 } } }),
      'brokers.a.url is missing or wrong',
    ],
  ])('%j says what is wrong and who mends it, and configure does', async (text, why) => {
    broken(text);
    const { code, err } = await home.run(['whoami']);
    expect(code).toBe(1);
    expect(err).toContain(why);
    expect(err).toContain('valetkey configure URL');
    const mended = await configure(0);
    expect(mended.err).toContain('config.json.broken');
    expect(readFileSync(`${file()}.broken`, 'utf8')).toBe(text);
    expect(stored().default).toBe('default');
  });

  test('keeps the brokers that can be read', async () => {
    broken(JSON.stringify({ default: 'bad', brokers: { bad: {}, good } }));
    await configure(0, '--name', 'new');
    expect(stored()).toMatchObject({ default: 'good', brokers: { good, new: {} } });
  });
});
