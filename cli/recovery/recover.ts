import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type OperatorClients,
  operatorClients,
  stackOutputs,
} from '../../adapters/cloudformation/operator-clients.ts';
import { callFunction } from '../../adapters/lambda/call-function.ts';
import { formatInstant, type Instant } from '../../core/instant.ts';
import type { Recovery } from '../../core/recovery/recovery.ts';
import type { FoundTable } from '../../core/recovery/table-settings.ts';
import { Failure, UsageError } from '../failure.ts';
import { plain, type Terminal } from '../terminal.ts';
import { withAwsErrors } from './aws-errors.ts';
import { prepareTable } from './prepare-table.ts';
import { showReport } from './show-report.ts';

export type RecoverOptions = {
  readonly table: string;
  readonly stack: string;
  readonly from?: string;
  readonly withoutLedger: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
};

/**
 * Sets what a restore lost, then has the broker rebuild its state, portion by portion. It may be ended and repeated at
 * any time.
 *
 * @throws Failure with `notYet` while the broker is not deployed on the table and for recovery.
 */
export async function recover(
  options: RecoverOptions,
  out: Terminal,
  notes: Terminal,
): Promise<void> {
  const { table: name, dryRun } = options;
  const clients = operatorClients();
  const table = await withAwsErrors(() => prepareTable(clients.dynamodb, name, { dryRun }, notes));
  const { restoredTo, newest } = startOf(options, table);
  const lambda = await withAwsErrors(() => recoveryLambda(clients, options, table, out));
  const order = {
    restoredTo: formatInstant(restoredTo),
    withoutLedger: options.withoutLedger,
    dryRun,
    ...(newest !== undefined && { newest }),
  };
  notes.note(`reading the ledger from ${order.restoredTo} on`, order);
  let recovery: Recovery | null = null;
  do {
    const before: object = dryRun && recovery !== null ? { before: recovery } : {};
    recovery = await portion(clients, lambda, { ...order, ...before }, notes);
    showProgress(recovery, notes);
  } while (recovery.phase !== 'ended');
  if (options.json) out.json(reportOf(recovery));
  else showReport(out, recovery, dryRun);
}

/** Where the ledger is read from, and how far it must have come at least. */
type Start = { readonly restoredTo: Instant; readonly newest?: string };

function startOf({ from, table }: RecoverOptions, { restoredTo }: FoundTable): Start {
  const given = from === undefined ? Number.NaN : timeIn(from);
  if (!Number.isNaN(given)) {
    if (given <= (restoredTo ?? Date.now())) return { restoredTo: given };
    throw new UsageError(
      `${from} is later than what the table was restored to: events in between would be passed over.`,
      restoredTo === null ? null : `The table shows ${formatInstant(restoredTo)}.`,
    );
  }
  const newest = from === undefined ? null : checkpointIn(from);
  if (restoredTo !== null) return { restoredTo, ...(newest !== null && { newest }) };
  throw new UsageError(
    `The table ${table} was not restored, or does not say to what.`,
    'Say from when on the ledger has what it lacks: --from 2026-11-27T09:00:00Z',
  );
}

/** With its zone: the same text would be another moment elsewhere. */
function timeIn(text: string): number {
  const isWhole = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text);
  return isWhole ? Date.parse(text) : Number.NaN;
}

/** @throws UsageError where the file has no checkpoint; the errors of the file system. */
function checkpointIn(file: string): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (/^\S+\n\d+\n\S+\n/.test(text)) return text;
  throw new UsageError(
    `"${plain(file)}" is no time, and no file with a checkpoint.`,
    'Write a time such as 2026-11-27T09:00:00Z, or the file `checkpoint` of a copy of the ledger.',
  );
}

async function recoveryLambda(
  clients: OperatorClients,
  { stack }: RecoverOptions,
  table: FoundTable,
  out: Terminal,
): Promise<string> {
  const { TableName, RecoverFunctionName } = await stackOutputs(clients, stack);
  if (TableName === table.name && RecoverFunctionName !== undefined) return RecoverFunctionName;
  out.print(
    [
      'state:',
      '  table:',
      `    name: ${table.name}`,
      `    streamArn: ${table.streamArn ?? '(not before the stream is on)'}`,
      `    keyArn: ${table.keyArn}`,
    ].join('\n'),
  );
  const what =
    TableName === table.name ? 'is not deployed for recovery' : `is deployed on ${TableName}`;
  throw new Failure(
    'notYet',
    `The broker ${what}.`,
    'Put these lines into the configuration of this Region (valetkey.yaml, or the file of -c config), then: npx cdk deploy ValetKey --exclusively -c recovery=on. Then repeat this command.',
  );
}

/**
 * How long a portion may stand still for what passes: a writer that was killed holds the lease of a role for 40 s, and
 * for longer by as much as its clock was fast.
 */
const PATIENCE_MS = 240_000;
const PAUSE_MS = 1000;

/**
 * Has the broker do one portion.
 *
 * @throws Failure where it stands still until somebody does something, or for longer than what passes takes.
 */
async function portion(
  { lambda }: OperatorClients,
  name: string,
  input: object,
  notes: Terminal,
): Promise<Recovery> {
  let said = '';
  for (const begun = performance.now(); ; await sleep(PAUSE_MS)) {
    const answer = await ordered(lambda, name, input);
    if ('recovery' in answer) return answer.recovery;
    const { stopped, passes } = answer;
    if (passes !== true || performance.now() > begun + PATIENCE_MS) {
      throw new Failure('failed', `The recovery stands still: ${plain(stopped)}.`, AGAIN);
    }
    if (stopped !== said) notes.note(`waiting: ${plain(stopped)}`, { waiting: stopped });
    said = stopped;
  }
}

type Answer =
  | { readonly recovery: Recovery }
  | { readonly stopped: string; readonly passes?: boolean };

async function ordered(
  lambda: OperatorClients['lambda'],
  name: string,
  input: object,
): Promise<Answer> {
  const called = await withAwsErrors(() => callFunction(lambda, name, input));
  if (called.ok) return called.value as Answer;
  const { name: error, message } = called.error;
  throw new Failure('failed', `The broker failed: ${plain(`${error}: ${message}`)}`, AGAIN);
}

const AGAIN = 'Repeat the command: it goes on where it was. docs/disaster-recovery.md says more.';

function showProgress({ phase, report }: Recovery, notes: Terminal): void {
  const { grants, roles, principals } = report;
  const dealtWith = grants.madeAgain + grants.changed + grants.unchanged;
  const text = `${phase}: ${roles.cutOff} roles cut off, ${principals.suspended} principals suspended, ${dealtWith} grants`;
  notes.note(text, { phase, ...report });
}

/** What a program may rely on. */
function reportOf({ restoredTo, begunAt, endedAt, withoutLedger, report }: Recovery): object {
  return {
    restoredTo: formatInstant(restoredTo),
    begunAt: formatInstant(begunAt),
    endedAt: endedAt === null ? null : formatInstant(endedAt),
    withoutLedger,
    ...report,
  };
}
