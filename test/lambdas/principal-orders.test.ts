import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, auditor } from '../support/callers.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { testClock } from '../support/test-clock.ts';

/** Orders about principals over their handlers, on a table that reads what was written. */

const clock = testClock();
const kills = mockClient(LambdaClient);
let api: ApiUnderTest;
let table: FakeTable;
let [token, admin] = ['', ''];

beforeAll(async () => {
  api = await startApi();
  [token, admin] = [await ana(api.issuer), await auditor(api.issuer)];
});
afterAll(() => api.stop());
beforeEach(async () => {
  clock.restart();
  kills.reset();
  kills.on(InvokeCommand).resolves({});
  api.aws.acceptAll();
  table = fakeTable(api.aws);
});

const ANA = 'people:ana';
type Keyed = { readonly key?: string; readonly body?: object; readonly id?: string };

const order = (what: 'suspend' | 'resume' | 'revoke', call: Keyed = {}): Promise<Answer> =>
  api.call(`POST /v1/principals/{id}/${what}`, {
    token: admin,
    id: call.id ?? ANA,
    body: call.body ?? { reason: 'lost laptop' },
    ...(call.key !== undefined && { headers: { 'idempotency-key': call.key } }),
  });

/** Vends under new grants of Ana's, thirty a minute, and returns their ids. */
async function vend(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const { status, body } = await api.call('POST /v1/credentials', { token, body: ARTIFACTS });
    expect(status).toBe(200);
    if (made % 30 === 29) clock.forward(60);
    ids.push((body['grant'] as { readonly id: string }).id);
  }
  return ids;
}

const statusOf = (id: string): unknown => table.items.get(`GRANT#${id} GRANT`)?.['status']?.S;
const trail = (): readonly Record<string, unknown>[] =>
  table
    .sortKeys(`TRAIL#${ANA}`)
    .filter((sk) => sk.startsWith('AUDIT#'))
    .map((sk) => unmarshall(table.items.get(`TRAIL#${ANA} ${sk}`) ?? {}));

async function sweep(): Promise<Record<string, unknown>> {
  const { handler } = (await import('../../lambdas/sweep.lambda.ts')) as unknown as {
    handler: (event: object, context: object) => Promise<Record<string, unknown>>;
  };
  return handler({}, { awsRequestId: 'sweep-1' });
}

