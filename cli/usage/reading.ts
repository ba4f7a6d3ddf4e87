import type { Deployment, Entitlement, Parameters } from '../../core/entitlement.ts';
import type { Instant } from '../../core/instant.ts';
import type { Result } from '../../core/result.ts';
import type { ActionMap } from '../../core/usage/kept-actions.ts';
import type { RecordMap } from '../../core/usage/observe-recording.ts';
import type { Trail } from '../../core/usage/trail.ts';
import type { Needles, ReadPart, Window } from '../../core/usage/usage-ports.ts';
import type { EntitlementUsage, GrantUsage, Judged } from '../../core/usage.ts';

/** A grant whose calls are looked for. */
export type GrantToRead = {
  readonly id: string;
  readonly entitlement: string;
  readonly principal: string;
  readonly name: string;
  readonly parameters: Parameters;
  readonly from: Instant;
  /** Null while it is active. */
  readonly until: Instant | null;
  /** The last moment at which its keys can have worked; null where none were vended. */
  readonly keysUntil: Instant | null;
};

/** Where logs are, as the user names them: `--logs` and `--trails`. */
export type Logs = {
  /** A file, a folder, or `s3://bucket/prefix`. */
  readonly logs: string;
  /** A file with the settings of trails; null to ask AWS. */
  readonly trails: string | null;
};

/** The grants are of one entitlement, whose roles say which sessions are chained ones. */
export type ToRead = {
  readonly entitlement: Entitlement;
  readonly deployment: Deployment;
  readonly grants: readonly GrantToRead[];
  readonly window: Window;
};

export type ReadUsage = {
  /** Of every grant, in their order: also of those under which nothing was called. */
  readonly usages: readonly GrantUsage[];
  /** Null where nobody could say what the trails record. */
  readonly trails: readonly Trail[] | null;
};

/** How far a reading is. */
export type Progress = (at: {
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
}) => void;

export type ToJudge = {
  readonly entitlement: Entitlement;
  readonly deployment: Deployment;
  readonly trails: readonly Trail[] | null;
};

/** What the commands need to read logs and to judge by them. */
export type UsageReading = {
  readonly readUsage: (
    wanted: Logs & ToRead,
    progress: Progress,
  ) => Promise<Result<ReadUsage, string>>;
  /** For recordings, which are not of one grant. @returns why the logs cannot be read, in words. */
  readonly readRecords: (
    from: { readonly logs: string; readonly window: Window; readonly needles: Needles },
    add: (part: ReadPart) => void,
    progress: Progress,
  ) => Promise<Result<null, string>>;
  readonly judgeGrant: (judging: ToJudge, grant: GrantToRead, usage: GrantUsage) => Judged;
  /** `usage` is null for a grant that was not read. */
  readonly judgeEntitlement: (
    judging: ToJudge,
    days: number,
    grants: readonly { readonly grant: GrantToRead; readonly usage: GrantUsage | null }[],
  ) => EntitlementUsage;
  readonly map: ActionMap & RecordMap;
};
