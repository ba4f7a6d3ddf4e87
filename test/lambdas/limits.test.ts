import {
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../core/api/routes.ts';
import { ALL_ROUTES, type Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, DEPLOY, dev, job, TABLE } from '../support/callers.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { CREDENTIALS, cancelled, partWith } from '../support/mock-aws.ts';
import { finding, written } from '../support/stored-grants.ts';
import { testClock } from '../support/test-clock.ts';

/** Too much by one principal, over the real handlers, with the default limits. */

const clock = testClock();
/** 20.5 seconds into a minute. */
const NOW = Date.UTC(2026, 10, 26, 10, 0, 20, 500);
let api: ApiUnderTest;
let [token, workload] = ['', ''];
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  [token, workload] = [await ana(api.issuer), await job(api.issuer)];
  api.aws.acceptAll();
});
afterEach(() => clock.restart());

const COUNT = /COUNT#[^"]+|(?:requests|vends)PerMinute#\d+#\d+/g;
const counterOf = (input: TransactWriteItemsCommandInput | undefined): string =>
  Array.from(JSON.stringify(input).matchAll(COUNT), ([key]) => key).join(' ');

/** Lets the first counters be full that so many transactions meet. */
function fullAtFirst(times: number): void {
  let met = 0;
  api.aws.dynamo.on(TransactWriteItemsCommand).callsFake((input) => {
    if (!JSON.stringify(input).includes('COUNT#') || ++met > times) return {};
    throw cancelled(input.TransactItems.length, partWith(input, 'COUNT#'), {
      Code: 'ConditionalCheckFailed',
    });
  });
}

/** The refusals that were recorded, with whom they name. */
const refusals = (): readonly object[] =>
  api.aws
    .calls()
    .flatMap(({ input }) => {
      const { Item } = input as { readonly Item?: Parameters<typeof unmarshall>[0] };
      return Item === undefined ? [] : [unmarshall(Item)];
    })
    .filter((item) => item['type'] === 'principal-refused');

function expectLimited(answer: Answer, limit: string, most: number, retryAfter: string): void {
  expect(answer).toMatchObject({
    status: 429,
    headers: { 'content-type': 'application/problem+json', 'retry-after': retryAfter },
    body: { type: 'urn:valetkey:problem:limited', title: 'Too much', status: 429, limit, most },
  });
  expect(answer.body).not.toHaveProperty('credentials');
  expect(answer.text).not.toContain(CREDENTIALS.SecretAccessKey);
}

describe('a person who made all requests of a minute', () => {
  test.each(['POST /v1/credentials', 'POST /v1/grants'] as const)(
    'gets 429 from %s until the next minute, no keys, and a record',
    async (route) => {
      clock.setTo(NOW);
      [token] = [await ana(api.issuer)];
      fullAtFirst(99);
      const answer = await api.call(route, { token, body: ARTIFACTS });
      expectLimited(answer, 'requestsPerMinute', 120, '40');
      expect(answer.body['detail']).toBe(
        'You made 120 requests in this minute, which is the limit. Try again in 40 seconds.',
      );
      expect(api.aws.transactions()).toHaveLength(1);
      expect(api.aws.assumedRoles()).toEqual([]);
      expect(refusals()).toMatchObject([
        { actor: { id: 'people:ana' }, call: route, problem: 'limited' },
      ]);
    },
  );
});

describe('jobs of one workload', () => {
  const deploy = (): Promise<Answer> =>
    api.call('POST /v1/credentials', { token: workload, body: DEPLOY });

  test('are counted by eight counters: who meets a full one tries the others before it is refused', async () => {
    fullAtFirst(99);
    const refused = await deploy();
    expect(refused).toMatchObject({
      status: 429,
      body: { limit: 'requestsPerMinute', most: 1200 },
    });
    const counters = api.aws.transactions().map(counterOf);
    expect(counters).toHaveLength(8);
    expect(new Set(counters).size).toBe(8);
  });

  test.each([0, 1, 7])('vend after they met %d full counters', async (full) => {
    fullAtFirst(full);
    expect((await deploy()).status).toBe(200);
    expect(api.aws.transactions()).toHaveLength(full + 1);
    expect(api.aws.assumedRoles()).toHaveLength(1);
  });
});

test('vends beyond those of a minute under one grant get 429 that says to keep keys', async () => {
  clock.setTo(NOW);
  [token] = [await ana(api.issuer)];
  const stored = await written(api, 'POST /v1/grants', { token, body: ARTIFACTS });
  finding(api, stored.grant);
  fullAtFirst(99);
  const answer = await api.call('POST /v1/grants/{id}/credentials', { token, id: stored.id });
  expectLimited(answer, 'vendsPerMinute', 60, '40');
  expect(answer.body['detail']).toContain('Keep credentials until they expire');
  expect(counterOf(api.aws.transactions()[0])).toMatch(RegExp(`COUNT#${stored.id} `));
  expect(api.aws.assumedRoles()).toEqual([]);
});

