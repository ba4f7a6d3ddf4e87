import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { emulatorPython } from '../../local/python.ts';
import { allow, ROOT, SetUp, trust } from './emulator-set-up.ts';

/** Waits for a task token, as the grant workflow does; no test ever returns it. */
const WAITING = {
  Type: 'Task',
  Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken',
  Parameters: {
    TableName: 'tokens',
    Item: { pk: { 'S.$': '$$.Execution.Name' }, token: { 'S.$': '$$.Task.Token' } },
  },
  Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.caught', Next: 'TimeIsUp' }],
  End: true,
};
const GIVE_UP_MS = 15_000;

let stateDir: string;
let emulator: Emulator;
let sfn: SFNClient;
let roleArn: string;
let machines = 0;

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'valetkey-emulator-'));
  emulator = await startEmulator(await emulatorPython(() => undefined), stateDir);
  const setUp = new SetUp(emulator.url);
  sfn = new SFNClient(setUp.client(ROOT));
  const service = { Principal: { Service: 'states.amazonaws.com' } };
  roleArn = await setUp.role('workflow', [trust('sts:AssumeRole', service)], allow('dynamodb:*'));
  await new DynamoDBClient(setUp.client(ROOT)).send(
    new CreateTableCommand({
      TableName: 'tokens',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
  );
});

afterAll(async () => {
  await emulator?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Runs the state to its end; returns how it ended and how long it took. */
async function run(
  state: object,
  input: object,
): Promise<DescribeExecutionCommandOutput & { readonly tookMs: number }> {
  const definition = { StartAt: 'Wait', States: { Wait: state, TimeIsUp: { Type: 'Succeed' } } };
  const machine = await sfn.send(
    new CreateStateMachineCommand({
      name: `machine-${++machines}`,
      roleArn,
      definition: JSON.stringify(definition),
    }),
  );
  const begun = Date.now();
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: machine.stateMachineArn,
      input: JSON.stringify(input),
    }),
  );
  for (;;) {
    const now = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const tookMs = Date.now() - begun;
    if (now.status !== 'RUNNING' || tookMs > GIVE_UP_MS) return { ...now, tookMs };
    await sleep(50);
  }
}

const { Parameters, ...WITHOUT_PARAMETERS } = WAITING;

test.each([
  ['TimeoutSecondsPath', { ...WAITING, TimeoutSecondsPath: '$.seconds' }],
  [
    'TimeoutSecondsPath below InputPath',
    { ...WAITING, InputPath: '$.times', TimeoutSecondsPath: '$.seconds' },
  ],
  [
    'TimeoutSecondsPath into the context object',
    { ...WAITING, TimeoutSecondsPath: '$$.Execution.Input.seconds' },
  ],
  [
    'TimeoutSeconds in JSONata',
    {
      ...WITHOUT_PARAMETERS,
      QueryLanguage: 'JSONata',
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'TimeIsUp' }],
      Arguments: {
        TableName: Parameters.TableName,
        Item: { pk: { S: '{% $states.context.Execution.Name %}' } },
      },
      TimeoutSeconds: '{% $states.input.seconds %}',
    },
  ],
])('%s ends the wait for a task token, and Catch goes on from there', async (_title, state) => {
  const result = await run(state, { seconds: 1, times: { seconds: 1 } });
  expect(result.status).toBe('SUCCEEDED');
  expect(result.tookMs).toBeGreaterThan(900);
  expect(result.tookMs).toBeLessThan(5000);
});

test.each([{}, { seconds: 0 }, { seconds: '5' }, { seconds: true }])(
  'an input of %j is not a time-out: the execution fails instead of waiting for ever',
  async (input) => {
    const result = await run({ ...WAITING, TimeoutSecondsPath: '$.seconds' }, input);
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  },
);
