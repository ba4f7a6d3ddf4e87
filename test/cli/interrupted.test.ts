import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { newHome } from '../support/run-command.ts';
import { CREDENTIALS, type FakeAnswer, type FakeServer, fakeServer, GRANT } from './fake-server.ts';

/** Ctrl-C and errors at any point: no grant stays active, and the command does not run afterwards. */

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer;
afterEach(() => server.close());

const PENDING = { ...GRANT, status: 'pending', approvals: { ...GRANT.approvals, required: 1 } };
const REVOKE = `POST /v1/grants/${GRANT.id}/revoke`;
const VEND = `POST /v1/grants/${GRANT.id}/credentials`;
const EXEC = ['exec', 'artifacts-read', '--for', '15m', '--reason', 'x', '--', 'echo', 'runs'];

async function brokerWith(answers: Readonly<Record<string, FakeAnswer>>) {
  server = await fakeServer((line) => answers[line] ?? { status: 500 });
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  return { env, lines: () => server.requests.map(({ line }) => line) };
}

describe('Ctrl-C during the wait for approval', () => {
  test('cancels the request', async () => {
    const { env } = await brokerWith({
      'POST /v1/credentials': { status: 202, body: { grant: PENDING } },
      [`GET /v1/grants/${GRANT.id}`]: { body: PENDING },
      [REVOKE]: { body: { ...PENDING, status: 'cancelled' } },
    });
    const running = home.start(EXEC, env);
    await running.says(/is waiting for approval/);
    running.child.kill('SIGINT');
    const { code, out, err } = await running.finished;
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toContain(`${GRANT.id} is cancelled`);
  });

  test('also ends a grant that is approved at that moment', async () => {
    const { env, lines } = await brokerWith({
      'POST /v1/credentials': { status: 202, body: { grant: PENDING } },
      [`GET /v1/grants/${GRANT.id}`]: { body: GRANT },
      [VEND]: { body: { grant: GRANT, credentials: CREDENTIALS } },
      [REVOKE]: { body: { ...GRANT, status: 'revoked' } },
    });
    const running = home.start(EXEC, env);
    await running.says(/is waiting for approval/);
    running.child.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130, out: '' });
    expect(lines()).toContain(REVOKE);
    expect(lines()).not.toContain(VEND);
  });

  test('says so if the grant cannot be released', async () => {
    const { env } = await brokerWith({
      'POST /v1/credentials': { status: 202, body: { grant: PENDING } },
      [`GET /v1/grants/${GRANT.id}`]: { body: PENDING },
      [REVOKE]: { status: 500, body: '' },
    });
    const running = home.start(EXEC, env);
    await running.says(/is waiting for approval/);
    running.child.kill('SIGINT');
    const { code, err } = await running.finished;
    expect(code).toBe(130);
    expect(err).toContain(`${GRANT.id} could not be released`);
    expect(err).toContain(`valetkey release ${GRANT.id}`);
  });
});

test('a broker that is unreachable for a while does not end the wait', async () => {
  let polls = 0;
  server = await fakeServer((line) => {
    if (line === 'POST /v1/credentials') return { status: 202, body: { grant: PENDING } };
    if (line === VEND) return { body: { grant: GRANT, credentials: CREDENTIALS } };
    if (line === REVOKE) return { body: { ...GRANT, status: 'revoked' } };
    polls += 1;
    return polls === 1 ? { status: 500, body: '' } : { body: GRANT };
  });
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  expect(await home.run(EXEC, env)).toMatchObject({ code: 0, out: 'runs\n' });
  expect(polls).toBe(2);
});

test('an error before the command starts ends the grant', async () => {
  const { env, lines } = await brokerWith({
    'POST /v1/credentials': { body: { grant: GRANT, credentials: CREDENTIALS } },
    [REVOKE]: { body: { ...GRANT, status: 'revoked' } },
  });
  // exec writes AWS files for the command, which fails here.
  const settings = join(home.folder, 'a-file');
  writeFileSync(settings, '');
  const { code, out } = await home.run(EXEC, { ...env, VALETKEY_HOME: settings });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(lines()).toEqual(['POST /v1/credentials', REVOKE]);
});

test('Ctrl-C during the vend ends the grant, and the command does not run', async () => {
  let interrupt = (): void => undefined;
  server = await fakeServer((line) => {
    if (line === REVOKE) return { body: { ...GRANT, status: 'revoked' } };
    if (line !== VEND) {
      return line.startsWith('GET') ? { body: GRANT } : { status: 202, body: { grant: PENDING } };
    }
    interrupt();
    return { body: { grant: GRANT, credentials: CREDENTIALS }, delayMs: 300 };
  });
  const running = home.start(EXEC, { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url });
  interrupt = () => running.child.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 130, out: '' });
  expect(server.requests.map(({ line }) => line)).toContain(REVOKE);
});

test('Ctrl-C during the release does not stop the release', async () => {
  let interrupt = (): void => undefined;
  server = await fakeServer((line) => {
    if (line !== REVOKE) return { body: { grant: GRANT, credentials: CREDENTIALS } };
    interrupt();
    return {
      body: { ...GRANT, status: 'revoked', endReason: 'released by the requester' },
      delayMs: 300,
    };
  });
  const running = home.start(EXEC, { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url });
  interrupt = () => running.child.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 0, out: 'runs\n' });
});

test('credential-process cancels a request that turns out to need approval', async () => {
  const { env, lines } = await brokerWith({
    'GET /v1/grants': { body: { grants: [], nextCursor: null } },
    'POST /v1/evaluate': { body: { decision: GRANT.decision, sessionPolicy: {}, expiresAt: null } },
    'POST /v1/credentials': { status: 202, body: { grant: PENDING } },
    [REVOKE]: { body: { ...PENDING, status: 'cancelled' } },
  });
  const args = ['credential-process', 'artifacts-read', '--for', '15m', '--reason', 'x'];
  const { code, out } = await home.run(args, env);
  expect({ code, out }).toEqual({ code: 6, out: '' });
  expect(lines()).toContain(REVOKE);
});

test('Ctrl-C with --grant leaves the grant active, and the command does not run', async () => {
  let interrupt = (): void => undefined;
  server = await fakeServer(() => {
    interrupt();
    return { body: { grant: GRANT, credentials: CREDENTIALS }, delayMs: 300 };
  });
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  const running = home.start(['exec', '--grant', GRANT.id, '--', 'echo', 'runs'], env);
  interrupt = () => running.child.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 130, out: '' });
  expect(server.requests.map(({ line }) => line)).toEqual([VEND]);
});

test('a running command handles all signals itself', async () => {
  const { env } = await brokerWith({
    'POST /v1/credentials': { body: { grant: GRANT, credentials: CREDENTIALS } },
    [REVOKE]: { body: { ...GRANT, status: 'revoked' } },
  });
  const script = `
    let count = 0;
    process.on('SIGINT', () => { count += 1; console.log('signal', count); if (count === 3) process.exit(7); });
    setInterval(() => undefined, 1000);
    console.log('ready');`;
  const running = home.start([...EXEC.slice(0, -2), process.execPath, '-e', script], env);
  for (const output of [/ready/, /signal 1/, /signal 2/]) {
    await running.says(output);
    running.child.kill('SIGINT');
  }
  expect(await running.finished).toMatchObject({ code: 7 });
});
