import { inWords } from '../../core/duration.ts';
import type { Grant } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { notes } from '../notes.ts';
import { untilActive } from './wait.ts';

/** How long to wait where people have to approve. */
export type Patience = {
  /** False: not at all. */
  readonly wait?: boolean;
  /** In seconds; without it as long as the request may be pending. */
  readonly timeout?: number;
  /** The command to run once the grant is active. */
  readonly goOn: (grantId: string) => string;
};

/** The longest time that timers of Node can measure. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Waits until the grant is active, as long as the caller wants to. After that the request stays pending.
 *
 * @throws Failure: `notYet` with what to do next; those of `untilActive`.
 */
export async function whenActive(
  broker: Broker,
  first: Grant,
  signal: AbortSignal,
  patience: Patience,
): Promise<Grant> {
  const { wait = true, timeout } = patience;
  if (first.status !== 'pending' && first.status !== 'scheduled') {
    return untilActive(broker, first, signal);
  }
  if (!wait) throw notYet(first, '', patience);
  if (timeout === undefined) return untilActive(broker, first, signal);
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const timer = setTimeout(abort, Math.min(timeout * 1000, LONGEST_MS));
  signal.addEventListener('abort', abort);
  try {
    return await untilActive(broker, first, stop.signal);
  } catch (error) {
    const stopped = error instanceof Failure && error.exitCode === EXIT.interrupted;
    if (!stopped || signal.aborted) throw error;
    throw notYet(first, ` after ${inWords(timeout)}`, patience);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function notYet(grant: Grant, late: string, { goOn }: Patience): Failure {
  const { id, status } = grant;
  notes.note(null, { grant });
  const what = status === 'pending' ? 'waits for approval' : 'has not started';
  const still = late === '' ? '' : ' still';
  return new Failure(
    'notYet',
    `${id}${still} ${what}${late}.`,
    `Once it is active: ${goOn(id)}\nTo withdraw it:    valetkey cancel ${id}`,
  );
}