describe('suspending a principal', () => {
  test('ends its grants, says how many, and forgets the order', async () => {
    const ids = await vend(3);
    expect(await order('suspend')).toMatchObject({
      status: 200,
      body: {
        principal: { id: ANA, suspended: { by: { id: 'people:sam' }, reason: 'lost laptop' } },
        ...{ known: true, ended: 3, finished: true, nextCursor: null, grants: { length: 3 } },
      },
    });
    expect(ids.map(statusOf)).toEqual(['revoking', 'revoking', 'revoking']);
    expect(table.sortKeys('ORDERS')).toEqual([]);
    expect(table.sortKeys('SUSPENSIONS')).toHaveLength(1);
  });

  test('writes the order down before it ends anything', async () => {
    const ids = await vend(1);
    table.failing = (command, input) => command === 'Query' && input.includes('GRANT#');
    expect(await order('suspend')).toMatchObject({ status: 503 });
    expect(table.sortKeys('ORDERS')).toHaveLength(1);
    const [row = ''] = table.sortKeys('ORDERS');
    expect(unmarshall(table.items.get(`ORDERS ${row}`) ?? {})).toMatchObject({
      ...{ principal: ANA, what: 'suspend', reason: 'lost laptop', requestId: 'request-1' },
      actor: { id: 'people:sam' },
    });
    expect(ids.map(statusOf)).toEqual(['active']);
  });

  test('and resuming it are answered only when every gate is closed, or open; the sweep goes on', async () => {
    const [id = ''] = await vend(1);
    const closed = () =>
      table.sortKeys(`PRINCIPAL#${ANA}`).filter((sk) => {
        return /SUSPENSION#\d/.test(sk) && table.items.get(`PRINCIPAL#${ANA} ${sk}`)?.['closed'];
      });
    for (const what of ['suspend', 'resume'] as const) {
      table.failing = (command, input) =>
        command !== 'Query' && /people:ana"},"sk":{"S":"SUSPENSION#1/.test(input);
      expect(await order(what)).toMatchObject({ status: 503 });
      expect(closed()).toHaveLength(what === 'suspend' ? 22 : 10);
      expect(table.sortKeys('ORDERS')).toHaveLength(1);
      // Nothing is ended while something might still begin.
      if (what === 'suspend') expect(statusOf(id)).toBe('active');
      clock.forward(61);
      table.failing = () => false;
      expect(await sweep()).toMatchObject({ finishedOrders: [ANA], unfinishedOrders: [] });
      expect(closed()).toHaveLength(what === 'suspend' ? 32 : 0);
      expect(statusOf(id)).toBe('revoking');
    }
    expect(await vend(1)).toHaveLength(1);
  });

  test('raises no alarm while the kill switch works on its grants, for five minutes', async () => {
    const ids = await vend(2);
    await order('suspend');
    const killing = [...ids].toSorted();
    for (const [seconds, message] of [
      [61, 'kill switch woken'],
      [230, 'kill switch woken'],
      [30, 'repaired'],
    ] as const) {
      clock.forward(seconds);
      api.log.clear();
      const swept = await sweep();
      expect((swept['killing'] as string[]).toSorted()).toEqual(killing);
      expect(swept['overdueKills']).toHaveLength(message === 'repaired' ? 2 : 0);
      const lines = api.log.lines().map(({ message: found }) => found);
      expect(lines.filter((line) => /repaired|woken/.test(String(line)))).toEqual([message]);
    }
  });

  test('that fails in the middle is finished by the sweep, a minute later', async () => {
    const ids = await vend(3);
    const [stuck = ''] = ids;
    table.failing = (command, input) =>
      command === 'TransactWriteItems' && input.includes(`GRANT#${stuck}`);
    expect(await order('suspend')).toMatchObject({ status: 503 });
    expect(ids.map(statusOf).toSorted()).toEqual(['active', 'revoking', 'revoking']);

    clock.forward(59);
    table.failing = () => false;
    expect(await sweep()).toMatchObject({ finishedOrders: [], endedByOrder: [] });
    clock.forward(2);
    table.failing = (command, input) =>
      command === 'TransactWriteItems' && input.includes(`GRANT#${stuck}`);
    api.log.clear();
    expect(await sweep()).toMatchObject({
      unfinishedOrders: [{ principal: ANA, what: 'suspend', failed: [stuck] }],
    });
    expect(api.log.text()).toMatch(/"message": ?"repaired"/);
    expect(api.log.text()).toContain(stuck);

    table.failing = () => false;
    expect(await sweep()).toMatchObject({
      ...{ finishedOrders: [ANA], endedByOrder: [stuck], unfinishedOrders: [] },
    });
    expect(statusOf(stuck)).toBe('revoking');
    expect(table.sortKeys('ORDERS')).toEqual([]);
    const woken = kills.commandCalls(InvokeCommand).map(({ args: [{ input }] }) => input.Payload);
    expect(
      woken.map((payload) => new TextDecoder().decode(payload as Uint8Array)).join(),
    ).toContain(stuck);
  });

  test('is undone by resuming, also where the row is older than the list', async () => {
    await order('suspend');
    for (const sk of table.sortKeys('SUSPENSIONS')) table.items.delete(`SUSPENSIONS ${sk}`);
    expect((await api.call('POST /v1/credentials', { token, body: ARTIFACTS })).status).toBe(403);
    expect(await order('resume')).toMatchObject({ body: { principal: { suspended: null } } });
    await vend(1);
    await order('suspend');
    const SUSPENSION = `PRINCIPAL#${ANA} SUSPENSION`;
    table.items.set(SUSPENSION, { pk: { S: `PRINCIPAL#${ANA}` }, sk: { S: 'SUSPENSION' } });
    expect(await order('suspend')).toMatchObject({ status: 200 });
    expect(await order('resume')).toMatchObject({ status: 200 });
    expect(table.items.has(SUSPENSION)).toBe(false);
  });

  test('answers one page of its grants, and where the next one begins', async () => {
    const ids = await vend(51);
    const { body } = await order('suspend');
    expect(body).toMatchObject({ ended: 51, finished: true, grants: { length: 50 } });
    const query = `requester=${ANA}&cursor=${body['nextCursor']}`;
    const rest = await api.call('GET /v1/grants', { token: admin, query });
    expect(rest.body).toMatchObject({ grants: { length: 1 } });
    const shown = [body, rest.body].flatMap(({ grants }) => grants as { readonly id: string }[]);
    expect(shown.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
  });
});

describe('an order under an Idempotency-Key', () => {
  test('gets the first answer again, and leaves one record', async () => {
    await vend(2);
    const first = await order('suspend', { key: 'k' });
    clock.forward(5);
    expect((await order('suspend', { key: 'k' })).body).toEqual(first.body);
    expect(trail()).toHaveLength(1);
  });

  test('does not suspend again who was resumed since', async () => {
    const first = await order('suspend', { key: 'k' });
    await order('resume', { key: 'k2' });
    expect(await order('suspend', { key: 'k' })).toMatchObject({ status: 200, body: first.body });
    expect(table.items.has(`PRINCIPAL#${ANA} SUSPENSION`)).toBe(false);
    expect(table.sortKeys('SUSPENSIONS')).toEqual([]);
    await vend(1);
  });

  test('that was interrupted is finished by its repeat', async () => {
    const ids = await vend(2);
    const [stuck = ''] = ids;
    table.failing = (command, input) =>
      command === 'TransactWriteItems' && input.includes(`GRANT#${stuck}`);
    expect(await order('suspend', { key: 'k' })).toMatchObject({ status: 503 });
    table.failing = () => false;
    expect((await order('suspend', { key: 'k' })).body).toMatchObject({ ended: 2, finished: true });
    expect(ids.map(statusOf)).toEqual(['revoking', 'revoking']);
    expect(trail()).toHaveLength(1);
    expect(table.sortKeys('ORDERS')).toEqual([]);
  });

  test.each<[string, () => Promise<Answer>]>([
    ['another order', () => order('resume', { key: 'k' })],
    ['another principal', () => order('suspend', { key: 'k', id: 'people:bob' })],
    ['another reason', () => order('suspend', { key: 'k', body: { reason: 'x' } })],
    [
      'a request',
      async () =>
        api.call('POST /v1/grants', {
          token: admin,
          body: ARTIFACTS,
          headers: { 'idempotency-key': 'k' },
        }),
    ],
  ])('is refused to %s', async (_, other) => {
    await order('suspend', { key: 'k' });
    expect(await other()).toMatchObject({
      status: 422,
      body: { type: 'urn:valetkey:problem:idempotency-key-reused' },
    });
    expect(trail()).toHaveLength(1);
  });

  test('is refused where the key was used for a request', async () => {
    await api.call('POST /v1/credentials', {
      ...{ token, body: ARTIFACTS, headers: { 'idempotency-key': 'k' } },
    });
    const answer = await api.call('POST /v1/principals/{id}/revoke', {
      ...{ token, id: ANA, body: {}, headers: { 'idempotency-key': 'k' } },
    });
    expect(answer).toMatchObject({ status: 422 });
  });

  test('needs the right to give it every time', async () => {
    await order('suspend', { key: 'k' });
    const other = await api.call('POST /v1/principals/{id}/suspend', {
      ...{ token, id: 'people:bob', body: { reason: 'lost laptop' } },
      headers: { 'idempotency-key': 'k' },
    });
    expect(other).toMatchObject({ status: 403 });
  });
});

describe('an order says what it found', () => {
  test.each(['suspend', 'resume', 'revoke'] as const)(
    'to %s an id that never requested anything',
    async (what) => {
      expect(await order(what, { id: 'people:nobody' })).toMatchObject({
        status: 200,
        body: { known: false, ended: 0, grants: [], nextCursor: null },
      });
    },
  );

  test('to suspend one whose request was denied', async () => {
    const denied = await api.call('POST /v1/grants', {
      token,
      body: { ...ARTIFACTS, durationSeconds: 28_800 },
    });
    expect(denied.status).toBe(403);
    expect(await order('suspend')).toMatchObject({ body: { known: true, ended: 0 } });
  });

  test.each(['suspend', 'resume', 'revoke'] as const)(
    'to %s somebody of an issuer that the bundle does not have: 400',
    async (what) => {
      for (const id of ['peeple:ana', 'ana', 'people:', ':ana']) {
        expect(await order(what, { id })).toMatchObject({
          status: 400,
          body: { errors: [{ pointer: '/id', detail: expect.stringContaining('no issuer') }] },
        });
      }
      expect(table.items.size).toBe(0);
    },
  );
});

describe('the list of suspended principals', () => {
  const list = (query: string, caller = admin): Promise<Answer> =>
    api.call('GET /v1/principals', { token: caller, query });

  test('is for administrators', async () => {
    expect(await list('suspended=true', token)).toMatchObject({ status: 403 });
    expect(await list('suspended=true')).toMatchObject({
      status: 200,
      body: { principals: [], nextCursor: null },
    });
  });

  test('shows the latest suspension first, page by page, and none that ended', async () => {
    for (const id of ['people:a', 'people:b', 'people:c', 'people:d']) {
      await order('suspend', { id });
      clock.forward(1);
    }
    await order('suspend', { id: 'people:a', body: { reason: 'again' } });
    await order('resume', { id: 'people:c' });
    const { body } = await list('suspended=true&limit=2');
    expect(body).toMatchObject({
      principals: [
        { principal: 'people:a', reason: 'again', by: { id: 'people:sam' } },
        { principal: 'people:d' },
      ],
    });
    const next = await list(`suspended=true&limit=2&cursor=${body['nextCursor']}`);
    expect(next.body).toMatchObject({ principals: [{ principal: 'people:b' }], nextCursor: null });
  });

  test.each(['', 'suspended=false', 'suspended=true&cursor=x', 'suspended=true&limit=0', 'x=1'])(
    'does not exist with the query %j',
    async (query) => {
      expect(await list(query)).toMatchObject({ status: 400 });
    },
  );

  test('is not answered where the store fails', async () => {
    table.failing = (command) => command === 'Query';
    expect(await list('suspended=true')).toMatchObject({ status: 503 });
  });
});

describe('a caller whose identity somebody else uses', () => {
  const notMe = (call: Keyed = {}) =>
    api.call('POST /v1/principals/{id}/suspend', { token, id: 'me', body: call.body ?? {} });

  test('ends everything of their own and stays out, whoever suspended them first', async () => {
    const ids = await vend(2);
    expect(await notMe({ body: { reason: 'this was not me' } })).toMatchObject({
      status: 200,
      body: {
        principal: { id: ANA, suspended: { by: { id: ANA }, reason: 'this was not me' } },
        ...{ known: true, ended: 2 },
      },
    });
    expect(ids.map(statusOf)).toEqual(['revoking', 'revoking']);
    const { status } = await api.call('POST /v1/credentials', { token, body: ARTIFACTS });
    expect(status).toBe(403);
    const resume = { token, id: 'me', body: {} };
    expect((await api.call('POST /v1/principals/{id}/resume', resume)).status).toBe(403);
    expect((await order('resume')).status).toBe(200);
  });

  test('may say so while suspended, which changes nothing of the suspension', async () => {
    await order('suspend', { body: { reason: 'lost laptop' } });
    expect(await notMe()).toMatchObject({
      status: 200,
      body: { principal: { suspended: { by: { id: 'people:sam' }, reason: 'lost laptop' } } },
    });
    expect(trail()).toHaveLength(2);
  });
});

describe('a caller who is suspended', () => {
  test.each([
    'GET /v1/entitlements',
    'GET /v1/entitlements/{id}',
    'POST /v1/evaluate',
    'GET /v1/grants',
    'GET /v1/grants/{id}',
    'GET /v1/grants/{id}/events',
    'GET /v1/decisions',
    'GET /v1/principals',
  ] as const)('reads nothing with %s', async (route) => {
    await order('suspend');
    const query = route === 'GET /v1/principals' ? 'suspended=true' : '';
    const call = {
      token,
      id: 'artifacts-read',
      query,
      ...(route.startsWith('POST') && { body: ARTIFACTS }),
    };
    expect(await api.call(route, call)).toMatchObject({
      status: 403,
      body: { type: 'urn:valetkey:problem:suspended' },
    });
    table.failing = (command) => command === 'GetItem';
    expect(await api.call(route, call)).toMatchObject({ status: 503 });
  });

  test('learns nothing about a grant from being refused to change it', async () => {
    const [id = ''] = await vend(1);
    await order('revoke');
    const ended = await api.call('POST /v1/grants/{id}/cancel', { token: admin, id, body: {} });
    expect(ended.text).toContain(id);
    const sam = { pk: { S: 'PRINCIPAL#people:sam' }, sk: { S: 'SUSPENSION' } };
    table.items.set('PRINCIPAL#people:sam SUSPENSION', sam);
    for (const what of ['revoke', 'cancel', 'approve', 'deny', 'withdraw', 'review'] as const) {
      const refused = await api.call(`POST /v1/grants/{id}/${what}`, {
        token: admin,
        id,
        body: {},
      });
      expect(refused).toMatchObject({ status: 403, body: { title: 'Suspended' } });
      expect(refused.text).not.toContain(id);
    }
  });

  test('still sees who they are', async () => {
    await order('suspend');
    expect(await api.call('GET /v1/whoami', { token })).toMatchObject({ status: 200 });
  });
});
