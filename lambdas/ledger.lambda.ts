import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { brokerItself } from '../core/audit.ts';
import type { Unavailable } from '../core/failure.ts';
import { cosignLog, type Witness } from '../core/ledger/cosign-log.ts';
import { recordMissed } from '../core/ledger/find-missed.ts';
import { recordDeployment } from '../core/ledger/record-deployment.ts';
import {
  type Notice,
  type Recorded,
  type RecordFailure,
  type RecordPorts,
  recordEvents,
} from '../core/ledger/record-events.ts';
import { err, ok, type Result } from '../core/result.ts';
import { beginQuarantine } from '../core/upkeep/order-quarantine.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as ledger from './container/ledger.ts';
import * as recovery from './container/recovery.ts';
import * as stores from './container/stores.ts';
import { logger } from './logger.ts';
import { note } from './metrics.ts';
import { awsHandler, Retryable } from './middleware/aws-handler.ts';
import { noticeIn } from './middleware/notice.ts';
import { awaitsRecovery, type RecoveredLog, type RecoverLog, recoverLog } from './recover-log.ts';

/**
 * Brings every event into the log and signs it: the only Lambda that may use the log's key. A queue brings notices
 * of events; every few minutes it looks for those that no notice came for. May read the trail, write the order of
 * entries, and create files.
 *
 * After a restore of the table (`-c recovery=on`) it publishes nothing before the table knows what the files have. The
 * order for that, with AWS credentials, does a slice of at most 15 seconds:
 * `{ "recover": { "newest"?: "<checkpoint>" } }` is answered with `{ done, placed, head, refused? }`. Give it again until
 * `done`, or until `refused` says what a person has to do first. It may be given at any time and more than once.
 */

const deployed = { bundle: deciding.bundle(), source: deciding.bundleSource() };
const ports: Omit<RecordPorts, 'signer'> = {
  store: ledger.ledgerStore(),
  files: ledger.ledgerFiles(),
  trail: stores.trail(),
  content: ledger.ledgerContent(),
};
const overdue = stores.overdueEvents();
const witnesses = ledger.witnesses();

type Input = Partial<SQSEvent> & { readonly recover?: RecoverLog };
type Output = SQSBatchResponse | RecoveredLog;

const NOTHING_FAILED: SQSBatchResponse = { batchItemFailures: [] };

/** A bundle comes with the code, so one look for each start of the Lambda is enough. */
let deploymentKnown = false;

export const handler = awsHandler(
  async ({ Records, recover }: Input, { awsRequestId }): Promise<Output> => {
    const deployment = deploymentKnown ? ok(false) : await noteDeployment(awsRequestId);
    if (!deployment.ok) throw failed(deployment.error);
    deploymentKnown = true;
    const ready = await withSigner(awsRequestId);
    if (!ready.ok) throw failed(ready.error);
    if (recover !== undefined) return recoverTable(ready.value, recover);
    if (await mustWait()) return NOTHING_FAILED;
    if (Records === undefined) return lookForMissed(ready.value);
    const notices = Records.map((record) => ({ record, notice: noticeIn(record.body) }));
    const known = notices.flatMap(({ notice }) => notice ?? []);
    const recorded = await recordEvents(ready.value, known);
    if (!recorded.ok) throw failed(recorded.error);
    reportPublished(recorded.value, Math.min(...known.map(({ at }) => at)));
    const { unknown } = recorded.value;
    const again = notices.filter(({ notice }) => notice === null || unknown.includes(notice));
    return { batchItemFailures: again.map(({ record }) => notRecorded(record)) };
  },
);

function noteDeployment(requestId: string): Promise<Result<boolean, RecordFailure>> {
  const deploymentPorts = {
    deployments: stores.deployments(),
    files: ports.files,
    clock: environment.clock,
    random: environment.random,
  };
  return recordDeployment(deploymentPorts, deployed, requestId);
}

/** The key is read once, when the first event comes. */
let signer: RecordPorts['signer'] | null = null;

