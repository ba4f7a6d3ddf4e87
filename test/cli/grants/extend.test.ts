import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';
import { type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const VOTE = { approver: GRANT.requester, vote: 'approve', comment: 'fine', at: GRANT.createdAt };
const EXTENSION = {
  durationSeconds: 5400,
  justification: 'The restore takes longer',
  requestedAt: GRANT.createdAt,
  approvals: {
    ...{ required: 2, votes: [VOTE], escalated: false },
    lapsesAt: '2099-01-01T00:00:00Z',
  },
  decision: { ...GRANT.decision, outcome: 'approve' },
};

/** A broker with one grant, whose extension waits for votes. */
async function brokerWith(grant: object): Promise<Readonly<Record<string, string>>> {
  server = await fakeServer((line) =>
    line === 'GET /v1/grants' ? { body: { grants: [grant], nextCursor: null } } : { body: grant },
  );
  return { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
}

test.each(['active', 'scheduled'])(
  'extending what is %s says where the extension waits for approval',
  async (status) => {
    const env = await brokerWith({ ...GRANT, status, extension: EXTENSION });
    const args = ['extend', '--for', '90m', '--reason', 'The restore takes longer'];
    const { code, out } = await home.run(args, env);
    expect(code).toBe(0);
    expect(out).toMatch(/extension +of 90m waits for approval until 2099-01-01T00:00:00Z/);
    expect(out).toMatch(/The restore takes longer\n +approvals +1 of 2\n +approve by ana: fine/);
  },
);

test('an extension is listed with the grants that wait for a vote, and voted on by a prefix of its id', async () => {
  const env = await brokerWith({ ...GRANT, extension: EXTENSION });
  const listed = await home.run(['requests', '--reviewable'], env);
  expect(listed.out).toContain('until 2099-01-01T00:00:00Z, extension waits for approval');
  const id = GRANT.id.slice(0, 12);
  const named = ['--extension', EXTENSION.requestedAt];
  expect((await home.run(['approve', id, ...named], env)).code).toBe(0);
  expect((await home.run(['status', GRANT.id], env)).out).toMatch(/extension +of 90m waits/);
});

/** Votes on the grant that the broker shows, and returns the bodies that arrived. */
async function bodiesOf(grant: object, ...args: readonly string[]) {
  const env = await brokerWith(grant);
  const bodies: unknown[] = [];
  server?.server.on('request', (request: IncomingMessage) => {
    if (request.method === 'POST') void json(request).then((body) => bodies.push(body));
  });
  const finished = await home.run(args, env);
  return { ...finished, bodies, lines: server?.requests.map(({ line }) => line) };
}

test.each(['approve', 'deny', 'withdraw'])(
  '%s votes on an extension only if it is named, and says how',
  async (name) => {
    const grant = { ...GRANT, extension: { ...EXTENSION, justification: 'x\u001b[2Jy' } };
    const unnamed = await bodiesOf(grant, name, GRANT.id);
    expect(unnamed.bodies).toEqual([]);
    expect(unnamed.code).toBe(2);
    expect(unnamed.err).toContain('An extension of 90m waits for votes on this grant (x [2Jy)');
    const named = `--extension ${EXTENSION.requestedAt}`;
    expect(unnamed.err).toContain(`valetkey ${name} ${GRANT.id} ${named}`);
    await server?.close();
    const args = [name, GRANT.id, '--comment', 'so', '--json', ...named.split(' ')];
    const { code, out, bodies, lines } = await bodiesOf(grant, ...args);
    expect(code).toBe(0);
    expect(lines).toEqual([`POST /v1/grants/${GRANT.id}/${name}`]);
    expect(bodies).toEqual([{ comment: 'so', extension: EXTENSION.requestedAt }]);
    expect(JSON.parse(out)).toMatchObject({ id: GRANT.id });
  },
);

test.each([
  ['a request', { ...GRANT, status: 'pending' }],
  ['a grant without an extension', { ...GRANT, extension: null }],
])('a vote on %s names no extension', async (_, grant) => {
  const { bodies, err } = await bodiesOf(grant, 'approve', GRANT.id);
  expect({ bodies, err }).toEqual({ bodies: [{}], err: '' });
});

test('a grant without an extension mentions none, also from a broker that knows none', async () => {
  for (const grant of [GRANT, { ...GRANT, extension: null }]) {
    const { out } = await home.run(['status', GRANT.id], await brokerWith(grant));
    expect(out).not.toContain('extension');
    await server?.close();
  }
});
