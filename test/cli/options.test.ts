import { afterAll, describe, expect, test } from '@jest/globals';
import { newHome } from '../support/run-command.ts';
import { type FakeServer, fakeServer, GRANT } from './fake-server.ts';

/** What commands make of their options, before and in the request. */

const home = newHome();
afterAll(() => home.remove());

async function sent(args: readonly string[]): Promise<{ server: FakeServer; err: string }> {
  const server = await fakeServer((line) =>
    line === 'GET /v1/grants' ? { body: { grants: [], nextCursor: null } } : { body: GRANT },
  );
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  const { err } = await home.run(args, env);
  await server.close();
  return { server, err };
}

describe('a duration', () => {
  test.each([
    ['90s', 90],
    ['1h30m', 5400],
    ['90m', 5400],
    ['5400', 5400],
  ])('can be written as %s', async (text, seconds) => {
    const { server } = await sent(['request', 'artifacts-read', '--for', text]);
    expect(server.requests.map(({ body }) => body)).toEqual([
      { entitlement: 'artifacts-read', parameters: {}, durationSeconds: seconds },
    ]);
  });

  test.each([
    [['request', 'artifacts-read', '--for', 'soon'], '--for'],
    [['extend', GRANT.id, '--reason', 'x', '--for', '1.5h'], '--for'],
  ])('that cannot be read is refused by the name of its option', async (args, option) => {
    const { server, err } = await sent(args);
    expect(err).toContain(`option '${option} <duration>'`);
    expect(err).toContain('90s, 15m, 1h30m or 5400');
    expect(server.requests).toEqual([]);
  });
});

test.each(['abc', '0', '-1', '1.5', ''])('--limit %j is refused before a call', async (limit) => {
  const { server, err } = await sent(['requests', `--limit=${limit}`]);
  expect(err).toContain("option '--limit <number>'");
  expect(server.requests).toEqual([]);
});
