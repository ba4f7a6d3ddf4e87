import type { Answer, Calls } from './usage.ts';

/** What became of each thing that was granted. */

/** An action of an entitlement, with wildcards resolved, and what the logs say of it. */
export type JudgedAction = Calls & {
  readonly action: string;
  readonly answer: Answer;
  /** Why it is unknown, in words; null for the other answers. */
  readonly why: string | null;
  /** How many grants, and of how many people and jobs, used it. */
  readonly grants: number;
  readonly principals: number;
};

/** What was called and refused, and not granted by the entitlement. */
export type Wanted = {
  readonly action: string;
  readonly resource: string | null;
  readonly calls: number;
  readonly grants: number;
};

/** What part of the entitlement's services the logs do not show, said before anything else. */
export type Blind = {
  /** `s3`, in which accounts and Regions; empty lists for everywhere. */
  readonly service: string;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** In words: `no trail records data events of AWS::S3::Object`. */
  readonly why: string;
};

/** Used of granted: `3 of 10 actions; 2 unknown`. */
export type UsedOfGranted = {
  readonly used: number;
  readonly granted: number;
  readonly unknown: number;
};

export type Judged = {
  readonly summary: UsedOfGranted;
  readonly actions: readonly JudgedAction[];
  readonly wanted: readonly Wanted[];
  readonly blind: readonly Blind[];
};
