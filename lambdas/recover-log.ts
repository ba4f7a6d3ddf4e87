import { addSeconds } from '../core/instant.ts';
import type { MissedPorts } from '../core/ledger/find-missed.ts';
import { whyRefused } from '../core/recovery/ledger-recovery.ts';
import { type RecoverFailure, recoverLedger } from '../core/recovery/recover-ledger.ts';
import { err, ok, type Result } from '../core/result.ts';
import * as environment from './container/environment.ts';
import * as ledger from './container/ledger.ts';
import * as stores from './container/stores.ts';
import { logger } from './logger.ts';

/** The order that brings the ledger of a restored table up to its files, and what waits for it. */

export type RecoverLog = {
  /** The newest checkpoint that anybody has seen: the log may not go on from less. */
  readonly newest?: string;
};

export type RecoveredLog = {
  /** Whether the ledger may go on. As long as it is false and nothing is refused, give the order again. */
  readonly done: boolean;
  /** How many places were written so far. */
  readonly placed: number;
  /** How many entries have their place. */
  readonly head: number;
  /** What a person has to decide or bring back first. No repetition changes it. */
  readonly refused?: string;
};

/** Half of the time that the Lambda has. */
const SLICE_SECONDS = 15;

export async function recoverLog(
  ports: MissedPorts,
  { newest }: RecoverLog,
): Promise<Result<RecoveredLog, RecoverFailure>> {
  if (!environment.recovering()) {
    throw new NotInRecovery('QUARANTINE is not recovery: deploy with -c recovery=on first.');
  }
  const table = await stores.tableId();
  if (!table.ok) return table;
  const { clock } = environment;
  const marks = ledger.ledgerRecovery();
  const done = await recoverLedger(
    { ...ports, marks, witnesses: ledger.witnesses(), clock },
    { table: table.value, newest: newest ?? null },
    addSeconds(clock(), SLICE_SECONDS),
  );
  const head = await ports.store.head();
  if (!head.ok) return head;
  const { size } = head.value;
  if (!done.ok) return refusedFor(done.error, size);
  const { phase, walk } = done.value;
  logger.info('ledger recovered', { phase, below: walk?.below, head: size });
  return ok({ done: phase === 'done', placed: walk?.placed ?? 0, head: size });
}

class NotInRecovery extends Error {
  override readonly name = 'NotInRecovery';
}

/** The alarm LedgerBroken counts the line. */
function refusedFor(failure: RecoverFailure, head: number): Result<RecoveredLog, RecoverFailure> {
  const reason = whyRefused(failure);
  if (reason === null) return err(failure);
  logger.error('ledger broken', { reason });
  return ok({ done: false, placed: 0, head, refused: reason });
}

let isRecovered = false;
/** No recovery of the ledger has begun and not ended. */
let noneGoesOn = false;

/** Whether the table was restored and its ledger does not know yet what the files have. */
export async function awaitsRecovery(): Promise<Result<boolean, RecoverFailure>> {
  if (isRecovered || (noneGoesOn && !environment.recovering())) return ok(false);
  const recovery = await ledger.ledgerRecovery().read();
  if (!recovery.ok) return recovery;
  // One that has begun has to end, whatever the deployment says by now.
  const hasEnded = recovery.value === null || recovery.value.phase === 'done';
  if (!environment.recovering() && hasEnded) {
    noneGoesOn = true;
    return ok(false);
  }
  const table = await stores.tableId();
  if (!table.ok) return table;
  isRecovered = recovery.value?.table === table.value && recovery.value.phase === 'done';
  return ok(!isRecovered);
}
