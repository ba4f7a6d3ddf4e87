import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';

// The logger writes to the console, which is captured, only where this is set when it is loaded.
process.env['POWERTOOLS_DEV'] = 'true';
const { logger } = await import('../../lambdas/logger.ts');
const { awsHandler, Retryable, streamHandler } = await import(
  '../../lambdas/middleware/aws-handler.ts'
);
const log = captureLog();
afterAll(() => log.restore());
beforeEach(() => log.clear());

test('each call logs under its own request id, and without the keys of the call before', async () => {
  const handler = awsHandler(async (grantId: string | null) => {
    if (grantId !== null) logger.appendKeys({ grantId });
    logger.info('done');
  });
  await handler('gr_1', { ...CONTEXT, awsRequestId: 'one' });
  await handler(null, { ...CONTEXT, awsRequestId: 'two' });
  const [one, two] = log.lines();
  expect(one).toMatchObject({ requestId: 'one', grantId: 'gr_1' });
  expect(two).toMatchObject({ requestId: 'two' });
  expect(two).not.toHaveProperty('grantId');
});

test('an error reaches the caller under the name that its Retry selects', async () => {
  const handler = awsHandler(async () => {
    throw new Retryable('busy');
  });
  await expect(handler(null, CONTEXT)).rejects.toMatchObject({ name: 'Retryable' });
});

test('work goes on until Lambda itself stops it', async () => {
  const handler = awsHandler(async () => 'done');
  const late = { ...CONTEXT, getRemainingTimeInMillis: () => 0 } as Context;
  await expect(handler(null, late)).resolves.toBe('done');
});

const record = (sequence: string, item?: object): DynamoDBRecord => ({
  dynamodb: {
    SequenceNumber: sequence,
    ...(item && {
      NewImage: marshall(item) as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'],
    }),
  },
});
const stream = (...Records: DynamoDBRecord[]): DynamoDBStreamEvent => ({ Records });

test('a stream is worked off in order, without the items that were deleted', async () => {
  const seen: unknown[] = [];
  const handler = streamHandler('not done', async ({ pk }) => {
    seen.push(pk?.S);
  });
  const answer = await handler(
    stream(record('1', { pk: 'a' }), record('2'), record('3', { pk: 'b' })),
    CONTEXT,
  );
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(['a', 'b']);
});

test('at the first item that fails a stream stops, and is delivered again from there', async () => {
  const seen: unknown[] = [];
  const handler = streamHandler('not done', async ({ pk }) => {
    seen.push(pk?.S);
    if (pk?.S === 'b') throw new RangeError('a secret of AWS');
  });
  const answer = await handler(
    stream(record('1', { pk: 'a' }), record('2', { pk: 'b' }), record('3', { pk: 'c' })),
    CONTEXT,
  );
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  expect(seen).toEqual(['a', 'b']);
  expect(log.lines()).toMatchObject([{ message: 'not done', errorName: 'RangeError' }]);
  expect(log.text()).not.toContain('secret');
});
