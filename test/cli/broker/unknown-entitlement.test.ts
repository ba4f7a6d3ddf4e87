import { afterAll, afterEach, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';
import { ENTITLEMENT, type FakeAnswer, type FakeServer, fakeServer } from '../fake-server.ts';

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const problem = (status: number, errors: readonly object[] = []): FakeAnswer => ({
  status,
  body: { type: 't', title: 't', status, detail: 'There is no such entitlement.', errors },
});
const POINTER = { pointer: '/entitlement', detail: 'is not an entitlement of this broker' };
const IDS = ['artifacts-read', 'artifacts-write', 'database-admin'];
const ALL = { entitlements: IDS.map((id) => ({ ...ENTITLEMENT, id })) };

async function ask(list: FakeAnswer, ...args: readonly string[]) {
  server = await fakeServer((line) => {
    if (line === 'GET /v1/entitlements') return list;
    if (line === 'GET /v1/grants') return { body: { grants: [], nextCursor: null } };
    return line.startsWith('GET') ? problem(404) : problem(400, [POINTER]);
  });
  return home.run(args, { VALETKEY_TOKEN: 'a', VALETKEY_BROKER: server.url });
}

test.each([
  [['request', 'artifact-read']],
  [['request', 'artifact-read', '--for', '15m']],
  [['exec', 'artifact-read', '--for', '15m', '--', 'true']],
  [['env', 'artifact-read', '--for', '15m', '--shell', 'bash']],
  [['credential-process', 'artifact-read', '--for', '15m']],
])('%j with an unknown entitlement says what there is', async (args) => {
  const { code, err } = await ask({ body: ALL }, ...args);
  expect(code).toBe(2);
  expect(err).toBe(
    `valetkey: There is no entitlement "artifact-read", or you may not see it; did you mean 'artifacts-read'?
You may request: artifacts-read, artifacts-write, database-admin
`,
  );
});

test('a broker that cannot list them leaves the first answer', async () => {
  const { code, err } = await ask(problem(403), 'request', 'artifact-read', '--for', '15m');
  expect(code).toBe(2);
  expect(err).toContain('entitlement is not an entitlement of this broker.');
});

test('whoever may see nothing is told so', async () => {
  const { err } = await ask({ body: { entitlements: [] } }, 'request', 'x', '--for', '15m');
  expect(err).toContain('There is no entitlement "x", or you may not see it.');
  expect(err).toContain('You may not request anything at the moment.');
});
