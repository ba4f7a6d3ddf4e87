import { Failure } from '../failure.ts';

/** The result of one check of `doctor`, with a hint if something is wrong. */
export type Finding = {
  readonly what: string;
  readonly state: 'ok' | 'note' | 'wrong';
  readonly detail: string;
  readonly hint?: string;
};

/** @throws what is no failure of a check, but a bug. */
export function wrong(what: string, error: unknown): Finding {
  if (!(error instanceof Failure)) throw error;
  return {
    what,
    state: 'wrong',
    detail: error.message,
    ...(error.hint !== null && { hint: error.hint }),
  };
}
