import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RouteKey } from '../../core/api/routes.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, auditor, DEPLOY, dev, job, TABLE } from '../support/callers.ts';
import { awsError } from '../support/mock-aws.ts';
import { finding, type Written, written } from '../support/stored-grants.ts';

let api: ApiUnderTest;
let token: string;
let stored: Written;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(async () => {
  stored = await written(api, 'POST /v1/credentials', { token, body: ARTIFACTS });
  finding(api, stored.grant);
});

const queried = () =>
  api.aws.dynamo.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input);

describe.each<RouteKey>(['GET /v1/grants/{id}', 'GET /v1/grants/{id}/events'])('%s', (route) => {
  test('answers the requester and callers who may audit', async () => {
    for (const reader of [token, await auditor(api.issuer)]) {
      expect(await api.call(route, { token: reader, id: stored.id })).toMatchObject({
        status: 200,
      });
    }
  });

  test('answers other callers as if the grant did not exist', async () => {
    const answer = await api.call(route, { token: await dev(api.issuer), id: stored.id });
    expect(answer.status).toBe(404);
    api.aws.dynamo.on(GetItemCommand).resolves({});
    const absent = await api.call(route, { token, id: stored.id });
    expect(absent.body).toEqual(answer.body);
  });

  test('answers 503 if the store fails, never 404', async () => {
    api.aws.dynamo.on(GetItemCommand).rejects(awsError('InternalServerError'));
    expect(await api.call(route, { token, id: stored.id })).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.any(String) },
    });
  });
});

test('the audit trail shows the requester, what policy saw and what was vended, without keys', async () => {
  api.aws.dynamo.on(QueryCommand).resolves({ Items: [...stored.events] });
  const answer = await api.call('GET /v1/grants/{id}/events', { token, id: stored.id });
  expect(answer.body['events']).toMatchObject([
    {
      type: 'requested',
      actor: { id: 'people:ana' },
      sourceIp: '203.0.113.7',
      decision: { outcome: 'allow', policies: ['artifacts-are-routine'] },
      inputs: { principal: { groups: ['people:platform'] }, facts: { durationSeconds: 1800 } },
    },
    { type: 'vended', session: { sourceIdentity: expect.stringContaining(stored.id) } },
  ]);
  expect(answer.text).not.toMatch(/vended-secret|vended-session-token|"Policy"/);
});

describe('the list of grants', () => {
  test('contains the caller’s own grants, or all if the caller may audit', async () => {
    api.aws.dynamo.on(QueryCommand).resolves({ Items: [stored.grant] });
    const own = await api.call('GET /v1/grants', { token });
    expect(own.body).toMatchObject({ grants: [{ id: stored.id }], nextCursor: null });
    expect(queried().map(({ IndexName }) => IndexName)).toEqual(['byRequester']);
    expect(JSON.stringify(queried())).toContain('people:ana');
    api.aws.dynamo.resetHistory();
    await api.call('GET /v1/grants', { token: await auditor(api.issuer) });
    expect(new Set(queried().map(({ IndexName }) => IndexName))).toEqual(
      new Set(['byStatusShard']),
    );
  });

  test('of another principal is empty for callers who may not see it, without a query', async () => {
    const answer = await api.call('GET /v1/grants', { token, query: 'requester=people:dev' });
    expect(answer).toMatchObject({ status: 200, body: { grants: [], nextCursor: null } });
    expect(queried()).toEqual([]);
  });

  test.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=1.5', '/limit'],
    ['limit=many', '/limit'],
    ['status=open', '/status'],
    ['cursor=%00', '/cursor'],
    ['cursor=bm9wZQ', '/cursor'],
    ['requester=', '/requester'],
    ['colour=red', '/colour'],
    ['__proto__=x', '/__proto__'],
  ])('refuses ?%s', async (query, pointer) => {
    const answer = await api.call('GET /v1/grants', { token, query });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    expect(queried()).toEqual([]);
  });

  test('answers 503 if the store fails, never an empty list', async () => {
    api.aws.dynamo.on(QueryCommand).rejects(awsError('ThrottlingException'));
    expect(await api.call('GET /v1/grants', { token })).toMatchObject({ status: 503 });
  });
});

describe('entitlements', () => {
  test('are shown, with their outcome, only to callers who may request them', async () => {
    const callers = [
      { who: token, sees: { 'artifacts-read': 'allow' } },
      { who: await dev(api.issuer), sees: { 'database-admin': 'approve' } },
      { who: await dev(api.issuer, { amr: ['pwd'] }), sees: { 'database-admin': 'deny' } },
      { who: await auditor(api.issuer), sees: {} },
    ];
    for (const { who, sees } of callers) {
      const { body } = await api.call('GET /v1/entitlements', { token: who });
      const offers = body['entitlements'] as readonly { id: string; outcome: string }[];
      expect(Object.fromEntries(offers.map(({ id, outcome }) => [id, outcome]))).toEqual(sees);
    }
  });

  test.each(['database-admin', 'nothing', '__proto__', 'constructor'])(
    'that the caller may not see are not found: %s',
    async (id) => {
      const answer = await api.call('GET /v1/entitlements/{id}', { token, id });
      expect(answer.status).toBe(404);
    },
  );

  test('contain the schema of their parameters', async () => {
    const id = 'artifacts-read';
    const { body } = await api.call('GET /v1/entitlements/{id}', { token, id });
    expect(body).toMatchObject({
      maxDurationSeconds: 28_800,
      parameters: { required: ['prefix'], additionalProperties: false },
    });
  });
});

describe('a dry run', () => {
  test.each([
    ['allowed', async () => token, ARTIFACTS, 'allow'],
    ['allowed to a job', async () => job(api.issuer), DEPLOY, 'allow'],
    ['to be approved', async () => dev(api.issuer), TABLE, 'approve'],
    ['denied', async () => token, TABLE, 'deny'],
  ])('of a request that is %s writes nothing and logs a line', async (_, who, body, outcome) => {
    api.aws.acceptAll();
    api.log.clear();
    const answer = await api.call('POST /v1/evaluate', { token: await who(), body });
    expect(answer).toMatchObject({ status: 200, body: { decision: { outcome } } });
    expect(answer.body['sessionPolicy'] === null).toBe(outcome === 'deny');
    // It reads only whether the caller is suspended.
    expect(api.aws.calls().map(({ command }) => command)).toEqual(['GetItemCommand']);
    expect(api.log.lines()[0]).toMatchObject({ message: 'dry run', decision: { outcome } });
  });
});
