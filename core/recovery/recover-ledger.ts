import { addSeconds, type Instant } from '../instant.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import { cosignLog, type Witness } from '../ledger/cosign-log.ts';
import { type MissedPorts, OVERLAP_SECONDS } from '../ledger/find-missed.ts';
import type { ReadLogFile } from '../ledger/from-tiles.ts';
import { placeEntries } from '../ledger/place-entries.ts';
import { lastCheckpoint, publishLog } from '../ledger/publish-log.ts';
import type { RecordFailure } from '../ledger/record-events.ts';
import { err, ok, type Result } from '../result.ts';
import { adoptHead } from './adopt-head.ts';
import { clearPlaces, firstEvent } from './clear-places.ts';
import { completeBundle, isWalked, NOT_WALKED } from './complete-places.ts';
import { keepingTiles } from './keep-tiles.ts';
import {
  type LedgerRecovery,
  NOT_BEGUN,
  type RecoveryMarks,
  type Refused,
  refused,
} from './ledger-recovery.ts';
import type { TailFault } from './read-tail.ts';
import { settleOrder } from './settle-order.ts';

export type RecoverPorts = MissedPorts & {
  readonly marks: RecoveryMarks;
  readonly witnesses: readonly Witness[];
  readonly clock: () => Instant;
};

export type RecoverOrder = {
  /** The id of the restored table. */
  readonly table: string;
  /** The newest checkpoint that anybody outside has seen, where the operator names one. */
  readonly newest: string | null;
};

export type RecoverFailure = RecordFailure | TailFault | Refused;
type Next = Promise<Result<LedgerRecovery, RecoverFailure>>;

/**
 * Brings the order of a restored table up to the log that its files have, in slices: places are completed, the head is
 * adopted, and what a restore left beyond it is taken away. Nothing else may add to the log meanwhile. It may
 * stop anywhere and run again.
 *
 * @param until When this slice ends; it takes one step at least.
 */
export async function recoverLedger(
  ports: RecoverPorts,
  order: RecoverOrder,
  until: Instant,
): Promise<Result<LedgerRecovery, RecoverFailure>> {
  const known = await ports.marks.read();
  if (!known.ok) return known;
  const read = keepingTiles(ports.files.read);
  let recovery = known.value?.table === order.table ? known.value : NOT_BEGUN(order.table);
  while (recovery.phase !== 'done') {
    const next = await STEPS[recovery.phase](ports, read, recovery, order);
    if (!next.ok) return next;
    const noted = await ports.marks.note(next.value);
    if (!noted.ok) return noted;
    recovery = next.value;
    if (ports.clock() >= until) break;
  }
  return ok(recovery);
}

type Step = (
  ports: RecoverPorts,
  read: ReadLogFile,
  recovery: LedgerRecovery,
  order: RecoverOrder,
) => Next;

const STEPS: Readonly<Record<Exclude<LedgerRecovery['phase'], 'done'>, Step>> = {
  order: async (ports, read, recovery, { newest }) => {
    const settled = await settleOrder(ports, read, newest);
    if (!settled.ok) return settled;
    return ok({ ...recovery, phase: 'places', anew: recovery.anew || settled.value.anew });
  },
  places: async (ports, read, recovery) => {
    const signed = await signedState(ports);
    if (!signed.ok) return signed;
    const walk = recovery.walk ?? NOT_WALKED(signed.value.size);
    if (isWalked(walk)) return ok({ ...recovery, walk, phase: 'head' });
    const checked = await ports.overdue.checkedUntil();
    if (!checked.ok) return checked;
    const walked = await completeBundle({ ...ports, read }, signed.value, checked.value, walk);
    return walked.ok ? ok({ ...recovery, walk: walked.value }) : walked;
  },
  head: async (ports, read, recovery) => {
    const adopted = await adopt(ports, read);
    if (!adopted.ok) return adopted;
    const from = await trailFrom(ports, recovery.anew);
    if (!from.ok) return from;
    return ok({ ...recovery, phase: 'trail', from: from.value, cleared: from.value });
  },
  trail: async (ports, read, recovery) => {
    const signed = await signedState(ports);
    if (!signed.ok) return signed;
    const now = ports.clock();
    const cleared = Math.min(now, addSeconds(recovery.cleared, WINDOW_SECONDS));
    const done = await clearPlaces({ ...ports, read }, signed.value, recovery.cleared, cleared);
    if (!done.ok) return done;
    if (cleared < now) return ok({ ...recovery, cleared });
    const { overdue, signer } = ports;
    // What the table said of another order is not true of this one.
    const noted = recovery.anew
      ? await overdue.noteChecked(recovery.from, signer.key.name)
      : ok(null);
    return noted.ok ? ok({ ...recovery, cleared, phase: 'done' }) : noted;
  },
};

const WINDOW_SECONDS = 3600;

async function signedState({
  files,
  signer,
}: RecoverPorts): Promise<Result<Checkpoint, RecoverFailure>> {
  const stored = await files.checkpoint();
  return stored.ok ? lastCheckpoint(stored.value, signer.key) : stored;
}

/** The head of the checkpoint, and then that of files that were written and not signed any more. */
async function adopt(
  ports: RecoverPorts,
  read: ReadLogFile,
): Promise<Result<null, RecoverFailure>> {
  const signed = await signedState(ports);
  if (!signed.ok) return signed;
  const adopted = await adoptHead(ports, read, signed.value);
  if (!adopted.ok) return adopted;
  const placed = await placeEntries(ports, []);
  if (!placed.ok) return placed;
  const published = await publishLog(ports);
  if (!published.ok) return published;
  const asked = await Promise.all(
    ports.witnesses.map(
      async (witness) => [witness.key.name, await cosignLog(ports, witness)] as const,
    ),
  );
  for (const [name, { ok: cosigned, ...answer }] of asked) {
    if (cosigned || !('error' in answer) || answer.error.code !== 'ahead') continue;
    const { seen, size } = answer.error;
    return err(refused(`the witness ${name} saw ${seen} entries, and there are ${size}`));
  }
  return ok(null);
}

/** No event before it can have a place that is not its own. */
async function trailFrom(
  { overdue, clock }: RecoverPorts,
  anew: boolean,
): Promise<Result<Instant, RecoverFailure>> {
  const checked = await overdue.checkedUntil();
  if (!checked.ok) return checked;
  if (anew || checked.value === null) return firstEvent(overdue, clock());
  return ok(addSeconds(checked.value, -OVERLAP_SECONDS));
}
