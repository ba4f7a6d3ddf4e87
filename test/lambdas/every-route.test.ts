import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../core/api/routes.ts';
import { ALL_ROUTES, type Answer, send } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());

/** The only calls that need no token. A new one must be added here by hand. */
const OPEN = ['GET /.well-known/valetkey', 'GET /v1/openapi.json'];
/** And the page, which test/lambdas/page.test.ts is about. */
const PAGE = ['GET /', 'GET /assets/{file}'];
const CLOSED = ALL_ROUTES.filter((route) => ![...OPEN, ...PAGE].includes(route));

/** A body and an id that would be accepted with a token. */
const GOOD = { body: ARTIFACTS, id: 'gr_00000000000000000000' };

function expectNotSignedIn(answer: Answer): void {
  expect(answer.status).toBe(401);
  expect(answer.headers).toMatchObject({
    'www-authenticate': expect.stringMatching(/^Bearer realm="valetkey"/),
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
  expect(answer.body).toMatchObject({ status: 401, type: 'urn:valetkey:problem:unauthorized' });
  expect(api.aws.calls()).toEqual([]);
}

describe.each(CLOSED)('%s', (route) => {
  test('without a token is refused, with a challenge and a problem document', async () => {
    expectNotSignedIn(await api.call(route, GOOD));
  });

  test.each([
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['no token after Bearer', 'Bearer'],
    ['an empty token', 'Bearer '],
    ['two tokens', 'Bearer a.b.c d.e.f'],
    ['nonsense for a token', 'Bearer nonsense'],
    ['an empty header', ''],
  ])('with %s is refused', async (_, authorization) => {
    expectNotSignedIn(await api.call(route, { ...GOOD, headers: { authorization } }));
  });

  test('without a token is refused before the body is read', async () => {
    expectNotSignedIn(await api.call(route, { ...GOOD, body: '{'.repeat(20_000) }));
  });

  test('refuses a token in the query string', async () => {
    const token = await ana(api.issuer);
    expectNotSignedIn(await api.call(route, { ...GOOD, query: `access_token=${token}` }));
  });

  test('accepts a token under any spelling of the header', async () => {
    const authorization = `bearer ${await ana(api.issuer)}`;
    const answer = await api.call(route, { ...GOOD, headers: { AUTHORIZATION: authorization } });
    expect(answer.status).not.toBe(401);
  });
});

describe.each(ALL_ROUTES.filter((route) => OPEN.includes(route)))('%s', (route) => {
  test('is open to everybody and reads nothing of the table', async () => {
    const answer = await api.call(route);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(api.aws.calls()).toEqual([]);
  });
});

test('the discovery document has what a client needs to sign in', async () => {
  const { body } = await api.call('GET /.well-known/valetkey');
  expect(body).toEqual({
    apiVersion: 'v1',
    issuer: api.issuer.urls.people,
    clientId: 'valetkey-cli',
    audience: 'valetkey',
    awsAudience: null,
    scope: null,
    openapi: '/v1/openapi.json',
    ledger: {
      origin: 'broker.acme.example/log',
      vkey: expect.stringMatching(/^broker\.acme\.example\/log\+[0-9a-f]{8}\+A/),
    },
  });
});

describe('a Lambda', () => {
  const LAMBDAS = ['audit', 'open', 'page', 'read', 'request', 'revoke', 'vend'];
  const foreign = LAMBDAS.flatMap((lambda) =>
    ALL_ROUTES.filter((route) => ROUTES[route].lambda !== lambda).map((route) => ({
      lambda,
      route,
    })),
  );

  test.each(foreign)('$lambda does not answer $route', async ({ lambda, route }) => {
    const token = await ana(api.issuer);
    const answer = await send(await api.handler(lambda), route, { ...GOOD, token });
    expect(answer.status).toBe(404);
    expect(api.aws.calls()).toEqual([]);
  });

  const nonsense = [
    '$default',
    'POST /v1/nothing',
    'post /v1/credentials',
    '__proto__',
    'toString',
  ];
  test.each(LAMBDAS)('%s answers 404 to an unknown call', async (lambda) => {
    const token = await ana(api.issuer);
    for (const route of nonsense) {
      const answer = await send(await api.handler(lambda), route, { ...GOOD, token });
      expect(answer).toMatchObject({
        status: 404,
        headers: { 'content-type': 'application/problem+json' },
      });
    }
    expect(api.aws.calls()).toEqual([]);
  });
});
