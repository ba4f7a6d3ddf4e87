import { readdirSync, readFileSync } from 'node:fs';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { QUARANTINE_KEY } from '../../adapters/dynamodb/keys.ts';
import { ROUTES, type RouteKey } from '../../core/api/routes.ts';
import { ALL_ROUTES, type ApiCall, apiEvent, CONTEXT } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, auditor, dev, TABLE } from '../support/callers.ts';
import { type FakeTable, fakeTable } from '../support/fake-table.ts';
import { testClock } from '../support/test-clock.ts';
import { sign } from '../support/test-issuer.ts';

/**
 * What every call does while the broker is in quarantine. A new route or direct order must be listed here: a refusal is for
 * what gives access, or decides what waits; everything else is answered as without a quarantine.
 */

type Does = 'is refused' | 'goes on';

const DOES = {
  'GET /': 'goes on',
  'GET /assets/{file}': 'goes on',
  'GET /.well-known/valetkey': 'goes on',
  'GET /v1/openapi.json': 'goes on',
  'GET /v1/whoami': 'goes on',
  'GET /v1/entitlements': 'goes on',
  'GET /v1/entitlements/{id}': 'goes on',
  'GET /v1/entitlements/{id}/usage': 'goes on',
  'POST /v1/evaluate': 'goes on',
  'GET /v1/grants': 'goes on',
  'GET /v1/grants/{id}': 'goes on',
  'GET /v1/grants/{id}/events': 'goes on',
  'GET /v1/grants/{id}/usage': 'goes on',
  'GET /v1/grants/{id}/events/{event}/proof': 'goes on',
  'GET /v1/decisions': 'goes on',
  'GET /v1/audit/checkpoints': 'goes on',
  'GET /v1/audit/events/{event}': 'goes on',
  'GET /v1/audit/events/{event}/proof': 'goes on',
  'POST /v1/audit/exports': 'goes on',
  'GET /v1/audit/ledger/{path}': 'goes on',
  'GET /v1/audit/access-reviews': 'goes on',
  'GET /v1/audit/access-reviews/{id}': 'goes on',
  'POST /v1/audit/access-reviews': 'goes on',
  'POST /v1/audit/access-reviews/{id}/items': 'goes on',
  'POST /v1/audit/access-reviews/{id}/decisions': 'goes on',
  'POST /v1/audit/access-reviews/{id}/sign': 'goes on',
  'POST /v1/grants': 'is refused',
  'POST /v1/grants/{id}/approve': 'is refused',
  'POST /v1/grants/{id}/deny': 'is refused',
  'POST /v1/grants/{id}/withdraw': 'is refused',
  'POST /v1/grants/{id}/cancel': 'goes on',
  'POST /v1/grants/{id}/extend': 'is refused',
  'POST /v1/grants/{id}/review': 'goes on',
  'POST /v1/grants/{id}/revoke': 'goes on',
  'GET /v1/stats': 'goes on',
  'GET /v1/quarantine': 'goes on',
  'POST /v1/quarantine': 'goes on',
  'POST /v1/quarantine/release': 'goes on',
  'GET /v1/principals': 'goes on',
  'POST /v1/principals/{id}/revoke': 'goes on',
  'POST /v1/principals/{id}/suspend': 'goes on',
  'POST /v1/principals/{id}/resume': 'goes on',
  'POST /v1/credentials': 'is refused',
  'POST /v1/grants/{id}/credentials': 'is refused',
} as const satisfies Record<RouteKey, Does>;

/** Each direct order to the kill Lambda, by the member that tells it from the others. */
const DIRECT_ORDERS = {
  grantId: 'denies, and takes no deny back',
  grantIds: 'denies, and takes no deny back',
  role: 'verifies the policy, and forgets no role',
  recover: 'cuts the role off, only where the deployment is for recovery',
  principal: 'ends and denies',
  quarantine: 'keeps the quarantine that stands',
};

/** What each Lambda does that no caller calls. */
const BY_ITSELF = {
  advance: 'holds',
  // They tell of what happened, and change no grant.
  chat: 'goes on',
  deliver: 'goes on',
  publish: 'goes on',
  // It writes events into the log, and prunes nothing of the table.
  ledger: 'goes on',
  observe: 'goes on',
  // A grant that is restored gets its workflow, which waits.
  orchestrate: 'goes on',
  kill: 'holds',
  // Works in nothing but a quarantine, and gives nothing.
  recover: 'goes on',
  slack: 'holds',
  sweep: 'holds',
  // It reads logs, and keeps what it found beside grants that the table may not know as they are.
  usage: 'holds',
  // It reads tables that are restored for a test.
  validate: 'goes on',
};

