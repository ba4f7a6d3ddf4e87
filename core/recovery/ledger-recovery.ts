import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { Broken } from '../ledger/ledger-ports.ts';
import type { Result } from '../result.ts';
import type { Walk } from './complete-places.ts';
import type { TailFault } from './read-tail.ts';

/** How far the recovery of the ledger has come on one table. */
export type LedgerRecovery = {
  /** The id of the table: a later restore brings this record back, and is another table. */
  readonly table: string;
  readonly phase: 'order' | 'places' | 'head' | 'trail' | 'done';
  readonly walk: Walk | null;
  /** Where the trail is looked through from, and until when it was. */
  readonly from: Instant;
  readonly cleared: Instant;
  /** Whether the table's own order was given up, so that all of its trail is looked through and looked for again. */
  readonly anew: boolean;
};

export const NOT_BEGUN = (table: string): LedgerRecovery => ({
  ...{ table, phase: 'order', walk: null, from: 0, cleared: 0, anew: false },
});

export type RecoveryMarks = {
  readonly read: () => Promise<Result<LedgerRecovery | null, Unavailable>>;
  readonly note: (recovery: LedgerRecovery) => Promise<Result<null, Unavailable>>;
  /** The name of the log that the table was of; null where no look of this version has noted it. */
  readonly origin: () => Promise<Result<string | null, Unavailable>>;
};

/** Somebody has to decide, or to bring back what is missing; nothing was changed that is seen from outside. */
export type Refused = { readonly code: 'refused'; readonly reason: string };

export const refused = (reason: string): Refused => ({ code: 'refused', reason });

/** What no repetition changes, in words. */
export function whyRefused<Fault extends { readonly code: string }>(
  fault: Fault | TailFault | Broken | Refused,
): string | null {
  if ('reason' in fault) return fault.reason;
  if (!('path' in fault)) return null;
  return fault.code === 'not-signed'
    ? `${fault.path} is not what the checkpoint was signed for`
    : `${fault.path} is ${fault.code}`;
}
