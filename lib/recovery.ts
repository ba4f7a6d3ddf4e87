import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';
import type { GrantWorkflow } from './grant-workflow.ts';
import type { Ledger } from './ledger.ts';

/** The longest that there is: the first call reads the end of the ledger, which may be long. */
export const RECOVER_TIMEOUT_SECONDS = 900;

/** It holds the end of the ledger: up to 400,000 entries. */
export const RECOVER_MEMORY_MB = 2048;

export type RecoveryProps = {
  readonly table: GrantTable;
  readonly log: Ledger;
  readonly workflow: GrantWorkflow;
  /** What writes on roles. */
  readonly kill: BundledFunction;
  /** What gives entries of the log their places. */
  readonly ledger: BundledFunction;
};

/** The rights of the Lambda that rebuilds the broker on a restored table. It is there during a recovery only. */
export function allowRecovery(
  recover: BundledFunction,
  { table, log, workflow, kill, ledger }: RecoveryProps,
): void {
  const actions = ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'];
  for (const statement of table.statements([...actions, 'DescribeTable'], 'write', INDEXES)) {
    recover.allow(statement);
  }
  log.allowKey(recover);
  log.allowReading(recover);
  const { stateMachineArn } = workflow.stateMachine;
  recover.function.addEnvironment('STATE_MACHINE_ARN', stateMachineArn);
  recover.allow({ actions: ['states:StartExecution'], resources: [stateMachineArn] });
  const called = { KILL_FUNCTION: kill, LEDGER_FUNCTION: ledger };
  for (const [name, lambda] of Object.entries(called)) {
    recover.function.addEnvironment(name, lambda.function.functionName);
  }
  recover.allow({
    actions: ['lambda:InvokeFunction'],
    resources: Object.values(called).map((lambda) => lambda.function.functionArn),
  });
}

const INDEXES = ['byDue', 'byStatusShard'];
