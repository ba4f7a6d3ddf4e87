import { NoAnswer, Problem } from '../api/problem.ts';

/** A long download meets limits and short gaps: it waits as long as the broker says, and goes on. */

const TRIES = 6;
const MOST_SECONDS = 30;

type Waiting = {
  readonly signal: AbortSignal;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};

export async function patiently<T>(
  ask: () => Promise<T>,
  { signal, wait = sleep }: Waiting,
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      const seconds = secondsUntilBetter(error, failures);
      if (seconds === null || failures + 1 >= TRIES) throw error;
      await wait(seconds * 1000, signal);
    }
  }
}

/** @returns null where it does not get better. */
function secondsUntilBetter(error: unknown, failures: number): number | null {
  const passing = error instanceof Problem && [429, 502, 503, 504].includes(error.status);
  if (!passing && !(error instanceof NoAnswer)) return null;
  const said = error instanceof Problem ? error.retryAfter : null;
  return Math.min(said ?? 2 ** failures, MOST_SECONDS);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