const clock = testClock();
const wakes = mockClient(LambdaClient);
let api: ApiUnderTest;
let table: FakeTable;
let tokens: Readonly<Record<'ana' | 'dev' | 'kim' | 'sam', string>>;
let ids: Readonly<Record<'active' | 'pending' | 'cancellable', string>>;
/** Later than all reads of the test before. */
let later = 0;

beforeAll(async () => {
  api = await startApi();
  const { issuer } = api;
  const kim = { iss: issuer.urls.people, sub: 'kim', email: 'kim@acme.example', amr: ['mfa'] };
  tokens = {
    ...{ ana: await ana(issuer), dev: await dev(issuer), sam: await auditor(issuer) },
    kim: await sign({ ...kim, groups: ['database'] }, issuer.keys.RS256),
  };
});
afterAll(() => api.stop());
beforeEach(async () => {
  clock.restart();
  later += 10;
  clock.forward(later);
  api.aws.acceptAll();
  table = fakeTable(api.aws);
  wakes.reset();
  wakes.on(InvokeCommand).resolves({});
  const vended = await api.call('POST /v1/credentials', { token: tokens.ana, body: ARTIFACTS });
  const ask = () => api.call('POST /v1/grants', { token: tokens.dev, body: TABLE });
  const [pending, cancellable] = [await ask(), await ask()];
  ids = {
    active: String((vended.body['grant'] as { readonly id: unknown }).id),
    pending: String(pending.body['id']),
    cancellable: String(cancellable.body['id']),
  };
});

/** A call that succeeds without a quarantine, of each route where a table is enough for that. */
function callOf(route: RouteKey): ApiCall {
  const { active, pending, cancellable } = ids;
  const { ana: owner, dev: requester, kim, sam } = tokens;
  const reason = { reason: 'a token was stolen' };
  const calls: Partial<Record<RouteKey, ApiCall>> = {
    'GET /assets/{file}': { id: 'start-AAAA.js' },
    'GET /v1/entitlements/{id}': { token: owner, id: 'artifacts-read' },
    'POST /v1/evaluate': { token: owner, body: ARTIFACTS },
    'GET /v1/grants/{id}': { token: owner, id: active },
    'GET /v1/entitlements/{id}/usage': { token: sam, id: 'artifacts-read' },
    'GET /v1/grants/{id}/usage': { token: owner, id: active },
    'GET /v1/grants/{id}/events': { token: owner, id: active },
    'GET /v1/decisions': { token: sam },
    'POST /v1/grants': { token: requester, body: TABLE },
    'POST /v1/grants/{id}/approve': { token: kim, id: pending },
    'POST /v1/grants/{id}/deny': { token: kim, id: pending },
    'POST /v1/grants/{id}/withdraw': { token: kim, id: pending },
    'POST /v1/grants/{id}/cancel': { token: requester, id: cancellable },
    'POST /v1/grants/{id}/extend': {
      ...{ token: owner, id: active },
      body: { durationSeconds: 2400, justification: 'it takes longer' },
    },
    'POST /v1/grants/{id}/revoke': { token: sam, id: active },
    'POST /v1/quarantine': { token: sam, body: reason },
    'GET /v1/principals': { token: sam, query: 'suspended=true' },
    'POST /v1/principals/{id}/revoke': { token: sam, id: 'people:ana', body: reason },
    'POST /v1/principals/{id}/suspend': { token: sam, id: 'people:ana', body: reason },
    'POST /v1/principals/{id}/resume': { token: sam, id: 'people:ana', body: reason },
    'POST /v1/credentials': { token: owner, body: ARTIFACTS },
    'POST /v1/grants/{id}/credentials': { token: owner, id: active },
  };
  // Files of the log and reviews need more than a table: here they are refused, with and without.
  return calls[route] ?? { token: owner, id: active };
}

async function answerTo(route: RouteKey) {
  const handler = await api.handler(ROUTES[route].lambda);
  const { statusCode = 0, body = '' } = await handler(apiEvent(route, callOf(route)), CONTEXT);
  return { status: statusCode, body };
}

