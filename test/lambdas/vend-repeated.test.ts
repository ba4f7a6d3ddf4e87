import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RouteKey } from '../../core/api/routes.ts';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, dev, TABLE } from '../support/callers.ts';
import { awsError, cancelled, partWith } from '../support/mock-aws.ts';
import { finding, type Item, type Written, written } from '../support/stored-grants.ts';

/** `POST /v1/credentials` with an Idempotency-Key that was used before. */

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());

const headers = { 'idempotency-key': 'deploy-4711' };
const VEND: RouteKey = 'POST /v1/credentials';
const first = (): Promise<Written> => written(api, VEND, { token, headers, body: ARTIFACTS });

/** Lets the store find the key, and answer reads with that grant. */
function remember(before: Written, grant: Item | undefined = before.grant): void {
  api.aws.dynamo
    .on(TransactWriteItemsCommand)
    .callsFakeOnce((input) => {
      const Item = before.key as Record<string, { S: string }>;
      const reason = { Code: 'ConditionalCheckFailed', Item };
      throw cancelled(input.TransactItems.length, partWith(input, 'KEY#'), reason);
    })
    .resolves({});
  finding(api, grant);
}

const again = (body: object = ARTIFACTS, who = token): Promise<Answer> =>
  api.call(VEND, { token: who, headers, body });

const commands = (): readonly string[] => api.aws.calls().map(({ command }) => command);

describe('a repeat with the same body', () => {
  test('vends a new session of the same grant', async () => {
    const before = await first();
    remember(before);
    const answer = await again();
    expect(answer).toMatchObject({ status: 200, body: { grant: { id: before.id } } });
    expect(commands()).toEqual([
      'TransactWriteItemsCommand',
      'GetItemCommand',
      'TransactWriteItemsCommand',
      'AssumeRoleCommand',
    ]);
    const [, second] = api.aws.transactions();
    expect(JSON.stringify(second)).not.toContain('"principalKey"');
    const [session] = api.aws.assumedRoles();
    const sessions = before.events.map((event) => event['session']?.M?.['sessionName']?.S);
    expect(sessions).not.toContain(session?.RoleSessionName);
  });

  test('is recognised by its content, whatever the case of its headers and its request id', async () => {
    remember(await first());
    const call = { token, headers: { 'Idempotency-Key': 'deploy-4711' }, body: ARTIFACTS };
    expect(await api.call(VEND, { ...call, requestId: 'request-2' })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['expired', 409],
    ['denied', 403],
    ['pending', 202],
  ])('gets no keys if the grant is %s by then', async (status, expected) => {
    const before = await first();
    remember(before, { ...before.grant, status: { S: status } });
    const answer = await again();
    expect(answer.status).toBe(expected);
    expect(answer.body).not.toHaveProperty('credentials');
    expect(api.aws.assumedRoles()).toEqual([]);
  });

  test('gets no keys if its grant cannot be read', async () => {
    remember(await first());
    api.aws.dynamo.on(GetItemCommand).rejects(awsError('InternalServerError'));
    expect(await again()).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.any(String) },
    });
    expect(api.aws.assumedRoles()).toEqual([]);
  });

  test('gets no keys if its grant no longer exists', async () => {
    const before = await first();
    remember(before);
    api.aws.dynamo.on(GetItemCommand).resolves({});
    const answer = await again();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(api.aws.assumedRoles()).toEqual([]);
  });
});

describe('the key with a different request gets 422 and no keys:', () => {
  test.each([
    ['another duration', { ...ARTIFACTS, durationSeconds: 900 }],
    ['another parameter', { ...ARTIFACTS, parameters: { prefix: 'releases/2' } }],
    ['one field more', { ...ARTIFACTS, ticket: 'OPS-1' }],
  ])('%s', async (_, body) => {
    remember(await first());
    expect(await again(body)).toMatchObject({
      status: 422,
      body: { type: 'urn:valetkey:problem:idempotency-key-reused' },
    });
    expect(api.aws.assumedRoles()).toEqual([]);
  });

  test('another call', async () => {
    remember(await first());
    const answer = await api.call('POST /v1/grants', { token, headers, body: ARTIFACTS });
    expect(answer.status).toBe(422);
  });
});

test('equal keys of two principals are independent', async () => {
  const mine = await first();
  const other = { token: await dev(api.issuer), headers, body: TABLE };
  const theirs = await written(api, VEND, other);
  expect(mine.key?.['pk']?.S).toBe('PRINCIPAL#people:ana');
  expect(theirs.key?.['pk']?.S).toBe('PRINCIPAL#people:dev');
});

test('a repeated request gets its first grant, whatever its status', async () => {
  const call = { token, headers, body: ARTIFACTS };
  const before = await written(api, 'POST /v1/grants', call);
  remember(before);
  const answer = await api.call('POST /v1/grants', call);
  expect(answer).toMatchObject({ status: 201, body: { id: before.id } });
  expect(api.aws.transactions()).toHaveLength(1);
});