describe('a principal whose ended grants need too much of a role’s kill switch', () => {
  /** The gate of the role that the transaction checks says how much. */
  function needing(percent: number, until: number): void {
    api.aws.dynamo
      .on(TransactWriteItemsCommand)
      .callsFake((input: TransactWriteItemsCommandInput) => {
        const at = partWith(input, 'FREEZE#');
        const { ConditionCheck: check } = input.TransactItems?.[at] ?? {};
        const most = Number(check?.ExpressionAttributeValues?.[':most']?.N);
        if (percent < most) return {};
        const room = { [check?.ExpressionAttributeNames?.['#hash'] ?? '']: { percent, until } };
        throw cancelled(input.TransactItems?.length ?? 0, at, {
          Code: 'ConditionalCheckFailed',
          Item: marshall({ epoch: 0, room }),
        });
      });
  }

  test.each(['POST /v1/credentials', 'POST /v1/grants/{id}/credentials'] as const)(
    'gets 429 from %s until they need less, no keys, and a record',
    async (route) => {
      clock.setTo(NOW);
      [token] = [await ana(api.issuer)];
      const stored = await written(api, 'POST /v1/grants', { token, body: ARTIFACTS });
      finding(api, stored.grant);
      needing(83, NOW + 95_000);
      const asked = route === 'POST /v1/credentials' ? { body: ARTIFACTS } : { id: stored.id };
      const answer = await api.call(route, { token, ...asked });
      expectLimited(answer, 'killSwitchPercent', 80, '95');
      expect(answer.body['detail']).toContain('need 80 % or more of what its kill switch can deny');
      expect(api.aws.assumedRoles()).toEqual([]);
      expect(refusals()).toMatchObject([{ problem: 'limited' }]);
    },
  );

  test('vends below the limit', async () => {
    needing(79, NOW);
    expect((await api.call('POST /v1/credentials', { token, body: ARTIFACTS })).status).toBe(200);
  });
});

describe('a person whose requests wait for votes', () => {
  let table: FakeTable;
  beforeEach(async () => {
    table = fakeTable(api.aws);
    token = await dev(api.issuer);
  });
  const ask = (): Promise<Answer> => api.call('POST /v1/grants', { token, body: TABLE });

  test('gets 429 for one more than twenty for an entitlement, and may ask again after cancelling', async () => {
    const ids: string[] = [];
    for (let made = 0; made < 20; made += 1) {
      const { status, body } = await ask();
      expect(status).toBe(201);
      ids.push(String(body['id']));
    }
    const next = await ask();
    expect(next).toMatchObject({
      status: 429,
      body: { limit: 'openRequestsPerEntitlement', most: 20 },
    });
    const { lapsesAt } = (
      (await api.call('GET /v1/grants/{id}', { token, id: ids[0] ?? '' })).body as {
        readonly approvals: { readonly lapsesAt: string };
      }
    ).approvals;
    const seconds = (Date.parse(lapsesAt) - Date.now()) / 1000;
    expect(Math.abs(Number(next.headers['retry-after']) - seconds)).toBeLessThan(600);
    expect(table.sortKeys('PRINCIPAL#people:dev').filter(isWaiting)).toHaveLength(20);
    const cancelled = await api.call('POST /v1/grants/{id}/cancel', { token, id: ids[0] ?? '' });
    expect(cancelled.status).toBe(200);
    expect((await ask()).status).toBe(201);
  });
});

const isWaiting = (key: string): boolean => key.startsWith('WAITING#');

test('calls that a limit may refuse declare 429, and those that end something do not', async () => {
  const { body } = await api.call('GET /v1/openapi.json');
  const paths = body['paths'] as Record<string, Record<string, { responses: object }>>;
  const limited = ALL_ROUTES.filter((route) => {
    const [method = '', path = ''] = route.split(' ');
    return Object.hasOwn(paths[path]?.[method.toLowerCase()]?.responses ?? {}, '429');
  });
  expect(ROUTES).toHaveProperty(['POST /v1/grants/{id}/revoke']);
  expect(limited.toSorted()).toEqual([
    'POST /v1/credentials',
    'POST /v1/grants',
    'POST /v1/grants/{id}/credentials',
    'POST /v1/grants/{id}/extend',
  ]);
});
