import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';
import type { TrailRecord } from './record.ts';
import type { Trail } from './trail.ts';

/** Where records come from. */
export type Window = {
  readonly from: Instant;
  readonly until: Instant;
  /** Accounts and Regions to look in; null for all that there are. */
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
};

/** What a record has to contain to be read at all: grant ids, or access keys of a recording. Null for every record. */
export type Needles = readonly string[] | null;

export type ReadPart =
  | { readonly kind: 'record'; readonly record: TrailRecord }
  /** `place`: `file.json.gz, record 12`. */
  | { readonly kind: 'unreadable'; readonly place: string; readonly why: string }
  /** How far it is: after each file. */
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly bytes: number;
      readonly records: number;
    };

export type UsageSource = {
  readonly source: 'files' | 'athena';
  /**
   * In no order. Reads again what two files have; `foldUsage` counts it once. Throws LogsUnavailable, also where it is
   * not at its end by `until`; without it, there is no such time.
   */
  readonly read: (window: Window, needles: Needles, until?: Instant) => AsyncIterable<ReadPart>;
};

/** The trails that can be seen, and what could not be asked; an empty list is not "no trail" where something failed. */
export type TrailReader = {
  readonly trails: () => Promise<Result<readonly Trail[], Unavailable>>;
};
