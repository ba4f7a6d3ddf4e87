import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, newHome } from '../../support/run-command.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** Requests that are saved by a name, as the whole command keeps and sends them. */

let home: Home;
let server: FakeServer;
beforeEach(async () => {
  home = newHome();
  server = await fakeServer((line) => {
    if (line === 'GET /v1/grants') return { body: { grants: [], nextCursor: null } };
    if (line === 'POST /v1/evaluate') {
      return { body: { decision: GRANT.decision, sessionPolicy: {}, expiresAt: null } };
    }
    if (line === 'POST /v1/grants' || line.endsWith('/revoke')) return { body: GRANT };
    return { body: { grant: GRANT, credentials: CREDENTIALS } };
  });
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const run = (args: readonly string[], env = {}) =>
  home.run(args, { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url, ...env });
const file = () => join(home.folder, 'valetkey', 'requests.json');
const write = (text: string): void => {
  mkdirSync(join(home.folder, 'valetkey'), { recursive: true });
  writeFileSync(file(), text);
};
/** The grant requests that the broker got. */
const asked = () =>
  server.requests
    .filter(({ line }) => ['POST /v1/grants', 'POST /v1/credentials'].includes(line))
    .map(({ body }) => body);

const SAVE = ['save', 'release', 'artifacts-read', '-p', 'prefix=releases/1', '--for', '1h30m'];
const WITH = [...SAVE, '--reason', 'fix #4711; "ä"', '--ticket', 'OPS-1', '--action', 's3:Get*'];
const BODY = {
  entitlement: 'artifacts-read',
  parameters: { prefix: 'releases/1' },
  scope: { actions: ['s3:Get*'] },
  durationSeconds: 5400,
  justification: 'fix #4711; "ä"',
  ticket: 'OPS-1',
};

describe('a saved request', () => {
  test('is kept in a file that only the user can read', async () => {
    expect(await run(WITH)).toMatchObject({ code: 0, err: '' });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      requests: {
        release: {
          entitlement: 'artifacts-read',
          parameters: { prefix: 'releases/1' },
          for: '90m',
          reason: 'fix #4711; "ä"',
          ticket: 'OPS-1',
          actions: ['s3:Get*'],
        },
      },
    });
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['request', ['request', '@release']],
    ['exec', ['exec', '@release', '--', 'true']],
    ['env', ['env', '@release', '--shell', 'sh']],
    ['credential-process', ['credential-process', '@release']],
    ['ci exec', ['ci', 'exec', '@release', '--token-file', 'token', '--', 'true']],
    ['again', ['again']],
  ])('is sent by %s', async (name, args) => {
    await run(WITH);
    writeFileSync(join(home.folder, 'token'), 'a-token');
    if (name === 'again') await run(['request', '@release']);
    expect(await run(args)).toMatchObject({ code: 0 });
    expect(asked().at(-1)).toEqual(BODY);
  });

  test('gives way to options on the command line, parameter by parameter', async () => {
    await run([...WITH, '-p', 'other=x']);
    const options = ['-p', 'prefix=releases/2', '--for', '10m', '--reason', 'y', '--action', 'a:b'];
    await run(['request', '@release', ...options]);
    expect(asked()).toEqual([
      {
        ...BODY,
        parameters: { prefix: 'releases/2', other: 'x' },
        durationSeconds: 600,
        justification: 'y',
        scope: { actions: ['a:b'] },
      },
    ]);
  });

  test('goes to its own broker, unless another one is on the command line', async () => {
    await run([...SAVE, '--broker', server.url]);
    const other = { VALETKEY_BROKER: 'http://127.0.0.1:9' };
    expect((await run(['request', '@release'], other)).code).toBe(0);
    expect((await run(['request', '@release', '--broker', other.VALETKEY_BROKER])).code).toBe(5);
    expect(asked()).toHaveLength(1);
  });

  test('can be made of another one', async () => {
    await run(WITH);
    await run(['save', 'second', '@release', '-p', 'prefix=releases/2']);
    await run(['request', '@second']);
    expect(asked()).toEqual([{ ...BODY, parameters: { prefix: 'releases/2' } }]);
  });

  test('is not what follows --, or what stands where a grant is named', async () => {
    for (const args of [
      ['exec', '--', '@release'],
      ['exec', '--grant', GRANT.id, '--', '@release'],
    ]) {
      expect((await run(args)).err).not.toContain('No request is saved');
    }
  });

  test('is a filter for lists by its entitlement', async () => {
    await run(SAVE);
    expect((await run(['requests', '--entitlement', '@release'])).code).toBe(0);
    const { err } = await run(['requests', '--entitlement', '@other']);
    expect(err).toContain('No request is saved as "@other".');
  });

  test('is replaced only on request, and saving the same again is no error', async () => {
    await run(SAVE);
    expect((await run(SAVE)).code).toBe(0);
    const other = ['save', 'release', 'database-admin'];
    const { code, err } = await run(other);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--replace') });
    expect((await run([...other, '--replace'])).code).toBe(0);
    expect((await run(['saved', 'list'])).out).toBe('@release  database-admin\n');
  });

  test('is listed as it can be typed, and removed', async () => {
    expect((await run(['saved', 'list'])).out).toContain('valetkey save NAME ENTITLEMENT');
    await run(WITH);
    await run(['save', 'a', 'b-c']);
    expect((await run(['saved', 'list'])).out).toBe(
      `@a        b-c
@release  artifacts-read -p prefix=releases/1 --for 90m --reason 'fix #4711; "ä"' --ticket OPS-1 --action 's3:Get*'
`,
    );
    expect(JSON.parse((await run(['saved', 'list', '--json'])).out)).toMatchObject([
      { name: 'a', entitlement: 'b-c' },
      { name: 'release', for: '90m' },
    ]);
    expect((await run(['saved', 'remove', '@a'])).out).toBe('Removed @a.\n');
    const { code, err } = await run(['saved', 'remove', 'a']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('Saved: @release.') });
  });

  test('that is not there is an error that names those that are', async () => {
    expect((await run(['exec', '@x', '--', 'true'])).err).toContain('valetkey save NAME');
    await run(SAVE);
    const { code, err } = await run(['exec', '@x', '--', 'true']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('Saved: @release.') });
    expect(asked()).toEqual([]);
  });

  test.each(['', '-x', 'a b', 'a/b', '__proto__', 'ä', '@a', 'a'.repeat(65)])(
    'cannot have the name %j',
    async (name) => {
      const { code } = await run(['save', '--', name, 'artifacts-read']);
      expect(code).toBe(2);
    },
  );

  test('needs an entitlement id', async () => {
    const { code, err } = await run(['save', 'a', 'Artifacts read']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('valetkey list') });
    expect((await run(SAVE)).code).toBe(0);
  });

  test('is not lost when several are saved at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(names.map((name) => run(['save', name, 'artifacts-read'])));
    const { out } = await run(['saved', 'list', '--json']);
    expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name)).toEqual(names);
    expect(readdirSync(join(home.folder, 'valetkey'))).toEqual(['requests.json']);
  });
});

