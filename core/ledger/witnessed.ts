import type { Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { NoteKey } from '../signed-note.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { cosignatureIn } from './cosignature.ts';

/** How much of a log a witness has cosigned, for whoever demands that it did. */

/** A state of the log that a witness cosigned. */
export type CosignedState = {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  /** Seconds since 1970, by the clock of the witness. */
  readonly seconds: number;
};

export type Coverage = {
  readonly witness: string;
  /** How many entries the witness has cosigned. */
  readonly size: number;
  readonly seconds: number;
  /** How many entries came after those. */
  readonly uncovered: number;
};

export type WitnessFault =
  /** No checkpoint that was looked at has its cosignature. */
  | { readonly code: 'unwitnessed'; readonly witness: string }
  /** Its last cosignature is too old, and does not cover everything. */
  | ({ readonly code: 'witness-late' } & Coverage)
  /** A line has its name and key, and is over something else. */
  | { readonly code: 'witness-forged'; readonly witness: string; readonly size: number }
  /** It cosigned a checkpoint of the log's key that is of another log than this one. */
  | { readonly code: 'witness-forked'; readonly witness: string; readonly size: number };

/** Witnesses are asked every few minutes: what they left out for so long, they are not shown or refuse. */
export const LATEST_SECONDS = 24 * 3600;

/**
 * @returns null where the checkpoint has no cosignature of the witness, or the log's key did not sign it: then
 *   anybody may have written what the witness cosigned.
 */
export function cosignedState(
  note: string,
  log: NoteKey,
  witness: NoteKey,
): Result<CosignedState | null, WitnessFault> {
  const checkpoint = openCheckpoint(note, log);
  if (!checkpoint.ok) return ok(null);
  const { value } = checkpoint;
  const found = cosignatureIn(note, witness);
  if (!found.ok) return err({ code: 'witness-forged', witness: witness.name, size: value.size });
  if (found.value === null) return ok(null);
  return ok({ note, checkpoint: value, seconds: found.value.seconds });
}

/**
 * What the last cosignature of a witness covers of a log with `size` entries. Its time counts only where entries came
 * after it: a log in which nothing happens is not brought to its witnesses again.
 */
export function coverageOf(
  { checkpoint, seconds }: CosignedState,
  witness: NoteKey,
  size: number,
  now: Instant,
): Result<Coverage, WitnessFault> {
  const uncovered = Math.max(0, size - checkpoint.size);
  const covered = Math.min(size, checkpoint.size);
  const coverage = { witness: witness.name, size: covered, seconds, uncovered };
  // Neither is the time of a witness whose clock is days ahead.
  const late = Math.abs(now / 1000 - seconds) > LATEST_SECONDS;
  return uncovered > 0 && late ? err({ code: 'witness-late', ...coverage }) : ok(coverage);
}
