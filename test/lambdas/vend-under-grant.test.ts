import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer, ApiCall } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana, auditor, dev } from '../support/callers.ts';
import { awsError, CREDENTIALS, cancelled, partWith } from '../support/mock-aws.ts';
import { finding, type Item, type Written, written } from '../support/stored-grants.ts';
import { testClock } from '../support/test-clock.ts';

const clock = testClock();
let api: ApiUnderTest;
let token: string;
let stored: Written;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(async () => {
  stored = await written(api, 'POST /v1/grants', { token, body: ARTIFACTS });
  find(stored.grant);
});
afterEach(() => clock.restart());

function find(Item: Item | undefined): void {
  finding(api, Item);
}

const vend = (call: ApiCall = {}): Promise<Answer> =>
  api.call('POST /v1/grants/{id}/credentials', { token, id: stored.id, ...call });

const commands = (): readonly string[] => api.aws.calls().map(({ command }) => command);

function expectNoKeys(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.body).not.toHaveProperty('credentials');
  expect(answer.text).not.toContain(CREDENTIALS.SecretAccessKey);
}

/** In the part that changes the grant. */
const VENDED = 'startsAt <= :now';

test('an active grant vends: one read, one transaction, one AssumeRole', async () => {
  const answer = await vend();
  expect(answer).toMatchObject({
    status: 200,
    body: { grant: { id: stored.id }, credentials: { sessionToken: CREDENTIALS.SessionToken } },
  });
  expect(commands()).toEqual(['GetItemCommand', 'TransactWriteItemsCommand', 'AssumeRoleCommand']);
  expect(api.aws.calls()[0]?.input).toMatchObject({ ConsistentRead: true });
});

test('it vends with the policy of the request, however late', async () => {
  clock.stop();
  const { body } = await api.call('POST /v1/evaluate', { token, body: ARTIFACTS });
  stored = await written(api, 'POST /v1/grants', { token, body: ARTIFACTS });
  find(stored.grant);
  clock.forward(600);
  await vend();
  expect(api.aws.assumedRoles()[0]).toMatchObject({
    Policy: JSON.stringify(body['sessionPolicy']),
    DurationSeconds: 1200,
  });
});

test.each([
  ['that its grant was made with', { sessionDurationSeconds: { N: '900' } }, 900],
  ['of an hour, for a grant from before there was a choice', {}, 1800],
])('it vends a session of at most the length %s', async (_, length, seconds) => {
  const now = clock.stop();
  const { sessionDurationSeconds, ...grant } = (
    await written(api, 'POST /v1/grants', {
      token,
      body: { ...ARTIFACTS, durationSeconds: 1800 },
    })
  ).grant;
  expect(sessionDurationSeconds).toEqual({ N: '3600' });
  find({ ...grant, ...length });
  const { body } = await vend();
  expect(api.aws.assumedRoles()[0]?.DurationSeconds).toBe(seconds);
  // Half a minute for the call itself, but never beyond the grant.
  const end = new Date(now + Math.min(seconds + 30, 1800) * 1000).toISOString();
  const keysValidUntil = end.replace('.000Z', 'Z');
  expect(body).toMatchObject({ grant: { keysValidUntil } });
});

test('its transaction requires that the stored grant is active and has not ended', async () => {
  const now = clock.stop();
  await vend();
  const [input] = api.aws.transactions();
  expect(input?.TransactItems?.[partWith(input, VENDED)]?.Update).toMatchObject({
    Key: { pk: { S: `GRANT#${stored.id}` }, sk: { S: 'GRANT' } },
    ConditionExpression:
      '(#status = :active OR (#status = :scheduled AND startsAt <= :now)) AND expiresAt = :expires AND expiresAt > :now AND denial = :none AND (keysValidUntil = :none OR keysValidUntil <= :end)',
    ExpressionAttributeValues: { ':active': { S: 'active' }, ':now': { N: String(now) } },
  });
  expect(JSON.stringify(input)).toContain('"vended"');
});

