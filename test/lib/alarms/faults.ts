import { PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendTaskSuccessCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { jest } from '@jest/globals';
import type { Seen } from '../../support/alarm-evaluation.ts';
import { ARTIFACTS, TABLE } from '../../support/callers.ts';
import { awsError } from '../../support/mock-aws.ts';
import { BACKUP_FAULTS, BACKUP_ROUTINE } from './backup-faults.ts';
import { CHAT_FAULTS } from './chat-faults.ts';
import { ENDING_FAULTS, ENDING_ROUTINE } from './ending-faults.ts';
import type { Fault, Faulty } from './faulty.ts';
import { LEDGER_FAULTS, LEDGER_ROUTINE } from './ledger-faults.ts';
import { eventRecord, grantRecord } from './records.ts';
import { USAGE_FAULTS, USAGE_ROUTINE } from './usage-faults.ts';

/** For each alarm: the fault, played on the real handlers, or told as AWS tells it where no handler sees it. */

/** What AWS alone sees. */
const told =
  (metric: string, value: number): Fault =>
  async () => ({ aws: { [metric]: value } });

const VEND = 'POST /v1/credentials';

async function vends(faulty: Faulty, times: number): Promise<Seen> {
  const { api, token } = faulty;
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) {
    statuses.push((await api.call(VEND, { token, body: ARTIFACTS })).status);
  }
  const failed = statuses.filter((status) => status >= 500).length;
  return { ...faulty.seen('vend'), aws: { 'AWS/ApiGateway/5xx of ApiHttp': failed } };
}

const stsDown: Fault = (faulty) => {
  faulty.api.aws.sts.on(AssumeRoleCommand).rejects(awsError('InternalFailure'));
  return vends(faulty, 5);
};

const slowVends: Fault = async (faulty) => {
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000;
    return now;
  });
  const seen = await vends(faulty, 5);
  clock.mockRestore();
  return seen;
};

/** The handler answers with the record at which it failed: Lambda counts no error, and the record grows old. */
async function stuck(faulty: Faulty, lambda: string, event: object): Promise<Seen> {
  const { aws, ...seen } = await faulty.run(lambda, event);
  if (aws?.[`AWS/Lambda/Errors of ${lambda}Function`] !== 0) throw new Error('an error is counted');
  return { ...seen, aws: { [`AWS/Lambda/IteratorAge of ${lambda}Function`]: 120_000 } };
}

const throttled = (lambda: string) => told(`AWS/Lambda/Throttles of ${lambda}Function`, 1);
const left = (queue: string) => told(`AWS/SQS/ApproximateNumberOfMessagesVisible of ${queue}`, 1);

export const FAULTS: Readonly<Record<string, Fault>> = {
  ...ENDING_FAULTS,
  ...BACKUP_FAULTS,
  ...CHAT_FAULTS,
  ...LEDGER_FAULTS,
  ...USAGE_FAULTS,
  KillThrottled: throttled('kill'),
  RevokeThrottled: throttled('revoke'),
  VendThrottled: throttled('vend'),
  RequestThrottled: throttled('request'),
  PublishFails: (faulty) => {
    faulty.clients.events.on(PutEventsCommand).rejects(awsError('InternalException'));
    return stuck(faulty, 'publish', eventRecord({ type: 'expired' }));
  },
  OrchestrateFails: (faulty) => {
    faulty.clients.sfn.on(StartExecutionCommand).rejects(awsError('StateMachineDoesNotExist'));
    faulty.clients.sfn.on(SendTaskSuccessCommand).rejects(awsError('InvalidToken'));
    return stuck(faulty, 'orchestrate', grantRecord());
  },
  PublishGaveUp: left('EventsNotDelivered'),
  OrchestrateGaveUp: left('WorkflowNotDelivered'),
  WorkflowFails: told('AWS/States/ExecutionsFailed of WorkflowStateMachine', 1),
  ApiFails: (faulty) => {
    faulty.api.aws.dynamo.on(TransactWriteItemsCommand).rejects(awsError('InternalServerError'));
    return vends(faulty, 5);
  },
  RefusalLost: async (faulty) => {
    faulty.api.aws.dynamo.on(PutItemCommand).rejects(awsError('InternalServerError'));
    const { token } = faulty;
    await faulty.api.call('POST /v1/principals/{id}/suspend', {
      token,
      id: 'people:eve',
      body: {},
    });
    return faulty.seen('revoke');
  },
  TableConflicts: told('AWS/DynamoDB/TransactionConflict of TableName', 500),
  VendsFailingFast: stsDown,
  VendsFailingSteady: stsDown,
  VendsSlowFast: slowVends,
  VendsSlowSteady: slowVends,
};

/** What happens every day, refusals and what AWS makes good again included. */
export const ROUTINE: readonly Fault[] = [
  ...ENDING_ROUTINE,
  ...LEDGER_ROUTINE,
  ...BACKUP_ROUTINE,
  ...USAGE_ROUTINE,
  (faulty) => vends(faulty, 20),
  async (faulty) => {
    const { api, token } = faulty;
    await api.call(VEND, { token, body: TABLE });
    await api.call(VEND, { token: 'no.such.token', body: ARTIFACTS });
    await api.call(VEND, { token, body: { nonsense: true } });
    return faulty.seen('vend');
  },
  // AWS failed for a moment, and the caller repeated the call.
  async (faulty) => {
    faulty.api.aws.sts.on(AssumeRoleCommand).rejectsOnce(awsError('InternalFailure'));
    return vends(faulty, 1);
  },
  (faulty) =>
    faulty.run('publish', eventRecord({ type: 'revoked', reason: 'done', killSeconds: 2 })),
  (faulty) => faulty.run('orchestrate', grantRecord()),
  told('AWS/DynamoDB/TransactionConflict of TableName', 40),
];
