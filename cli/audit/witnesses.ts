import type * as z from 'zod/mini';
import { verifyGrowth } from '../../core/ledger/verify-growth.ts';
import {
  type CosignedState,
  type Coverage,
  cosignedState,
  coverageOf,
  LATEST_SECONDS,
  type WitnessFault,
} from '../../core/ledger/witnessed.ts';
import { type NoteKey, parseVerifierKey } from '../../core/signed-note.ts';
import { checkpointPage } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { entries } from './explain-fault.ts';
import { explainWitness, timeOf } from './explain-witness.ts';
import type { Log } from './log.ts';
import { failure, LogFailure, type Signed } from './same-log.ts';
import { keepEvidence } from './seen-logs.ts';

/** `valetkey audit verify --witness`: somebody else has seen the log, too, and says so in the checkpoint. */

/** Checkpoints of a broker, the newest first, in pages. */
export type Earlier = AsyncIterable<readonly { readonly note: string; readonly at: string }[]>;

/** @throws UsageError for a line that is no key of a witness. */
export function witnessKeys(vkeys: readonly string[] = []): readonly NoteKey[] {
  return vkeys.map((vkey) => {
    const key = parseVerifierKey(vkey.trim(), 'cosignature');
    if (key !== null) return key;
    throw new UsageError(
      '--witness is not the key of a witness.',
      'It is one line, NAME+HASH+KEY, as whoever runs the witness publishes it. The broker names those that it asks: valetkey audit key --json',
    );
  });
}

/**
 * Demands that each witness cosigned the log: its checkpoint, or an earlier one, not long ago, that the log begins with.
 *
 * @param earlier Null for a copy, which has one checkpoint.
 * @throws LogFailure
 */
export async function demandWitnesses(
  log: Log,
  now: Signed,
  witnesses: readonly NoteKey[],
  earlier: Earlier | null,
): Promise<readonly Coverage[]> {
  const states = new Map<NoteKey, CosignedState>();
  lookAt(now, log, now.note, witnesses, states);
  const isComplete = () => witnesses.every((witness) => states.has(witness));
  if (earlier !== null && !isComplete()) {
    for await (const page of earlier) {
      for (const { note } of page) lookAt(now, log, note, witnesses, states);
      if (isComplete()) break;
    }
  }
  const coverages: Coverage[] = [];
  for (const witness of witnesses) {
    const state = states.get(witness);
    const unwitnessed: WitnessFault = { code: 'unwitnessed', witness: witness.name };
    if (state === undefined) throw failed(unwitnessed, log, now);
    await demandOneLog(log, now, state, witness);
    const coverage = coverageOf(state, witness, now.checkpoint.size, Date.now());
    if (!coverage.ok) throw failed(coverage.error, log, now);
    coverages.push(coverage.value);
  }
  return coverages;
}

/** Notes for each witness the first state that it cosigned. */
function lookAt(
  now: Signed,
  log: Log,
  note: string,
  witnesses: readonly NoteKey[],
  states: Map<NoteKey, CosignedState>,
): void {
  for (const witness of witnesses) {
    if (states.has(witness)) continue;
    const state = cosignedState(note, log.key, witness);
    if (!state.ok) throw failed(state.error, log, now);
    if (state.value !== null) states.set(witness, state.value);
  }
}

/** The log may have grown between two answers, so either of the two can be the later one. */
async function demandOneLog(
  log: Log,
  now: Signed,
  state: CosignedState,
  { name }: NoteKey,
): Promise<void> {
  const isLater = state.checkpoint.size > now.checkpoint.size;
  const [first, last] = isLater ? [now, state] : [state, now];
  const same = await verifyGrowth(log.read, first.checkpoint, last.checkpoint);
  if (same.ok) return;
  if (same.error.code === 'unavailable') throw new Error('the log is unavailable');
  if (same.error.code !== 'forked') throw await failure(log, same.error, now.note, null);
  const { size } = state.checkpoint;
  const fault: WitnessFault = { code: 'witness-forked', witness: name, size };
  throw failed(fault, log, now, keepEvidence({ key: log.key, note: state.note }, now.note));
}

function failed(
  fault: WitnessFault,
  log: Log,
  { note }: Signed,
  evidence: readonly string[] = [],
): LogFailure {
  const { message, hint } = explainWitness(fault, log, evidence);
  return new LogFailure(message, hint, { fault, entry: null, before: null, now: note, evidence });
}

const PAGE = 50;
/** More than a log has in a day that is signed anew every five seconds. */
const MOST_PAGES = 500;

/** As far back as a cosignature may be. The times are the broker's word: they only say where to stop. */
export async function* earlierCheckpoints(broker: Broker): Earlier {
  const until = Date.now() - LATEST_SECONDS * 1000;
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < MOST_PAGES; pages += 1) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/v1/audit/checkpoints?limit=${PAGE}${after}`;
    const page: z.infer<typeof checkpointPage> = await broker.get(path, checkpointPage);
    yield page.checkpoints;
    const last = page.checkpoints.at(-1);
    if (last === undefined || !(Date.parse(last.at) >= until)) return;
    cursor = page.nextCursor;
  }
}

export function showWitnesses(coverages: readonly Coverage[], out: Terminal): void {
  for (const { witness, size, seconds, uncovered } of coverages) {
    const what = uncovered === 0 ? 'all of it' : `its first ${entries(size)}`;
    const rest = uncovered === 0 ? '' : `; ${entries(uncovered)} came after that`;
    out.print(`${witness} cosigned ${what} at ${timeOf(seconds)}${rest}.`);
  }
}

export function witnessesJson(coverages: readonly Coverage[]) {
  return coverages.map(({ witness, size, seconds, uncovered }) => ({
    ...{ name: witness, size, uncovered, at: timeOf(seconds) },
  }));
}
