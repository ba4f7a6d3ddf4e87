import { grant as grantSchema } from '../broker/answers.ts';
import { type Broker, Refusal } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { plain } from '../terminal.ts';

/** Ctrl-C, or a signal to end, while something is asked for. */
export type Interruption = {
  readonly signal: AbortSignal;
  /** Signals go where they went before. */
  readonly end: () => void;
};

const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Hears the first one while it works, so that what was asked for can be given back. */
export async function interruptible<T>(work: (heard: Interruption) => Promise<T>): Promise<T> {
  const heard = interruption();
  try {
    return await work(heard);
  } finally {
    heard.end();
  }
}

/** The second one goes at once. */
function interruption(): Interruption {
  const stop = new AbortController();
  const heard = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  };
  for (const signal of ENDING) process.on(signal, heard);
  const end = (): void => {
    for (const signal of ENDING) process.off(signal, heard);
  };
  return { signal: stop.signal, end };
}

/** Waits for work under a grant; after an interruption, whatever came of the work, gives the grant back. */
export async function unlessInterrupted<T>(
  { signal }: Interruption,
  broker: Broker,
  grantId: string,
  work: Promise<T>,
): Promise<T> {
  const [result] = await Promise.allSettled([work]);
  if (signal.aborted) throw await givenBack(broker, grantId);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Revoking ends a request, too, and what became active in the same moment. */
async function givenBack(broker: Broker, id: string): Promise<Failure> {
  try {
    const reason = 'interrupted';
    const { status } = await broker.post(`/v1/grants/${id}/revoke`, { reason }, grantSchema);
    return new Failure('interrupted', `Interrupted; ${id} is ${plain(status)}.`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const over = error instanceof Refusal && error.problem.status === 409;
    if (over) return new Failure('interrupted', `Interrupted; ${id} had ended.`);
    return new Failure(
      'interrupted',
      `Interrupted, but ${id} was not given back: ${error.message}`,
      `Do so once the broker answers: valetkey release ${id}`,
    );
  }
}
