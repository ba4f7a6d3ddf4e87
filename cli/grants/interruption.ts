import { grant as grantSchema } from '../broker/answers.ts';
import { type Broker, Refusal } from '../broker/client.ts';
import { EXIT, Failure } from '../failure.ts';
import { plain } from '../terminal.ts';

/** Ctrl-C, or a signal to terminate, while a grant is requested. */
export type Interruption = {
  readonly signal: AbortSignal;
  /** Stops listening: signals have their usual effect again. */
  readonly end: () => void;
};

const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Does work that a first signal interrupts, so that the grant can be released; a second signal exits. */
export async function interruptible<T>(
  work: (interruption: Interruption) => Promise<T>,
): Promise<T> {
  const interruption = listen();
  try {
    return await work(interruption);
  } finally {
    interruption.end();
  }
}

function listen(): Interruption {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  for (const signal of ENDING) process.on(signal, onSignal);
  const end = (): void => {
    for (const signal of ENDING) process.off(signal, onSignal);
  };
  return { signal: controller.signal, end };
}

/**
 * Waits for work under a grant. After an interruption the grant is released, whatever the work returned.
 *
 * @throws Failure (`interrupted`) after an interruption.
 */
export async function unlessInterrupted<T>(
  { signal }: Interruption,
  broker: Broker,
  grantId: string,
  work: Promise<T>,
): Promise<T> {
  const [result] = await Promise.allSettled([work]);
  if (signal.aborted) throw await released(broker, grantId);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Revokes: this also ends a pending request, and a grant that became active at that moment. */
async function released(broker: Broker, id: string): Promise<Failure> {
  try {
    const reason = 'interrupted';
    const { status } = await broker.post(`/v1/grants/${id}/revoke`, { reason }, grantSchema);
    return new Failure('interrupted', `Interrupted. ${id} is ${plain(status)}.`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const ended = error instanceof Refusal && error.problem.status === 409;
    if (ended) return new Failure('interrupted', `Interrupted. ${id} had already ended.`);
    return new Failure(
      'interrupted',
      `Interrupted, but ${id} could not be released: ${error.message}`,
      `Release it when the broker answers again: valetkey release ${id}`,
    );
  }
}
