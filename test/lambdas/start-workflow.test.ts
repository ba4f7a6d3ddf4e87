import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { awsError } from '../support-api/aws.ts';
import { lambdaEnvironment, STATE_MACHINE } from '../support-api/lambda-environment.ts';
import { captureLog } from '../support-api/log.ts';
import { testClock } from '../support-api/test-clock.ts';

const clock = testClock();
const sfn = mockClient(SFNClient);
const log = captureLog();
let removeFolder: () => void;
let start: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
beforeAll(async () => {
  removeFolder = lambdaEnvironment();
  ({ handler: start } = await import('../../lambdas/start-workflow.lambda.ts'));
});
afterAll(() => {
  removeFolder();
  log.restore();
});
beforeEach(() => {
  sfn.reset();
  sfn.on(StartExecutionCommand).resolves({});
  log.clear();
});
afterEach(() => clock.restart());

const NONE = { batchItemFailures: [] };

/** The stream's record of a grant that ends so many seconds from now. */
function record(id: string, endsIn = 900): DynamoDBRecord {
  return {
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: `sequence-${id}`,
      NewImage: {
        pk: { S: `GRANT#${id}` },
        sk: { S: 'GRANT' },
        id: { S: id },
        status: { S: 'active' },
        justification: { S: 'a secret plan' },
        expiresAt: { N: String(Date.now() + endsIn * 1000) },
      },
    },
  };
}

const started = () => sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input);
const deliver = (...Records: readonly DynamoDBRecord[]) => start({ Records: [...Records] });

describe('a grant that was written', () => {
  test('gets an execution that is named after it and ends one second after it', async () => {
    clock.stop();
    expect(await deliver(record('gr_1', 900))).toEqual(NONE);
    expect(started()).toEqual([
      {
        stateMachineArn: STATE_MACHINE,
        name: 'gr_1',
        input: JSON.stringify({ grantId: 'gr_1', secondsToEnd: 901 }),
      },
    ]);
  });

  test('gets one with a positive time-out even when its time is up', async () => {
    await deliver(record('gr_1', -3600));
    expect(JSON.parse(started()[0]?.input ?? '')).toEqual({ grantId: 'gr_1', secondsToEnd: 1 });
  });

  test('gets it once, however often the stream tells of it', async () => {
    const exists = new ExecutionAlreadyExists({ message: 'gr_1', $metadata: {} });
    sfn.on(StartExecutionCommand).resolvesOnce({}).rejects(exists);
    expect(await deliver(record('gr_1'))).toEqual(NONE);
    expect(await deliver(record('gr_1'))).toEqual(NONE);
  });
});

describe('an execution that does not start', () => {
  test.each(['ThrottlingException', 'StateMachineDoesNotExist', 'TimeoutError', 'AccessDenied'])(
    'for %s is reported, so that the stream brings it again',
    async (name) => {
      sfn.on(StartExecutionCommand).rejects(awsError(name));
      expect(await deliver(record('gr_1'))).toEqual({
        batchItemFailures: [{ itemIdentifier: 'sequence-gr_1' }],
      });
      expect(log.lines()).toMatchObject([
        { level: 'ERROR', grantId: 'gr_1', requestId: 'sequence-gr_1', errorName: name },
      ]);
    },
  );

  test('leaves those before it started, and those after it for the next delivery', async () => {
    sfn.on(StartExecutionCommand, { name: 'gr_2' }).rejects(awsError('ThrottlingException'));
    expect(await deliver(record('gr_1'), record('gr_2'), record('gr_3'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'sequence-gr_2' }],
    });
    expect(started().map(({ name }) => name)).toEqual(['gr_1', 'gr_2']);
  });
});

test('records that are no running grant start nothing and hold nothing up', async () => {
  const pending = record('gr_2');
  Object.assign(pending.dynamodb?.NewImage ?? {}, { expiresAt: { NULL: true } });
  const removal: DynamoDBRecord = { eventName: 'REMOVE', dynamodb: { SequenceNumber: 'x' } };
  expect(await deliver(removal, {}, pending, record('gr_3'))).toEqual(NONE);
  expect(started().map(({ name }) => name)).toEqual(['gr_3']);
});

test('neither the execution nor the log holds anything of the grant but its id', async () => {
  await deliver(record('gr_1'));
  expect(log.lines()).toMatchObject([{ message: 'workflow started', grantId: 'gr_1' }]);
  expect(JSON.stringify(started()) + log.text()).not.toContain('secret plan');
});
