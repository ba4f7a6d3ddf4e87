import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, newHome } from '../../support/run-command.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** `--timeout` and `--no-wait`, where people have to approve. */

const PENDING = { ...GRANT, status: 'pending', approvals: { ...GRANT.approvals, required: 1 } };
const VEND = `POST /v1/grants/${GRANT.id}/credentials`;
const REVOKE = `POST /v1/grants/${GRANT.id}/revoke`;

let home: Home;
let server: FakeServer;
let later: object;
beforeEach(async () => {
  home = newHome();
  later = PENDING;
  server = await fakeServer((line) => {
    if (line === 'POST /v1/credentials') return { status: 202, body: { grant: PENDING } };
    if (line === 'POST /v1/grants') return { status: 201, body: PENDING };
    if (line === VEND) return { body: { grant: GRANT, credentials: CREDENTIALS } };
    return { body: line === REVOKE ? { ...GRANT, status: 'revoked' } : later };
  });
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const run = (args: readonly string[]) =>
  home.run(args, { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url });
const lines = () => server.requests.map(({ line }) => line);
const ASK = ['artifacts-read', '--for', '15m', '--reason', 'x'];
const CANCEL = `valetkey cancel ${GRANT.id}`;

describe.each([
  ['exec', [...ASK, '--', 'echo', 'a b'], `exec --grant ${GRANT.id}`, "-- echo 'a b'"],
  ['shell', ASK, `exec --grant ${GRANT.id}`, '-- '],
  ['env', [...ASK, '--shell', 'sh'], `env --grant ${GRANT.id}`, ''],
])('%s', (name, rest, goOn, command) => {
  test('with --no-wait leaves the request pending, and says what to run next', async () => {
    const { code, out, err } = await run([name, '--no-wait', ...rest]);
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toContain(`${GRANT.id} waits for approval.`);
    expect(err).toContain(`valetkey ${goOn} --broker ${server.url}${command && ` ${command}`}`);
    expect(err).toContain(CANCEL);
    expect(lines()).toEqual(['POST /v1/credentials']);
  });

  test('with --timeout gives up, and leaves the request pending', async () => {
    const { code, out, err } = await run([name, '--timeout', '1s', ...rest]);
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toContain(`${GRANT.id} still waits for approval after 1 second.`);
    expect(err).toContain(`valetkey ${goOn}`);
    expect(err).toContain(CANCEL);
    expect(lines()).not.toContain(REVOKE);
  });
});

test('--timeout does not end a wait that is shorter', async () => {
  later = GRANT;
  const { code, out } = await run(['exec', '--timeout', '1h', ...ASK, '--', 'echo', 'runs']);
  expect({ code, out }).toEqual({ code: 0, out: 'runs\n' });
});

test.each([
  ['--no-wait', ['--no-wait']],
  ['--timeout', ['--timeout', '1h']],
  ['a timeout longer than timers can measure', ['--timeout', '99d']],
])('what is denied while it waits is denied with %s', async (name, options) => {
  later = { ...PENDING, status: 'denied' };
  const { code } = await run(['exec', ...options, ...ASK, '--', 'true']);
  expect(code).toBe(name === '--no-wait' ? 6 : 4);
});

test('Ctrl-C during a limited wait cancels the request', async () => {
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  const running = home.start(['exec', '--timeout', '1h', ...ASK, '--', 'true'], env);
  await running.says(/is waiting for approval/);
  running.child.kill('SIGINT');
  expect((await running.finished).code).toBe(130);
  expect(lines()).toContain(REVOKE);
});

test('programs get the grant and the exit code as JSON', async () => {
  const { code, err } = await run(['exec', '--json', '--no-wait', ...ASK, '--', 'true']);
  const documents = err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(code).toBe(6);
  expect(documents).toMatchObject([{ grant: { id: GRANT.id } }, { exitCode: 6 }]);
});

describe('request', () => {
  test.each([[[]], [['--no-wait']]])('does not wait with %j', async (options) => {
    const { code, out } = await run(['request', ...options, ...ASK]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('pending') });
    expect(lines()).toEqual(['POST /v1/grants']);
  });

  test.each([[['--timeout', '1s']], [['--wait', '--timeout', '1s']]])(
    'waits as long as %j says',
    async (options) => {
      const { code, err } = await run(['request', ...options, ...ASK]);
      expect({ code, err }).toEqual({ code: 6, err: expect.stringContaining(CANCEL) });
    },
  );

  test('again waits only if it is told to, too', async () => {
    await run(['request', ...ASK]);
    expect((await run(['again'])).code).toBe(0);
    expect((await run(['again', '--timeout', '1s'])).code).toBe(6);
    expect((await run(['again', '--no-wait', '--', 'true'])).code).toBe(6);
  });
});

test.each(['0', 'soon', ''])('--timeout %j is refused by its name', async (text) => {
  const { code, err } = await run(['exec', `--timeout=${text}`, ...ASK, '--', 'true']);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--timeout <duration>') });
  expect(lines()).toEqual([]);
});