describe('no keys, and no call to STS, when', () => {
  afterEach(() => expect(api.aws.assumedRoles()).toEqual([]));

  test.each(['pending', 'denied', 'expired'])('the grant is %s', async (status) => {
    find({ ...stored.grant, status: { S: status } });
    const answer = await vend();
    expectNoKeys(answer, 409);
    expect(answer.body).toMatchObject({ grant: { id: stored.id, status } });
    // The grant, whether the caller is suspended, and the record of a refusal that is none of being early.
    const record = status === 'pending' ? [] : ['PutItemCommand'];
    expect(commands()).toEqual(['GetItemCommand', 'GetItemCommand', ...record]);
  });

  test('its time is up to the second, although the stored status is still active', async () => {
    clock.setTo(Number(stored.grant['expiresAt']?.N));
    expectNoKeys(await vend({ token: await ana(api.issuer) }), 409);
  });

  test('its entitlement has changed since', async () => {
    find({ ...stored.grant, definition: { S: 'sha256:another' } });
    expectNoKeys(await vend(), 409);
  });

  test('its entitlement no longer exists', async () => {
    find({ ...stored.grant, entitlement: { S: 'constructor' } });
    expectNoKeys(await vend(), 409);
  });

  test('the call comes from another network than the request', async () => {
    expectNoKeys(await vend({ sourceIp: '198.51.100.1' }), 403);
  });

  test('it belongs to another principal: the caller gets 404', async () => {
    expectNoKeys(await vend({ token: await dev(api.issuer) }), 404);
  });

  test('it belongs to another principal and the caller may only read it: 403', async () => {
    expectNoKeys(await vend({ token: await auditor(api.issuer) }), 403);
  });

  test('no such grant exists', async () => {
    find(undefined);
    expectNoKeys(await vend(), 404);
  });

  test.each(['gr_1', '../secrets', 'gr_%2e', 'GR_00000000000000000000', 'gr_*'])(
    'the id is %s: the store is not called',
    async (id) => {
      expectNoKeys(await vend({ id }), 404);
      expect(commands()).toEqual([]);
    },
  );

  test('the body has a field', async () => {
    const answer = await vend({ body: { durationSeconds: 43_200 } });
    expectNoKeys(answer, 400);
    expect(answer.body).toMatchObject({ errors: [{ pointer: '/durationSeconds' }] });
    expect(commands()).toEqual([]);
  });

  test.each(['InternalServerError', 'TimeoutError', 'ThrottlingException'])(
    'reading the grant fails with %s',
    async (name) => {
      api.aws.dynamo.on(GetItemCommand).rejects(awsError(name));
      const answer = await vend();
      expectNoKeys(answer, 503);
      expect(answer.headers['retry-after']).toEqual(expect.any(String));
    },
  );

  test.each<[string, string, number]>([
    ['the principal is suspended', 'SUSPENSION', 403],
    ['the role’s kill switch cannot be written', 'FREEZE', 503],
    ['the grant has ended in the meantime', VENDED, 409],
    ['its Idempotency-Key was used for another request', 'KEY#', 422],
  ])('%s', async (_, part, status) => {
    api.aws.dynamo.on(TransactWriteItemsCommand).callsFake((input) => {
      const reason = { Code: 'ConditionalCheckFailed' };
      throw cancelled(input.TransactItems.length, partWith(input, part), reason);
    });
    const answer = await vend({ headers: { 'idempotency-key': 'again' } });
    expectNoKeys(answer, status);
    if (status === 503) expect(answer.headers['retry-after']).toEqual(expect.any(String));
  });

  test('the transaction fails', async () => {
    api.aws.dynamo.on(TransactWriteItemsCommand).rejects(awsError('InternalServerError'));
    expectNoKeys(await vend(), 503);
  });
});

test.each([
  ['has ended', 'expired', undefined],
  ['belongs to somebody else', 'active', auditor],
])('a suspended caller is not shown a grant that %s', async (_, status, other) => {
  const grant = { ...stored.grant, status: { S: status } };
  api.aws.dynamo
    .on(GetItemCommand)
    .callsFake(({ Key }) =>
      Key.sk.S === 'SUSPENSION' ? { Item: { pk: Key.pk } } : { Item: grant },
    );
  const answer = await vend(other === undefined ? {} : { token: await other(api.issuer) });
  expectNoKeys(answer, 403);
  expect(answer.body).toMatchObject({ type: 'urn:valetkey:problem:suspended' });
  expect(answer.body).not.toHaveProperty('grant');
});

test('a failed AssumeRole means no keys', async () => {
  api.aws.sts.on(AssumeRoleCommand).rejects(awsError('AccessDenied', CREDENTIALS.SecretAccessKey));
  const answer = await vend();
  expectNoKeys(answer, 503);
  expect(answer.body).toMatchObject({ grantId: stored.id });
  expect(commands().at(-1)).toBe('PutItemCommand');
});
