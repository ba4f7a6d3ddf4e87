import { err } from '../result.ts';

/**
 * Why a recovery stands still: in words, for whoever ordered it. A repeat goes on from there.
 *
 * `passes`: nobody has to do anything but wait, unless it lasts.
 */
export type Stopped = {
  readonly code: 'stopped';
  readonly reason: string;
  readonly passes: boolean;
};

/** Somebody has to do something before a repeat. */
export function stopped(reason: string) {
  return err({ code: 'stopped', reason, passes: false } as const);
}

/** A repeat goes on, soon. */
export function waiting(reason: string) {
  return err({ code: 'stopped', reason, passes: true } as const);
}

export const NO_TABLE = waiting('the table does not answer');
