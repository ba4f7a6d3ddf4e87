import type { Instant } from '../instant.ts';

/** A recovery as far as it has come: what the next call goes on with, and in the end its report. */
export type Recovery = {
  /** Of the table, and of no other: a table that is restored again has to be recovered again. */
  readonly tableId: string;
  /** Also of its event. */
  readonly id: string;
  /** The moment whose data the restored table has. */
  readonly restoredTo: Instant;
  /** Whether it goes on without the files of the ledger. */
  readonly withoutLedger: boolean;
  readonly begunAt: Instant;
  /** Null until everything is done. */
  readonly endedAt: Instant | null;
  readonly phase: Phase;
  /** What the phase has dealt with last, in the order of its work; empty at its beginning. */
  readonly after: string;
  /** The roles that are cut off. */
  readonly cut: readonly string[];
  /** Counts the writes, so that no call overwrites what another one did. */
  readonly revision: number;
  readonly report: Report;
};

/**
 * In this order. Roles come first: from then on nobody has keys of which the table knows nothing. Suspensions come
 * before grants, and rows before what policies had denied.
 */
export const PHASES = [
  ...(['roles', 'log', 'principals', 'grants', 'rows', 'denied', 'workflows', 'end'] as const),
  'ended',
] as const;

export type Phase = (typeof PHASES)[number];

export type Report = {
  readonly roles: {
    /** On which every session that was issued before the recovery is denied now. */
    readonly cutOff: number;
  };
  /** How many entries of the ledger were read: those that may be younger than the table. */
  readonly entries: number;
  readonly principals: { readonly suspended: number; readonly resumed: number };
  readonly grants: {
    /** The table had none of them. */
    readonly madeAgain: number;
    /** They went on after the restore point. */
    readonly changed: number;
    readonly unchanged: number;
    /** Because nobody can know what became of them. */
    readonly ended: number;
    /** Because a role's policy had denied them by their ids. */
    readonly deniedByRole: number;
  };
  readonly workflows: number;
  /** What a person must look at, the first ones of it. */
  readonly lookAt: readonly Remark[];
  readonly moreToLookAt: number;
};

export type Remark = { readonly what: string; readonly why: string };

export const NOTHING_DONE: Report = {
  roles: { cutOff: 0 },
  entries: 0,
  principals: { suspended: 0, resumed: 0 },
  grants: { madeAgain: 0, changed: 0, unchanged: 0, ended: 0, deniedByRole: 0 },
  workflows: 0,
  lookAt: [],
  moreToLookAt: 0,
};

export const MOST_REMARKS = 200;
const MOST_LETTERS = 300;

/** Adds remarks to a report; what was remarked before is not repeated. */
export function remarked(report: Report, remarks: readonly Remark[]): Report {
  const short = remarks.map(({ what, why }) => ({ what, why: why.slice(0, MOST_LETTERS) }));
  const news = short.filter(
    ({ what, why }) => !report.lookAt.some((one) => one.what === what && one.why === why),
  );
  const lookAt = [...report.lookAt, ...news];
  return {
    ...report,
    lookAt: lookAt.slice(0, MOST_REMARKS),
    moreToLookAt: report.moreToLookAt + Math.max(0, lookAt.length - MOST_REMARKS),
  };
}

/** The recovery at the beginning of its next phase. */
export function nextPhase(recovery: Recovery): Recovery {
  const next = PHASES[PHASES.indexOf(recovery.phase) + 1] ?? 'ended';
  return { ...recovery, phase: next, after: '' };
}
