import { afterAll, describe, expect, test } from '@jest/globals';
import { newHome } from '../support/run-command.ts';
import { fakeServer } from './fake-server.ts';

/** Problems in the environment of the command: each ends with a message and an exit code. */

const home = newHome();
afterAll(() => home.remove());
const TOKEN = { VALETKEY_TOKEN: 'a-token' };
const ME = {
  type: 'User',
  id: 'people:ana',
  issuer: 'people',
  groups: [],
  mfa: false,
  name: 'ana',
  signedInAt: null,
};

test('without a configured broker the command says how to configure one', async () => {
  const { code, err } = await home.run(['list']);
  expect(code).toBe(2);
  expect(err).toContain('valetkey configure URL');
});

describe('a broker', () => {
  test('that refuses the connection is reported as unreachable', async () => {
    const server = await fakeServer(() => ({}));
    await server.close();
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(5);
    expect(err).toContain('the connection was refused');
    expect(err).toContain('valetkey doctor');
  });

  test('whose name does not resolve is reported as unreachable', async () => {
    const { code, err } = await home.run(['whoami', '--broker', 'https://x.invalid'], TOKEN);
    expect(code).toBe(5);
    expect(err).toMatch(/cannot be resolved/);
  });

  test('that is another kind of server is reported with its status', async () => {
    const server = await fakeServer(() => ({ status: 404, body: '<html>Not found</html>' }));
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(1);
    expect(err).toContain('The broker answered 404');
    await server.close();
  });

  test('that is unavailable for a moment is called again', async () => {
    let calls = 0;
    const server = await fakeServer(() => {
      calls += 1;
      return calls < 3 ? { status: 503, headers: { 'retry-after': '0.2' } } : { body: ME };
    });
    const { code } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect({ code, calls }).toEqual({ code: 0, calls: 3 });
    await server.close();
  });

  test('that cannot assume the role is not called again, because that would not help', async () => {
    let calls = 0;
    const type = 'urn:valetkey:problem:role-refused';
    const detail = 'AWS refused to assume arn:aws:iam::111122223333:role/read.';
    const server = await fakeServer(() => {
      calls += 1;
      return { status: 503, body: { type, title: 'Role refused', status: 503, detail } };
    });
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect({ code, calls }).toEqual({ code: 1, calls: 1 });
    expect(err).toContain(detail);
    await server.close();
  });

  test('that limits the caller is called again when it says, or not at all if that is long', async () => {
    const detail =
      'You made 30 requests in this minute, which is the limit. Try again in 40 seconds.';
    const type = 'urn:valetkey:problem:limited';
    const body = { type, title: 'Too much', status: 429, detail, limit: 'requestsPerMinute' };
    let [calls, retryAfter] = [0, '0.2'];
    const server = await fakeServer(() => {
      calls += 1;
      if (calls === 3) return { body: ME };
      return { status: 429, headers: { 'retry-after': retryAfter }, body };
    });
    const run = () => home.run(['whoami', '--broker', server.url], TOKEN);
    expect({ code: (await run()).code, calls }).toEqual({ code: 0, calls: 3 });
    retryAfter = '40';
    const { code, err } = await run();
    expect({ code, calls }).toEqual({ code: 5, calls: 4 });
    expect(err).toContain(detail);
    await server.close();
  });

  test('gets the same idempotency key with every retry', async () => {
    let calls = 0;
    const server = await fakeServer(() => {
      calls += 1;
      return { status: calls < 3 ? 503 : 409, headers: { 'retry-after': '0.2' }, body: '' };
    });
    await home.run(['cancel', 'gr_00000000000000000000', '--broker', server.url], TOKEN);
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    await server.close();
  });

  test('that does not accept the token leads to exit code 3', async () => {
    const body = { type: 't', title: 'Not signed in', status: 401, detail: 'expired' };
    const server = await fakeServer(() => ({ status: 401, body }));
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(3);
    expect(err).toContain('VALETKEY_TOKEN');
    await server.close();
  });
});

describe('a clock that is wrong by ten minutes', () => {
  const dateBehind = (minutes: number) => new Date(Date.now() - minutes * 60_000).toUTCString();

  test('leads to a warning, and the call succeeds', async () => {
    const server = await fakeServer(() => ({ body: ME, headers: { date: dateBehind(10) } }));
    const { code, err } = await home.run(['whoami', '--broker', server.url], TOKEN);
    expect(code).toBe(0);
    expect(err).toContain('your clock is 10 min ahead');
    await server.close();
  });

  test('is an error for doctor', async () => {
    const body = { apiVersion: 'v1', issuer: null, clientId: null, audience: null };
    const server = await fakeServer(() => ({ body, headers: { date: dateBehind(-10) } }));
    const { code, out } = await home.run(['doctor', '--broker', server.url], TOKEN);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ clock +\d+ s behind the broker's/);
    await server.close();
  });
});

test('without a terminal the command never prompts', async () => {
  const server = await fakeServer(() => ({ body: ME }));
  for (const args of [['request'], ['exec', '--', 'true'], ['configure']]) {
    const { code } = await home.run([...args], { ...TOKEN, VALETKEY_BROKER: server.url });
    expect(code).toBe(2);
  }
  expect(server.requests).toEqual([]);
  await server.close();
});
