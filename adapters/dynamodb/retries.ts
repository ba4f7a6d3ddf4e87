import { setTimeout as sleep } from 'node:timers/promises';
import type { Result } from '../../core/result.ts';

/**
 * How long a write is repeated that DynamoDB refused although nothing is wrong with it: another transaction
 * was touching one of its items, or the table was being throttled. The SDK repeats neither.
 */
export type Patience = {
  readonly milliseconds: number;
  /** Pauses are random, up to this length at first, and then up to twice the last. */
  readonly firstPause: number;
  readonly longestPause: number;
};

/** Requests, vends, votes: the caller waits, and may try again. */
export const CALL: Patience = { milliseconds: 2000, firstPause: 25, longestPause: 400 };

/**
 * Endings, revocations, suspensions, freezes: short pauses, because they have to get in between the vends of
 * somebody who does not stop. A Lambda that serves the API has 20 seconds.
 */
export const ENDING: Patience = { milliseconds: 8000, firstPause: 10, longestPause: 60 };

/** Time and chance; the simulation has its own. */
export type Timing = {
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** From 0 to 1. */
  readonly chance: () => number;
};

export const REAL_TIME: Timing = {
  now: () => performance.now(),
  pause: sleep,
  chance: Math.random,
};

/** The write was refused, for a reason that passes. */
export type Again = { readonly again: unknown };

/** @returns what the last attempt returned: `again` only after the patience was exhausted. */
export async function repeat<T, E>(
  attempt: () => Promise<Result<T, E> | Again>,
  { milliseconds, firstPause, longestPause }: Patience,
  { now, pause, chance }: Timing,
): Promise<Result<T, E> | Again> {
  const end = now() + milliseconds;
  for (let longest = firstPause; ; longest = Math.min(longestPause, 2 * longest)) {
    const done = await attempt();
    if (!('again' in done) || now() >= end) return done;
    await pause(chance() * longest);
  }
}
