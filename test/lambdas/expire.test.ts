import {
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { CONTEXT } from '../support-api/api-call.ts';
import { awsError, cancelled } from '../support-api/aws.ts';
import { lambdaEnvironment } from '../support-api/lambda-environment.ts';
import { captureLog } from '../support-api/log.ts';
import { testClock } from '../support-api/test-clock.ts';

const clock = testClock();
const dynamo = mockClient(DynamoDBClient);
const log = captureLog();
let removeFolder: () => void;
let expire: typeof import('../../lambdas/expire.lambda.ts')['handler'];
beforeAll(async () => {
  removeFolder = lambdaEnvironment();
  ({ handler: expire } = await import('../../lambdas/expire.lambda.ts'));
});
afterAll(() => {
  removeFolder();
  log.restore();
});
beforeEach(() => {
  dynamo.reset();
  dynamo.onAnyCommand().resolves({});
  log.clear();
});
afterEach(() => clock.restart());

const ID = 'gr_00000000000000000000';
const STEP = { grantId: ID, executionId: 'execution-1' };

/** An active grant that ends so many seconds from now, as the store has it. */
function stored(endsIn: number, change: object = {}): Record<string, unknown> {
  const grant = {
    pk: `GRANT#${ID}`,
    sk: 'GRANT',
    id: ID,
    status: 'active',
    version: 4,
    requester: { type: 'User', id: 'people:ana', name: 'ana' },
    requesterId: 'people:ana',
    createdAt: Date.now(),
    createdKey: 'x',
    expiresAt: Date.now() + endsIn * 1000,
    ...change,
  };
  dynamo.on(GetItemCommand).resolves({ Item: marshall(grant) });
  return grant;
}

const transactions = () =>
  dynamo.commandCalls(TransactWriteItemsCommand).map(({ args: [{ input }] }) => input);

describe('a grant whose time is up', () => {
  test('is marked as expired, with its event, if nobody else changed it', async () => {
    clock.stop();
    const { expiresAt } = stored(0);
    expect(await expire(STEP, CONTEXT)).toEqual({ status: 'expired' });
    expect(transactions()).toMatchObject([
      {
        TransactItems: [
          {
            Put: {
              ConditionExpression: 'version = :before',
              ExpressionAttributeValues: { ':before': { N: '4' } },
              Item: {
                pk: { S: `GRANT#${ID}` },
                status: { S: 'expired' },
                version: { N: '5' },
                endedAt: { N: String(expiresAt) },
              },
            },
          },
          {
            Put: {
              Item: {
                type: { S: 'expired' },
                actor: { S: 'broker' },
                requestId: { S: 'execution-1' },
              },
            },
          },
        ],
      },
    ]);
    expect(log.lines()).toMatchObject([{ message: 'grant ended', grantId: ID }]);
  });

  test('is marked once: the step may run again', async () => {
    stored(-10, { status: 'expired', version: 5 });
    expect(await expire(STEP, CONTEXT)).toEqual({ status: 'expired' });
    expect(transactions()).toEqual([]);
  });
});

test('a grant that ended otherwise is left as it is', async () => {
  stored(-10, { status: 'denied', expiresAt: null });
  expect(await expire(STEP, CONTEXT)).toEqual({ status: 'denied' });
  expect(transactions()).toEqual([]);
});

describe('the step fails as Retryable, which the workflow tries again,', () => {
  const fails = (reason: string) =>
    expect(expire(STEP, CONTEXT)).rejects.toMatchObject({ name: 'Retryable', message: reason });

  test('when it comes a second early, and writes nothing', async () => {
    clock.stop();
    stored(1);
    await fails('not-due');
    expect(transactions()).toEqual([]);
  });

  test('when the grant is not there', async () => {
    await fails('no-such-grant');
  });

  test('when the grant was changed meanwhile', async () => {
    stored(-10);
    const error = cancelled(2, 0, { Code: 'ConditionalCheckFailed' });
    dynamo.on(TransactWriteItemsCommand).rejects(error);
    await fails('conflict');
  });

  test('when the store cannot be read or written', async () => {
    dynamo.on(GetItemCommand).rejects(awsError('InternalServerError', 'a secret of the table'));
    await fails('unavailable');
    stored(-10);
    dynamo.on(TransactWriteItemsCommand).rejects(awsError('ThrottlingException'));
    await fails('unavailable');
    const lines = log.lines().filter(({ level }) => level === 'WARN');
    expect(lines).toMatchObject([
      { grantId: ID, requestId: 'lambda-request-1', reason: 'unavailable' },
      { grantId: ID, reason: 'unavailable' },
    ]);
  });
});
