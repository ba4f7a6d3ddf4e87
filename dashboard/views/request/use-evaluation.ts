import { useEffect, useState } from 'react';
import { post } from '../../api/client.ts';
import { NoAnswer, Problem } from '../../api/problem.ts';
import type { Evaluation } from '../../api/types.ts';
import { Asker } from './asker.ts';
import type { RequestBody } from './form.ts';

export type Evaluated = {
  /** The last answer, which is shown until there is another one. */
  readonly answer: Evaluation | null;
  readonly error: unknown;
  /** Whether the answer is not yet the one for what is typed now. */
  readonly asking: boolean;
};

const NONE: Evaluated = { answer: null, error: null, asking: false };

/** What policy says of the request while it is typed. @param body null while something is missing */
export function useEvaluation(body: RequestBody | null): Evaluated {
  const [asker] = useState(() => new Asker(browser));
  const [evaluated, setEvaluated] = useState<Evaluated>(NONE);
  const question = body === null ? null : JSON.stringify(body);
  useEffect(() => {
    if (question === null) {
      setEvaluated(NONE);
      return;
    }
    setEvaluated(({ answer, error }) => ({ answer, error, asking: true }));
    return asker.ask(
      (signal) =>
        post<Evaluation>('/v1/evaluate', JSON.parse(question) as object, undefined, signal),
      (answer) => setEvaluated({ answer, error: null, asking: false }),
      (error) =>
        setEvaluated(({ answer }) => ({
          answer: isAboutTheForm(error) ? null : answer,
          error,
          asking: false,
        })),
    );
  }, [asker, question]);
  return evaluated;
}

function isAboutTheForm(error: unknown): boolean {
  return error instanceof Problem && error.status < 429;
}

const USUAL_QUIET_SECONDS = 10;

const browser = {
  now: () => Date.now(),
  after: (milliseconds: number, act: () => void) => {
    const timer = window.setTimeout(act, milliseconds);
    return () => window.clearTimeout(timer);
  },
  /** At once where somebody looks at the page, or else when somebody does. */
  whenSeen: (act: () => void) => {
    if (!document.hidden) {
      act();
      return () => undefined;
    }
    const seen = (): void => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', seen);
      act();
    };
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  },
  /** Seconds to be quiet after this failure; null where asking again does not help. */
  quietAfter: (error: unknown) => {
    if (error instanceof NoAnswer) return USUAL_QUIET_SECONDS;
    const passes = error instanceof Problem && [429, 502, 503, 504].includes(error.status);
    return passes ? (error.retryAfter ?? USUAL_QUIET_SECONDS) : null;
  },
};
