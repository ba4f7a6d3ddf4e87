import type { AuditEvent } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { ListPlace } from '../ports.ts';
import type { Result } from '../result.ts';
import type { GrantUsage } from '../usage.ts';
import type { Trail } from './trail.ts';

/** A grant that ended, whose calls have to be read. */
export type DueUsage = {
  readonly grantId: string;
  readonly dueAt: Instant;
  /** When it was due first: its lag counts from then. */
  readonly since: Instant;
  /** How often somebody began to read. */
  readonly attempts: number;
};

/** Whose grant it is, and from when until when it was one. */
export type GrantSpan = {
  readonly id: string;
  /** Id and name of the requester. */
  readonly principal: string;
  readonly name: string;
  readonly from: Instant;
  /** Null while it goes on. */
  readonly until: Instant | null;
};

/** The logs that were looked at. */
export type SeenLogs = {
  /** The trails that there were; null where they could not be read, so that nothing counts as unused. */
  readonly trails: readonly Trail[] | null;
  /** Null for all. */
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
};

/** What was found of a grant, with what it takes to judge it, also by another definition of its entitlement. */
export type KeptUsage = {
  readonly of: GrantSpan;
  readonly usage: GrantUsage;
  readonly readAt: Instant;
  /** False where no keys were vended: nothing could be called, and nothing was read. */
  readonly vended: boolean;
  readonly logs: SeenLogs;
};

export type FoundUsage =
  | { readonly state: 'waiting'; readonly of: GrantSpan; readonly dueAt: Instant }
  | { readonly state: 'kept'; readonly kept: KeptUsage };

export type UsagePage = {
  /** Newest first. */
  readonly found: readonly (FoundUsage & ListPlace)[];
  readonly next: ListPlace | null;
};

/** Aggregates of what was called under grants, and what is left to read. All reads are strongly consistent. */
export type UsageStore = {
  /**
   * Notes that the calls of this grant are to be read, from this moment on.
   *
   * @returns false where that is noted, or done.
   */
  readonly await: (grant: Grant, dueAt: Instant) => Promise<Result<boolean, Unavailable>>;
  /** Keeps the use of a grant without keys. @returns false where it is kept. */
  readonly keepUnused: (grant: Grant, kept: KeptUsage) => Promise<Result<boolean, Unavailable>>;
  /** What is due by then, the longest overdue first. */
  readonly due: (by: Instant, limit: number) => Promise<Result<readonly DueUsage[], Unavailable>>;
  /**
   * Puts off what somebody begins to read, so that nobody else reads it, and that it comes again if nothing is put.
   *
   * @returns null where somebody else was first.
   */
  readonly claim: (due: DueUsage, until: Instant) => Promise<Result<DueUsage | null, Unavailable>>;
  /**
   * Puts what was read, with its event, and takes it off what is due: all or nothing.
   *
   * @returns false where it was put before; then it is taken off as well.
   */
  readonly put: (write: {
    readonly due: DueUsage;
    readonly grant: Grant;
    readonly kept: KeptUsage;
    readonly event: AuditEvent | null;
  }) => Promise<Result<boolean, Unavailable>>;
  /** Takes off what is due of a grant that there is nothing to read of. */
  readonly drop: (due: DueUsage) => Promise<Result<null, Unavailable>>;
  readonly find: (
    grant: Pick<Grant, 'id' | 'entitlement' | 'createdAt'>,
  ) => Promise<Result<FoundUsage | null, Unavailable>>;
  /** Of the grants of an entitlement that were requested since then. */
  readonly ofEntitlement: (
    entitlement: string,
    page: { readonly since: Instant; readonly limit: number; readonly after: ListPlace | null },
  ) => Promise<Result<UsagePage, Unavailable>>;
  /** Notes once that usage is read from now on: of grants that ended before nothing is known. */
  readonly begin: (at: Instant) => Promise<Result<null, Unavailable>>;
  /** Since when usage is read; null where it never was. */
  readonly begunAt: () => Promise<Result<Instant | null, Unavailable>>;
};
