import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { newHome } from '../support/run-command.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from './fake-server.ts';

/** With `--json` programs can parse all output of the command itself. */

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const lines = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('an error', () => {
  test('of policy has the decision', async () => {
    const decision = { ...GRANT.decision, outcome: 'deny', advice: ['Ask for at most 1h.'] };
    const problem = { type: 't', title: 'Denied', status: 403, detail: 'Too long.', decision };
    server = await fakeServer(() => ({ status: 403, body: problem }));
    const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
    const request = ['request', 'artifacts-read', '--for', '2h', '--reason', 'x', '--json'];
    const { code, out, err } = await home.run(request, env);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(lines(err)).toEqual([
      expect.objectContaining({ error: 'Too long.', exitCode: 4, problem }),
    ]);
  });

  test.each([
    ['of usage', ['list', '--jsn', '--json'], /unknown option/],
    ['of a missing command', ['ci', '--json'], /unknown option|No command given/],
    ['of settings', ['list', '--json'], /No broker is configured/],
  ])('%s is one document', async (_, args, pattern) => {
    const { code, out, err } = await home.run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(lines(err)).toEqual([
      {
        error: expect.stringMatching(pattern),
        hint: expect.anything(),
        problem: null,
        exitCode: 2,
      },
    ]);
  });
});

describe('exec', () => {
  const pending = { ...GRANT, status: 'pending' };
  const run = ['exec', 'artifacts-read', '--for', '15m', '--reason', 'x', '--json', '--'];

  test('leaves stdout to the command, and reports the grant on stderr', async () => {
    server = await fakeServer((line) => {
      if (line === 'POST /v1/credentials') return { status: 202, body: { grant: pending } };
      if (line.startsWith('GET')) return { body: GRANT };
      if (line.endsWith('/revoke')) return { body: { ...GRANT, status: 'revoking' } };
      return { body: { grant: GRANT, credentials: CREDENTIALS } };
    });
    const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
    const { code, out, err } = await home.run([...run, 'echo', '--json'], env);
    expect({ code, out }).toEqual({ code: 0, out: '--json\n' });
    const notes = lines(err) as readonly { readonly grant: { readonly status: string } }[];
    expect(notes.map(({ grant }) => grant.status)).toEqual(['pending', 'active', 'revoking']);
    expect(err).not.toContain(CREDENTIALS.secretAccessKey);
  });

  test('ignores the --json of its command', async () => {
    server = await fakeServer((line) =>
      line.endsWith('/revoke')
        ? { body: GRANT }
        : { body: { grant: GRANT, credentials: CREDENTIALS } },
    );
    const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
    const withoutJson = run.filter((word) => word !== '--json');
    const { err } = await home.run([...withoutJson, 'echo', '--json'], env);
    expect(err).toMatch(/^valetkey: gr_\w+ had already ended/);
  });
});
