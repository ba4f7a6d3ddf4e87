import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';
import { awsError, cancelled, KEYS, partWith } from '../support/mock-aws.ts';

/** `POST /v1/credentials` whose transaction does not go through. */

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  token = await ana(api.issuer);
});
afterAll(() => api.stop());
beforeEach(() => {
  api.aws.willing();
  api.log.clear();
});

const vend = (): Promise<Answer> =>
  api.call('POST /v1/credentials', {
    token,
    body: ARTIFACTS,
    headers: { 'idempotency-key': 'deploy-4711' },
  });

/** No keys were asked for, and none are anywhere. */
function expectNoKeys(answer: Answer): void {
  expect(api.aws.assumedRoles()).toEqual([]);
  expect(answer.body).not.toHaveProperty('credentials');
  for (const secret of [KEYS.SecretAccessKey, KEYS.SessionToken, token]) {
    expect(answer.text).not.toContain(secret);
    expect(api.log.text()).not.toContain(secret);
  }
}

function failOnceOn(text: string, reason: Parameters<typeof cancelled>[2]): void {
  api.aws.dynamo.on(TransactWriteItemsCommand).callsFake((input) => {
    throw cancelled(input.TransactItems.length, partWith(input, text), reason);
  });
}

describe('a transaction that fails gets no keys, and 503 with Retry-After:', () => {
  test.each<[string, unknown]>([
    ['the store has an error', awsError('InternalServerError')],
    ['the table is throttled', awsError('ProvisionedThroughputExceededException')],
    ['the account is throttled', awsError('ThrottlingException')],
    ['a time-out', awsError('TimeoutError')],
    ['no connection', awsError('ECONNREFUSED')],
    ['no table', awsError('ResourceNotFoundException')],
    ['no permission', awsError('AccessDeniedException')],
    ['a condition check that is refused', awsError('TransactionInProgressException')],
    ['the key of the table is disabled', awsError('KMSDisabledException')],
    ['something that is no error', 'out of order'],
    ['a cancellation without reasons', cancelled(0, 0, { Code: 'None' })],
    ['a throttled part', cancelled(6, 2, { Code: 'ThrottlingError' })],
    ['a part that is not valid', cancelled(6, 3, { Code: 'ValidationError' })],
    ['a lasting conflict', cancelled(6, 1, { Code: 'TransactionConflict' })],
    ['a failed condition outside of it', cancelled(9, 8, { Code: 'ConditionalCheckFailed' })],
  ])('%s', async (_, error) => {
    api.aws.dynamo.on(TransactWriteItemsCommand).callsFake(() => {
      throw error;
    });
    const answer = await vend();
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
      body: { type: 'urn:valetkey:problem:unavailable' },
    });
    expectNoKeys(answer);
    const failures = api.log.lines().filter(({ level }) => level === 'ERROR');
    expect(failures).toMatchObject([{ operation: 'TransactWriteItems', requestId: 'request-1' }]);
  });
});

describe('a condition that fails says which it was:', () => {
  const NO = { Code: 'ConditionalCheckFailed' };

  test('a suspended principal gets 403', async () => {
    failOnceOn('SUSPENSION', NO);
    const answer = await vend();
    expect(answer).toMatchObject({ status: 403, body: { title: 'Suspended' } });
    expectNoKeys(answer);
  });

  test('a role whose kill switch cannot be written gets 503 with Retry-After', async () => {
    failOnceOn('FREEZE', NO);
    const answer = await vend();
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.any(String) },
      body: { detail: expect.stringContaining('kill switch') },
    });
    expectNoKeys(answer);
  });

  test('a suspended principal on a frozen role is told of the suspension', async () => {
    api.aws.dynamo.on(TransactWriteItemsCommand).callsFake((input) => {
      const error = cancelled(input.TransactItems.length, partWith(input, 'FREEZE'), NO);
      error.CancellationReasons?.splice(partWith(input, 'SUSPENSION'), 1, NO);
      throw error;
    });
    expect(await vend()).toMatchObject({ status: 403 });
  });

  test('an id that is taken by another grant gets 503, and is never overwritten', async () => {
    failOnceOn('"principalKey"', NO);
    const answer = await vend();
    expect(answer.status).toBe(503);
    expectNoKeys(answer);
    const [input] = api.aws.transactions();
    const grant = input?.TransactItems?.[partWith(input, '"principalKey"')];
    expect(grant?.Put?.ConditionExpression).toBe('attribute_not_exists(pk)');
  });
});

test('a conflict that passes is tried again, with the very same transaction', async () => {
  const conflict = cancelled(6, 0, { Code: 'TransactionConflict' });
  api.aws.dynamo.on(TransactWriteItemsCommand).rejectsOnce(conflict).resolves({});
  expect(await vend()).toMatchObject({ status: 200 });
  const [first, second, third] = api.aws.transactions();
  expect(second).toEqual(first);
  expect(third).toBeUndefined();
  expect(api.aws.assumedRoles()).toHaveLength(1);
});
