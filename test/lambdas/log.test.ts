import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RouteKey } from '../../core/api/routes.ts';
import { type ApiCall, CONTEXT } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, dev, TABLE } from '../support/callers.ts';
import { awsError, CREDENTIALS } from '../support/mock-aws.ts';
import { written } from '../support/stored-grants.ts';

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(() => {
  api.aws.acceptAll();
  api.log.clear();
});

const VEND: RouteKey = 'POST /v1/credentials';
const AGAIN: RouteKey = 'POST /v1/grants/{id}/credentials';
const ID = 'gr_00000000000000000000';

function expectNothingSecret(...more: readonly string[]): void {
  const text = api.log.text();
  const secrets = [
    CREDENTIALS.AccessKeyId,
    CREDENTIALS.SecretAccessKey,
    CREDENTIALS.SessionToken,
    token,
    ...more,
  ];
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/bearer|authorization|sessionToken|secretAccessKey|eyJ/i);
}

describe('every call logs one line with its outcome, and no secret:', () => {
  type Case = [string, number, RouteKey, () => Promise<ApiCall>];
  test.each<Case>([
    ['keys', 200, VEND, async () => ({ token, body: ARTIFACTS })],
    ['a wait for approval', 202, VEND, async () => ({ token: await dev(api.issuer), body: TABLE })],
    ['a denial', 403, VEND, async () => ({ token, body: TABLE })],
    ['a bad body', 400, VEND, async () => ({ token, body: `{"${CREDENTIALS.SecretAccessKey}":` })],
    ['a bad field', 400, VEND, async () => ({ token, body: { ...ARTIFACTS, [token]: token } })],
    ['a bad token', 401, VEND, async () => ({ token: `${token}x`, body: ARTIFACTS })],
    ['no token', 401, VEND, async () => ({ headers: { authorization: `Basic ${token}` } })],
    ['no such grant', 404, AGAIN, async () => ({ token, id: ID })],
    ['a key for an id', 404, AGAIN, async () => ({ token, id: CREDENTIALS.SessionToken })],
  ])('%s', async (_, status, route, make) => {
    const call = await make();
    const answer = await api.call(route, { ...call, requestId: 'request-42' });
    expect(answer.status).toBe(status);
    const answered = api.log.lines().filter(({ message }) => message === 'answered');
    expect(answered).toMatchObject([{ requestId: 'request-42', route, status }]);
    for (const line of api.log.lines()) expect(line['requestId']).toBe('request-42');
    expectNothingSecret(call.token ?? token);
  });

  test('an error of STS whose message repeats the credentials', async () => {
    const message = `Authorization: Bearer ${token} ${CREDENTIALS.SecretAccessKey}`;
    api.aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', message));
    await api.call(VEND, { token, body: ARTIFACTS });
    expectNothingSecret();
  });
});

describe('the line has the id of the trace', () => {
  const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { TraceParent: `00-${ID}-00f067aa0ba902b7-01` };
  afterEach(() => {
    delete process.env['_X_AMZN_TRACE_ID'];
  });

  test('that the caller sent, and in the next call not any more', async () => {
    await api.call(VEND, { token, body: ARTIFACTS, headers });
    expect(api.log.lines().at(-1)).toMatchObject({ traceId: ID });
    await api.call(VEND, { token, body: ARTIFACTS });
    expect(api.log.lines().at(-1)).not.toHaveProperty('traceId');
  });

  test('of X-Ray, where the caller sent none', async () => {
    process.env['_X_AMZN_TRACE_ID'] = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0';
    await api.call(VEND, { token, body: ARTIFACTS });
    expect(api.log.lines().at(-1)).toMatchObject({ traceId: '5759e988bd862e3fe1be46a994272793' });
  });
});

describe('the line has the id of the grant', () => {
  test('for a vend', async () => {
    const { body } = await api.call(VEND, { token, body: ARTIFACTS });
    const { id } = body['grant'] as { readonly id: string };
    expect(api.log.lines()).toMatchObject([{ message: 'answered', grantId: id }]);
  });

  test('for a denial and for a session that was not issued', async () => {
    const denied = await api.call(VEND, { token, body: TABLE });
    expect(api.log.lines().at(-1)).toMatchObject({ grantId: denied.body['grantId'] });
    api.aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied'));
    const failed = await api.call(VEND, { token, body: ARTIFACTS });
    expect(api.log.lines().at(-1)).toMatchObject({ grantId: failed.body['grantId'] });
  });

  test('for every line of a call on a grant, including errors of the store', async () => {
    const { id, grant } = await written(api, 'POST /v1/grants', { token, body: ARTIFACTS });
    api.log.clear();
    api.aws.dynamo.on(GetItemCommand).resolves({ Item: grant });
    api.aws.dynamo.on(TransactWriteItemsCommand).rejects(awsError('InternalServerError'));
    await api.call(AGAIN, { token, id });
    expect(api.log.lines()).toMatchObject([
      { level: 'ERROR', grantId: id, requestId: 'request-1' },
      { level: 'INFO', grantId: id, requestId: 'request-1' },
    ]);
  });

  test('but not for the next call', async () => {
    await api.call(VEND, { token, body: ARTIFACTS });
    api.log.clear();
    await api.call(VEND, { body: ARTIFACTS, requestId: 'request-2' });
    const [line] = api.log.lines();
    expect(line).toMatchObject({ requestId: 'request-2', status: 401 });
    expect(line).not.toHaveProperty('grantId');
  });
});

test('an unexpected error is a 500 problem without keys, and one log line with the reason', async () => {
  const handler = await api.handler('vend');
  const event = {
    routeKey: VEND,
    rawQueryString: '',
    requestContext: { requestId: 'request-1', http: { method: 'POST', sourceIp: '::1' } },
  } as unknown as APIGatewayProxyEventV2;
  const answer = await handler(event, CONTEXT);
  expect(answer).toMatchObject({
    statusCode: 500,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
  expect(JSON.parse(answer.body ?? '')).toMatchObject({
    title: 'Unexpected error',
    detail: 'Internal error. Tell the platform team the id of this request: request-1.',
  });
  expect(answer.body).not.toMatch(/TypeError|\.ts/);
  expect(api.aws.calls()).toEqual([]);
  expect(api.log.lines()).toMatchObject([
    { level: 'ERROR', requestId: 'request-1' },
    { message: 'answered', status: 500 },
  ]);
});