function quarantine(): void {
  const at = Date.now();
  const record = { revision: 'ev_1', cause: 'order', at, by: 'broker', reason: 'x', release: null };
  const item = marshall({ ...QUARANTINE_KEY, ...record });
  table.items.set(`${QUARANTINE_KEY.pk} ${QUARANTINE_KEY.sk}`, item);
  // By then no Lambda goes by an earlier read.
  clock.forward(3);
}

const routesThat = (does: Does) => ALL_ROUTES.filter((route) => DOES[route] === does);

describe('in a quarantine', () => {
  test.each(routesThat('is refused'))('%s is refused, and writes nothing', async (route) => {
    quarantine();
    const before = new Map(table.items);
    const { status, body } = await answerTo(route);
    expect([status, JSON.parse(body)]).toEqual([
      503,
      expect.objectContaining({
        type: 'urn:valetkey:problem:quarantine',
        quarantine: expect.objectContaining({ reason: 'x', since: expect.any(String) }),
      }),
    ]);
    expect(table.items).toEqual(before);
  });

  test.each(routesThat('is refused'))('%s would be served without one', async (route) => {
    // The table of this test does not know how a later vend is written; its refusal writes nothing.
    if (route === 'POST /v1/grants/{id}/credentials') {
      api.aws.dynamo.on(TransactWriteItemsCommand).resolves({});
    }
    const { status, body } = await answerTo(route);
    expect(status < 300 ? 'served' : body).toBe('served');
  });

  test.each(routesThat('goes on'))('%s is answered as without one', async (route) => {
    quarantine();
    const held = await answerTo(route);
    expect(held.status).toBeLessThan(500);
    if (SERVED.includes(route)) expect(held.status).toBe(200);
  });
});

/** Where this test has all that the call needs. */
const SERVED: readonly RouteKey[] = [
  'GET /',
  'GET /assets/{file}',
  'GET /.well-known/valetkey',
  'GET /v1/openapi.json',
  'GET /v1/whoami',
  'GET /v1/entitlements',
  'GET /v1/entitlements/{id}',
  'POST /v1/evaluate',
  'GET /v1/grants',
  'GET /v1/grants/{id}',
  'GET /v1/grants/{id}/events',
  'GET /v1/entitlements/{id}/usage',
  'GET /v1/grants/{id}/usage',
  'GET /v1/decisions',
  'POST /v1/grants/{id}/cancel',
  'POST /v1/grants/{id}/revoke',
  'GET /v1/quarantine',
  'POST /v1/quarantine',
  'GET /v1/principals',
  'POST /v1/principals/{id}/revoke',
  'POST /v1/principals/{id}/suspend',
  'POST /v1/principals/{id}/resume',
];

test('anybody suspends themselves in a quarantine', async () => {
  quarantine();
  const answer = await api.call('POST /v1/principals/{id}/suspend', {
    ...{ token: tokens.ana, id: 'me', body: { reason: 'it was not me' } },
  });
  expect(answer.status).toBe(200);
});

describe('of what no caller of the API asks for', () => {
  const source = (lambda: string) => readFileSync(`lambdas/${lambda}.lambda.ts`, 'utf8');

  test('every direct order is known', () => {
    const code = source('kill');
    const told = [...code.matchAll(/'(\w+)' in input\b/g)].map(([, name]) => name);
    const left = /endPrincipal\(input\.principal,/.test(code) ? ['principal'] : [];
    expect([...told, ...left].toSorted()).toEqual(Object.keys(DIRECT_ORDERS).toSorted());
    const union = /^type Input =\n([\s\S]*?);\n\n/m.exec(code)?.[1] ?? '';
    expect(union.match(/^ {2}\| \{/gm)).toHaveLength(Object.keys(DIRECT_ORDERS).length);
  });

  test('every Lambda is known, and those that hold read the quarantine', () => {
    const serving = new Set<string>(Object.values(ROUTES).map(({ lambda }) => lambda));
    const files = readdirSync('lambdas').filter((file) => file.endsWith('.lambda.ts'));
    const names = files.map((file) => file.slice(0, -'.lambda.ts'.length));
    const silent = names.filter((name) => !serving.has(name));
    expect(silent.toSorted()).toEqual(Object.keys(BY_ITSELF).toSorted());
    for (const [name, does] of Object.entries(BY_ITSELF)) {
      const reads = /(stores\.quarantine\b|killing\.killSwitch\(\))/.test(source(name));
      expect([name, reads]).toEqual([name, does === 'holds']);
    }
  });
});