describe('a file of saved requests that cannot be used', () => {
  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is not an object'],
    ['{"requests":{"a":{}}}', 'requests.a.entitlement is not valid'],
    ['{"requests":{"a":{"entitlement":"b","for":"soon"}}}', 'requests.a.for is not valid'],
    ['{"requests":{"a":{"entitlement":"b","reson":"x"}}}', 'requests.a.reson is not known'],
    ['{"requests":{"a b":{"entitlement":"b"}}}', 'requests.a b is not valid'],
  ])('is an error and stays as it is: %s', async (text, what) => {
    write(text);
    for (const args of [['request', '@a'], ['saved', 'list'], SAVE, ['credential-process', '@a']]) {
      const { code, out, err } = await run(args);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`${file()} cannot be used: ${what}.`);
      expect(err).toContain('move it away');
    }
    expect(readFileSync(file(), 'utf8')).toBe(text);
    expect(server.requests).toEqual([]);
  });
});

describe('again', () => {
  test('says so if there is no earlier request', async () => {
    const { code, err } = await run(['again']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('no earlier request') });
  });

  test('sends the last request with other options, and runs a command with its keys', async () => {
    await run(['exec', 'artifacts-read', '-p', 'prefix=a', '--for', '15m', '--', 'true']);
    const { code, out } = await run(['again', '--for', '20m', '--', 'echo', 'runs', '--for', 'x']);
    expect({ code, out }).toEqual({ code: 0, out: 'runs --for x\n' });
    expect(asked()).toEqual([
      { entitlement: 'artifacts-read', parameters: { prefix: 'a' }, durationSeconds: 900 },
      { entitlement: 'artifacts-read', parameters: { prefix: 'a' }, durationSeconds: 1200 },
    ]);
  });

  test('does not repeat what was not sent, or what an SDK asked for', async () => {
    await run(['request', 'artifacts-read', '--for', '15m']);
    await run(['request', 'database-admin', '--for', '15m', '--dry-run']);
    await run(['credential-process', 'orders-read', '--for', '15m']);
    await run(['again']);
    expect(asked().at(-1)).toMatchObject({ entitlement: 'artifacts-read' });
  });
});

test('cached keys of a saved request are not those of the request that it was before', async () => {
  await run(SAVE);
  await run(['credential-process', '@release']);
  await run(['save', 'release', 'artifacts-read', '-p', 'prefix=b', '--for', '15m', '--replace']);
  await run(['credential-process', '@release']);
  expect(asked()).toMatchObject([
    { parameters: { prefix: 'releases/1' } },
    { parameters: { prefix: 'b' } },
  ]);
});
