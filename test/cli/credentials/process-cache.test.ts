import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Home, newHome } from '../../support/run-command.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** The cached answer of `credential-process`, as the whole command gives it. */

let home: Home;
let server: FakeServer;
let status = 'active';
beforeEach(async () => {
  status = 'active';
  home = newHome();
  server = await fakeServer((line) => {
    if (line === 'GET /v1/grants') return { body: { grants: [], nextCursor: null } };
    if (line === 'POST /v1/evaluate') {
      return { body: { decision: GRANT.decision, sessionPolicy: {}, expiresAt: null } };
    }
    if (line.startsWith('GET')) return { body: { ...GRANT, status } };
    return { body: { grant: GRANT, credentials: CREDENTIALS } };
  });
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const run = () =>
  home.run(['credential-process', 'artifacts-read', '--for', '15m', '--reason', 'x'], {
    VALETKEY_TOKEN: 'a-token',
    VALETKEY_BROKER: server.url,
  });
const lines = () => server.requests.map(({ line }) => line);

function cacheFile(): string {
  const folder = join(home.folder, 'valetkey', 'cache');
  return join(folder, readdirSync(folder)[0] ?? '');
}

test('is given without a call for a minute, then after a call, and not once the grant has ended', async () => {
  const { out } = await run();
  const calls = lines().length;
  expect(await run()).toEqual({ code: 0, out, err: '' });
  expect(lines()).toHaveLength(calls);

  const checked = (): object => JSON.parse(readFileSync(cacheFile(), 'utf8')) as object;
  writeFileSync(cacheFile(), JSON.stringify({ ...checked(), from: 0, checkedAt: 0 }));
  expect(await run()).toEqual({ code: 0, out, err: '' });
  expect(lines().slice(calls)).toEqual([`GET /v1/grants/${GRANT.id}`]);

  status = 'revoked';
  writeFileSync(cacheFile(), JSON.stringify({ ...checked(), from: 0, checkedAt: 0 }));
  expect(await run()).toEqual({ code: 0, out, err: '' });
  expect(lines().slice(calls + 1)).toEqual([
    `GET /v1/grants/${GRANT.id}`,
    'GET /v1/grants',
    'POST /v1/evaluate',
    'POST /v1/credentials',
  ]);
});

test.each(['{"from":0,"until":9e15,"checkedAt":0,"grantId":"x"}', '{"from":0,"until":9e15}', '1'])(
  'is not given if it is %s, and that is no error',
  async (text) => {
    const { out } = await run();
    writeFileSync(cacheFile(), text.replace('"checkedAt":0', `"checkedAt":${Date.now()}`));
    expect(await run()).toEqual({ code: 0, out, err: '' });
  },
);