async function withSigner(requestId: string): Promise<Result<RecordPorts, RecordFailure>> {
  const known = signer === null ? await ledger.ledgerSigner() : ok(signer);
  if (!known.ok) return known;
  signer = known.value;
  const tableIsOlder = () => quarantineItself(requestId);
  return ok({ ...ports, signer: known.value, tableIsOlder });
}

/** Nobody said that the table was restored, and it does not know what the log does: who was suspended, what was revoked. */
async function quarantineItself(requestId: string): Promise<Result<null, Unavailable>> {
  if (environment.recovering()) return ok(null);
  const order = { cause: 'recovery', reason: OLDER } as const;
  const begun = await beginQuarantine(recovery.quarantineOrders(), order, brokerItself(requestId));
  logger.warn('table older than its ledger', { quarantine: begun.ok });
  return begun.ok ? ok(null) : err({ code: 'unavailable', what: 'store' });
}

const OLDER =
  'the table is older than its ledger, because it was restored or another one stands in: docs/runbooks/table-lost.md';

async function recoverTable(ready: RecordPorts, order: RecoverLog): Promise<RecoveredLog> {
  const done = await recoverLog({ ...ready, overdue }, order);
  if (!done.ok) throw new Retryable(done.error.code);
  return done.value;
}

/** What notices tell of meanwhile, the first look after the recovery finds. */
async function mustWait(): Promise<boolean> {
  const awaits = await awaitsRecovery();
  if (!awaits.ok) throw new Retryable(awaits.error.code);
  if (awaits.value) logger.warn('ledger awaits its recovery');
  return awaits.value;
}

async function lookForMissed(ready: RecordPorts): Promise<SQSBatchResponse> {
  const done = await recordMissed({ ...ready, overdue }, environment.clock());
  if (!done.ok) throw failed(done.error);
  const { missed, unknown, size } = done.value;
  // The alarm LedgerMissed counts the line.
  if (missed > 0) logger.warn('ledger missed events', { missed, unknown: unknown.length, size });
  await cosignAll(ready);
  note({ metric: 'LedgerRounds', value: 1 });
  return NOTHING_FAILED;
}

/**
 * No entry waits for a witness, and none is lost with one: the next round tries again. All are asked at once, so that
 * those that hang take the time of one.
 */
async function cosignAll(ready: RecordPorts): Promise<void> {
  await Promise.all(witnesses.map((witness) => cosign(ready, witness)));
}

async function cosign(ready: RecordPorts, witness: Witness): Promise<void> {
  const done = await cosignLog(ready, witness);
  const { name } = witness.key;
  if (done.ok) logger.info('checkpoint cosigned', { witness: name, size: done.value });
  else if (done.error.code === 'ahead') {
    const { seen, size } = done.error;
    const reason = `the witness ${name} saw ${seen} entries, and there are ${size}`;
    logger.error('ledger broken', { reason });
  } else if (done.error.code !== 'conflict') {
    // The alarm LedgerUnwitnessed counts the line. After a conflict the next round has a newer checkpoint.
    logger.warn('checkpoint not cosigned', { witness: name, why: done.error });
  }
}

/** The metric LedgerLag is the time from an event to the checkpoint that covers it. */
function reportPublished({ size }: Recorded, since: number): void {
  if (!Number.isFinite(since)) return;
  const lagSeconds = Math.max(0, Math.round((environment.clock() - since) / 1000));
  logger.info('ledger published', { size, lagSeconds });
  note({ metric: 'LedgerLag', value: lagSeconds });
}

function notRecorded({ messageId, body }: SQSRecord): { itemIdentifier: string } {
  const notice: Notice | null = noticeIn(body);
  logger.error('event not in the trail', { messageId, event: notice?.id ?? null });
  return { itemIdentifier: messageId };
}

/** The queue delivers the batch again. The alarm LedgerBroken counts the second line. */
function failed(failure: RecordFailure): Error {
  if (failure.code !== 'broken') return new Retryable(failure.code);
  logger.error('ledger broken', { reason: failure.reason });
  return new Error('the ledger is broken');
}
