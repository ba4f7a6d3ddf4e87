import {
  TransactionInProgressException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ARTIFACTS, ana } from '../support/callers.ts';
import { awsError, CREDENTIALS, cancelled, partWith } from '../support/mock-aws.ts';

/** `POST /v1/credentials` when its transaction fails. */

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

const vend = (): Promise<Answer> =>
  api.call('POST /v1/credentials', {
    token,
    body: ARTIFACTS,
    headers: { 'idempotency-key': 'deploy-4711' },
  });

/** STS was not called, and no secret is in the answer or the log. */
function expectNoKeys(answer: Answer): void {
  expect(api.aws.assumedRoles()).toEqual([]);
  expect(answer.body).not.toHaveProperty('credentials');
  for (const secret of [CREDENTIALS.SecretAccessKey, CREDENTIALS.SessionToken, token]) {
    expect(answer.text).not.toContain(secret);
    expect(api.log.text()).not.toContain(secret);
  }
}

function failOnceOn(text: string, reason: Parameters<typeof cancelled>[2]): void {
  api.aws.dynamo.on(TransactWriteItemsCommand).callsFake((input) => {
    throw cancelled(input.TransactItems.length, partWith(input, text), reason);
  });
}

describe('a failed transaction means no keys and 503 with Retry-After:', () => {
  test.each<[string, unknown]>([
    ['an error of the store', awsError('InternalServerError')],
    ['a throttled table', awsError('ProvisionedThroughputExceededException')],
    ['a throttled account', awsError('ThrottlingException')],
    ['a time-out', awsError('TimeoutError')],
    ['no connection', awsError('ECONNREFUSED')],
    ['no table', awsError('ResourceNotFoundException')],
    ['no permission', awsError('AccessDeniedException')],
    ['a transaction still in progress', awsError('TransactionInProgressException')],
    ['a disabled key of the table', awsError('KMSDisabledException')],
    ['a rejection that is not an Error', 'out of order'],
    ['a cancellation without reasons', cancelled(0, 0, { Code: 'None' })],
    ['a throttled part', cancelled(6, 2, { Code: 'ThrottlingError' })],
    ['an invalid part', cancelled(6, 3, { Code: 'ValidationError' })],
    ['a lasting conflict', cancelled(6, 1, { Code: 'TransactionConflict' })],
    [
      'a failed condition of an unknown part',
      cancelled(11, 10, { Code: 'ConditionalCheckFailed' }),
    ],
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

describe('the answer says which condition failed:', () => {
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

  test('a suspended principal on a frozen role gets the 403 of the suspension', async () => {
    api.aws.dynamo.on(TransactWriteItemsCommand).callsFake((input) => {
      const error = cancelled(input.TransactItems.length, partWith(input, 'FREEZE'), NO);
      error.CancellationReasons?.splice(partWith(input, 'SUSPENSION'), 1, NO);
      throw error;
    });
    expect(await vend()).toMatchObject({ status: 403 });
  });

  test('an id that another grant has gets 503, and that grant is never overwritten', async () => {
    failOnceOn('"principalKey"', NO);
    const answer = await vend();
    expect(answer.status).toBe(503);
    expectNoKeys(answer);
    const [input] = api.aws.transactions();
    const grant = input?.TransactItems?.[partWith(input, '"principalKey"')];
    expect(grant?.Put?.ConditionExpression).toBe('attribute_not_exists(pk)');
  });
});

describe('a transaction that was cancelled for a reason that passes is repeated', () => {
  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'with another gate and a token of its own: %s',
    async (Code) => {
      api.aws.dynamo
        .on(TransactWriteItemsCommand)
        .rejectsOnce(cancelled(8, 0, { Code }))
        .resolves({});
      expect(await vend()).toMatchObject({ status: 200 });
      const [first, second, third] = api.aws.transactions();
      expect(withoutGates(second)).toEqual(withoutGates(first));
      expect(gatesOf(second)).toHaveLength(2);
      for (const gate of gatesOf(second)) expect(gatesOf(first)).not.toContain(gate);
      expect(second?.ClientRequestToken).not.toBe(first?.ClientRequestToken);
      expect(third).toBeUndefined();
      expect(api.aws.assumedRoles()).toHaveLength(1);
    },
  );

  test('and is given up after two seconds, not after a few attempts', async () => {
    const conflict = cancelled(8, 0, { Code: 'TransactionConflict' });
    api.aws.dynamo.on(TransactWriteItemsCommand).rejects(conflict);
    const begun = performance.now();
    expect(await vend()).toMatchObject({ status: 503 });
    expect(performance.now() - begun).toBeGreaterThan(2000);
    expect(api.aws.transactions().length).toBeGreaterThan(5);
    expect(api.aws.assumedRoles()).toEqual([]);
  });

  test('unless something is wrong with another part of it', async () => {
    const mixed = cancelled(8, 0, { Code: 'TransactionConflict' });
    mixed.CancellationReasons?.splice(3, 1, { Code: 'ValidationError' });
    api.aws.dynamo.on(TransactWriteItemsCommand).rejects(mixed);
    expect(await vend()).toMatchObject({ status: 503 });
    expect(api.aws.transactions()).toHaveLength(1);
  });
});

test('a transaction that is still in progress is repeated as it is, so that it is written once', async () => {
  const busy = new TransactionInProgressException({ message: 'in progress', $metadata: {} });
  api.aws.dynamo.on(TransactWriteItemsCommand).rejectsOnce(busy).resolves({});
  expect(await vend()).toMatchObject({ status: 200 });
  const [first, second] = api.aws.transactions();
  expect(first?.ClientRequestToken).toEqual(expect.any(String));
  expect(second).toEqual(first);
  expect(api.aws.assumedRoles()).toHaveLength(1);
});

/** The sort keys of the gates that a transaction checks. */
function gatesOf(input: TransactWriteItemsCommandInput | undefined): readonly string[] {
  return JSON.stringify(input?.TransactItems).match(/(SUSPENSION|FREEZE)#\d\d/g) ?? [];
}

function withoutGates(input: TransactWriteItemsCommandInput | undefined): string {
  const text = JSON.stringify(input?.TransactItems);
  return text.replaceAll(/#\d\d"/g, '"').replaceAll(/"N":"\d+"/g, '"N"');
}
