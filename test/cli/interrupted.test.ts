import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { newHome } from '../support/run-command.ts';
import { type FakeAnswer, type FakeServer, fakeServer, GRANT, KEYS } from './fake-server.ts';

/** Ctrl-C and mishaps, whenever they come: nothing that was asked for stays behind, and nothing is run after it. */

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer;
afterEach(() => server.close());

const PENDING = { ...GRANT, status: 'pending', approvals: { ...GRANT.approvals, required: 1 } };
const REVOKE = `POST /v1/grants/${GRANT.id}/revoke`;
const VEND = `POST /v1/grants/${GRANT.id}/credentials`;
const exec = ['exec', 'artifacts-read', '--for', '15m', '--reason', 'x', '--', 'echo', 'runs'];

async function brokerAnswers(answers: Readonly<Record<string, FakeAnswer>>) {
  server = await fakeServer((line) => answers[line] ?? { status: 500 });
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  return { env, lines: () => server.asked.map(({ line }) => line) };
}

describe('while it waits', () => {
  test('takes the request back', async () => {
    const { env } = await brokerAnswers({
      'POST /v1/credentials': { status: 202, body: { grant: PENDING } },
      [`GET /v1/grants/${GRANT.id}`]: { body: PENDING },
      [REVOKE]: { body: { ...PENDING, status: 'cancelled' } },
    });
    const running = home.start(exec, env);
    await running.says(/waits for approval/);
    running.child.kill('SIGINT');
    const { code, out, err } = await running.finished;
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toContain(`${GRANT.id} is cancelled`);
  });

  test('wins over an approval that comes in the same moment', async () => {
    const { env, lines } = await brokerAnswers({
      'POST /v1/credentials': { status: 202, body: { grant: PENDING } },
      [`GET /v1/grants/${GRANT.id}`]: { body: GRANT },
      [VEND]: { body: { grant: GRANT, credentials: KEYS } },
      [REVOKE]: { body: { ...GRANT, status: 'revoked' } },
    });
    const running = home.start(exec, env);
    await running.says(/waits for approval/);
    running.child.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130, out: '' });
    expect(lines()).toContain(REVOKE);
    expect(lines()).not.toContain(VEND);
  });

  test('says so where the broker does not hear of it', async () => {
    const { env } = await brokerAnswers({
      'POST /v1/credentials': { status: 202, body: { grant: PENDING } },
      [`GET /v1/grants/${GRANT.id}`]: { body: PENDING },
      [REVOKE]: { status: 500, body: '' },
    });
    const running = home.start(exec, env);
    await running.says(/waits for approval/);
    running.child.kill('SIGINT');
    const { code, err } = await running.finished;
    expect(code).toBe(130);
    expect(err).toContain(`${GRANT.id} was not given back`);
    expect(err).toContain(`valetkey release ${GRANT.id}`);
  });
});

test('a wait outlives a broker that does not answer for a while', async () => {
  let polls = 0;
  server = await fakeServer((line) => {
    if (line === 'POST /v1/credentials') return { status: 202, body: { grant: PENDING } };
    if (line === VEND) return { body: { grant: GRANT, credentials: KEYS } };
    if (line === REVOKE) return { body: { ...GRANT, status: 'revoked' } };
    polls += 1;
    return polls === 1 ? { status: 500, body: '' } : { body: GRANT };
  });
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  expect(await home.run(exec, env)).toMatchObject({ code: 0, out: 'runs\n' });
  expect(polls).toBe(2);
}, 20_000);

test('what goes wrong before the command starts ends the grant, too', async () => {
  const { env, lines } = await brokerAnswers({
    'POST /v1/credentials': { body: { grant: GRANT, credentials: KEYS } },
    [REVOKE]: { body: { ...GRANT, status: 'revoked' } },
  });
  // Static keys are kept from the child by a copy without them, which cannot be written here.
  const config = join(home.folder, 'static-keys');
  writeFileSync(config, '[default]\naws_access_key_id = x\naws_secret_access_key = x\n');
  const files = { AWS_CONFIG_FILE: config, TMPDIR: join(home.folder, 'nowhere') };
  const { code, out } = await home.run(exec, { ...env, ...files });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(lines()).toEqual(['POST /v1/credentials', REVOKE]);
});

test('while the keys are on their way: they are given back, and nothing is run', async () => {
  let interrupt = (): void => undefined;
  server = await fakeServer((line) => {
    if (line === REVOKE) return { body: { ...GRANT, status: 'revoked' } };
    if (line !== VEND)
      return line.startsWith('GET') ? { body: GRANT } : { status: 202, body: { grant: PENDING } };
    interrupt();
    return { body: { grant: GRANT, credentials: KEYS }, delayMs: 300 };
  });
  const running = home.start(exec, { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url });
  interrupt = () => running.child.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 130, out: '' });
  expect(server.asked.map(({ line }) => line)).toContain(REVOKE);
});

test('while the grant is released: it is released all the same', async () => {
  let interrupt = (): void => undefined;
  server = await fakeServer((line) => {
    if (line !== REVOKE) return { body: { grant: GRANT, credentials: KEYS } };
    interrupt();
    return {
      body: { ...GRANT, status: 'revoked', endReason: 'released by the requester' },
      delayMs: 300,
    };
  });
  const running = home.start(exec, { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url });
  interrupt = () => running.child.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 0, out: 'runs\n' });
});

test('credential-process takes back what turns out to need people', async () => {
  const { env, lines } = await brokerAnswers({
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

test("under a grant of somebody's own: nothing is run, and the grant stays", async () => {
  let interrupt = (): void => undefined;
  server = await fakeServer(() => {
    interrupt();
    return { body: { grant: GRANT, credentials: KEYS }, delayMs: 300 };
  });
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  const running = home.start(['exec', '--grant', GRANT.id, '--', 'echo', 'runs'], env);
  interrupt = () => running.child.kill('SIGINT');
  expect(await running.finished).toMatchObject({ code: 130, out: '' });
  expect(server.asked.map(({ line }) => line)).toEqual([VEND]);
});

test('once the command runs, signals are its own, any number of them', async () => {
  const { env } = await brokerAnswers({
    'POST /v1/credentials': { body: { grant: GRANT, credentials: KEYS } },
    [REVOKE]: { body: { ...GRANT, status: 'revoked' } },
  });
  const script = `
    let heard = 0;
    process.on('SIGINT', () => { heard += 1; console.log('heard', heard); if (heard === 3) process.exit(7); });
    setInterval(() => undefined, 1000);
    console.log('ready');`;
  const running = home.start([...exec.slice(0, -2), process.execPath, '-e', script], env);
  for (const said of [/ready/, /heard 1/, /heard 2/]) {
    await running.says(said);
    running.child.kill('SIGINT');
  }
  expect(await running.finished).toMatchObject({ code: 7 });
});
