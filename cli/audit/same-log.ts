import type { Checkpoint } from '../../core/ledger/checkpoint.ts';
import { type GrowthFault, verifyGrowth } from '../../core/ledger/verify-growth.ts';
import type { WitnessFault } from '../../core/ledger/witnessed.ts';
import { Failure } from '../failure.ts';
import { entryAt, explain, type Fault, type FaultyEntry } from './explain-fault.ts';
import type { Log } from './log.ts';
import { keepEvidence, remember, type SeenLog } from './seen-logs.ts';

/** Demands that a log is the one that was seen before, and remembers it. */

/** What is known of a log that does not verify. */
export type Finding = {
  readonly fault: Fault | WitnessFault;
  readonly entry: FaultyEntry | null;
  readonly before: string | null;
  readonly now: string | null;
  /** Files with the two checkpoints that contradict each other. */
  readonly evidence: readonly string[];
};

export class LogFailure extends Failure {
  override readonly name = 'LogFailure';
  readonly finding: Finding;

  constructor(message: string, hint: string, finding: Finding) {
    super('failed', message, hint);
    this.finding = finding;
  }
}

export type Signed = { readonly note: string; readonly checkpoint: Checkpoint };

/** @throws LogFailure unless the log has grown from what was seen before. */
export async function demandGrowth(log: Log, now: Signed): Promise<void> {
  if (log.before === null) return;
  const grown = await verifyGrowth(log.read, log.before.checkpoint, now.checkpoint);
  if (!grown.ok) throw await failure(log, faultOf(grown.error), now.note, log.before);
}

/** Remembers a log that is the one that was seen before, unless a later state is remembered already. */
export async function rememberLog(log: Log, now: Signed): Promise<void> {
  const { key, vkey, broker, before } = log;
  await remember({ key, vkey, broker, ...now }, before, (seen) => demandSame(log, now, seen));
}

/** Whichever of the two is the earlier one. */
export async function demandSame(log: Log, now: Signed, seen: SeenLog): Promise<void> {
  const isLater = now.checkpoint.size >= seen.checkpoint.size;
  const [earlier, later] = isLater ? [seen, now] : [now, seen];
  const same = await verifyGrowth(log.read, earlier.checkpoint, later.checkpoint);
  if (!same.ok) throw await failure({ ...log, before: seen }, faultOf(same.error), now.note, seen);
}

/** Where the log cannot be read, reading it has thrown already. */
function faultOf(error: GrowthFault | { readonly code: 'unavailable' }): GrowthFault {
  if (error.code === 'unavailable') throw new Error('the log is unavailable');
  return error;
}

/** @param now The checkpoint that came, if one did. */
export async function failure(
  log: Log,
  fault: Fault,
  now: string | null,
  before: SeenLog | null,
  size = 0,
): Promise<LogFailure> {
  const entry = 'entry' in fault ? await entryAt(log.read, fault.entry, size) : null;
  const { message, hint } = explain(fault, log, entry);
  const contradict = before !== null && now !== null && HISTORY.includes(fault.code);
  const evidence = contradict ? keepEvidence(before, now) : [];
  const shown = contradict ? [...notesOf(before, now), ...anew(before, evidence)] : [];
  return new LogFailure(message, [...shown, hint].join('\n'), {
    fault,
    entry,
    before: before?.note ?? null,
    now,
    evidence,
  });
}

const HISTORY: readonly string[] = ['smaller', 'forked'] satisfies readonly Fault['code'][];

function notesOf(before: SeenLog, now: string): readonly string[] {
  const indented = (note: string): string => note.trimEnd().replaceAll(/^(?=.)/gm, '  ');
  return [`Seen ${before.seenAt}:`, indented(before.note), 'Now:', indented(now)];
}

function anew({ path }: SeenLog, evidence: readonly string[]): readonly string[] {
  return [
    `Both are kept: ${evidence.join(' and ')}`,
    `If the ledger was begun anew on purpose, as on a local stack, forget the old one: rm '${path}'`,
  ];
}
