/** What the asker needs of its surroundings. */
export type Surroundings = {
  readonly now: () => number;
  /** @returns what calls it off */
  readonly after: (milliseconds: number, act: () => void) => () => void;
  readonly whenSeen: (act: () => void) => () => void;
  /** Seconds for which nothing may be asked after the failure; null to leave it at that. */
  readonly quietAfter: (error: unknown) => number | null;
};

/** Nobody stops typing for a shorter time. */
const PAUSE_MS = 400;

/** Asks one question at a time, after a pause in typing; not in a hidden tab, and not while the broker wants quiet. */
export class Asker {
  readonly #around: Surroundings;
  #quietUntil = 0;
  #stop: () => void = () => undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** @returns what calls the question off; the next question does so too */
  ask<T>(
    send: (signal: AbortSignal) => Promise<T>,
    answered: (answer: T) => void,
    failed: (error: unknown) => void,
  ): () => void {
    this.#stop();
    const { now, after, whenSeen, quietAfter } = this.#around;
    const controller = new AbortController();
    const { signal } = controller;
    let callOff: () => void = () => undefined;
    const begin = (): void => {
      const pause = Math.max(PAUSE_MS, this.#quietUntil - now());
      callOff = after(pause, () => {
        callOff = whenSeen(() => void go());
      });
    };
    const go = async (): Promise<void> => {
      try {
        const answer = await send(signal);
        if (!signal.aborted) answered(answer);
      } catch (error) {
        if (signal.aborted) return;
        failed(error);
        const quiet = quietAfter(error);
        if (quiet === null) return;
        this.#quietUntil = now() + quiet * 1000;
        begin();
      }
    };
    begin();
    const stop = (): void => {
      callOff();
      controller.abort();
    };
    this.#stop = stop;
    return stop;
  }
}
