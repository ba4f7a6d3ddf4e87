import { afterAll, describe, expect, test } from '@jest/globals';
import { newHome } from '../support/run-command.ts';
import { fakeServer } from './fake-server.ts';

/** What goes wrong around the command, each with a message and an exit code. */

const home = newHome();
afterAll(() => home.remove());
const TOKEN = { VALETKEY_TOKEN: 'a-token' };
const ME = {
  ...{ type: 'User', id: 'people:ana', issuer: 'people', groups: [], mfa: false },
  ...{ name: 'ana', signedInAt: null },
};

test('no broker was configured', async () => {
  const { code, err } = await home.run(['list']);
  expect(code).toBe(2);
  expect(err).toContain('valetkey configure URL');
});

describe('the broker', () => {
  test('is not there', async () => {
    const server = await fakeServer(() => ({}));
    await server.close();
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(5);
    expect(err).toContain('the connection was refused');
    expect(err).toContain('valetkey doctor');
  });

  test('has no name that resolves', async () => {
    const { code, err } = await home.run(['whoami', '--broker', 'https://x.invalid'], TOKEN);
    expect(code).toBe(5);
    expect(err).toMatch(/cannot be resolved/);
  });

  test('is something else', async () => {
    const server = await fakeServer(() => ({ status: 404, body: '<html>Not found</html>' }));
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(1);
    expect(err).toContain('The broker answered 404');
    await server.close();
  });

  test('asks to come back, and is asked again', async () => {
    let calls = 0;
    const server = await fakeServer(() => {
      calls += 1;
      return calls < 3 ? { status: 503, headers: { 'retry-after': '0.2' } } : { body: ME };
    });
    const { code } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect({ code, calls }).toEqual({ code: 0, calls: 3 });
    await server.close();
  });

  test('repeats are harmless: one idempotency key for all', async () => {
    let calls = 0;
    const server = await fakeServer(() => {
      calls += 1;
      return { status: calls < 3 ? 503 : 409, headers: { 'retry-after': '0.2' }, body: '' };
    });
    await home.run(['cancel', 'gr_00000000000000000000', '--broker', server.url], TOKEN);
    const keys = server.asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    await server.close();
  });

  test('does not accept the token', async () => {
    const body = { type: 't', title: 'Not signed in', status: 401, detail: 'expired' };
    const server = await fakeServer(() => ({ status: 401, body }));
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(3);
    expect(err).toContain('VALETKEY_TOKEN');
    await server.close();
  });
});

describe('a clock that is off by ten minutes', () => {
  const off = (minutes: number) => new Date(Date.now() - minutes * 60_000).toUTCString();

  test('is told with every call, which goes on', async () => {
    const server = await fakeServer(() => ({ body: ME, headers: { date: off(10) } }));
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(0);
    expect(err).toContain('your clock is 10 min ahead');
    await server.close();
  });

  test('is what doctor finds wrong', async () => {
    const body = { apiVersion: 'v1', issuer: null, clientId: null, audience: null };
    const server = await fakeServer(() => ({ body, headers: { date: off(-10) } }));
    const { code, out } = await home.run(['doctor', '--broker', server.url], TOKEN);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ clock +\d+ s behind the broker's/);
    await server.close();
  });
});

test('CI and pipes are never asked anything', async () => {
  const server = await fakeServer(() => ({ body: ME }));
  for (const args of [['request'], ['exec', '--', 'true'], ['configure']]) {
    const { code } = await home.run([...args], { ...TOKEN, VALETKEY_BROKER: server.url });
    expect(code).toBe(2);
  }
  expect(server.asked).toEqual([]);
  await server.close();
});
