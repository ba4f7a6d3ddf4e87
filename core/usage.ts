import type { Instant } from './instant.ts';

/** What was called under the keys of a grant: aggregates alone, never a parameter of a call. */

/** `used`: seen. `unused`: would have been seen, and was not. `unknown`: cannot be seen; it is never proposed for removal. */
export const ANSWERS = ['used', 'unused', 'unknown'] as const;
export type Answer = (typeof ANSWERS)[number];

export type Calls = { readonly calls: number; readonly refused: number };

export type ResourceUse = Calls & { readonly resource: string };

/** One IAM action, such as `s3:GetObject`. */
export type ActionUse = Calls & {
  readonly action: string;
  readonly first: Instant;
  readonly last: Instant;
  readonly regions: readonly string[];
  /** AWS services that called on the session's behalf; empty where it only called itself. */
  readonly via: readonly string[];
  /** The ones with most calls, at most `MOST_RESOURCES`; up to half of them are those with most refused calls. */
  readonly resources: readonly ResourceUse[];
  /** Further resources, and calls whose resource the record does not tell. */
  readonly otherResources: number;
  readonly unnamedCalls: number;
  /** Calls that were answered before permissions were checked, which are none of the others; absent where there are none. */
  readonly unproven?: number;
};

/** More would make a report that nobody reads, and an item that the table does not take. */
export const MOST_RESOURCES = 20;
export const MOST_ACTIONS = 200;
export const MOST_UNMAPPED = 50;
export const MOST_CALLERS = 20;
export const MOST_WANTED = 100;

/** Calls whose IAM action is not known: they count, and are no action. */
export type UnmappedUse = Calls & {
  readonly source: string;
  readonly name: string;
  /** As of actions. */
  readonly unproven?: number;
};

/** What calls under the keys of a grant looked like, to find what should not be. */
export type CallerTraits = {
  /** By network (`core/network.ts`), of calls that the session made itself. */
  readonly networks: readonly (Calls & { readonly network: string })[];
  /** By family: `aws-cli`, `Boto3`, `Terraform`. */
  readonly agents: readonly (Calls & { readonly agent: string })[];
  /** By role ARN, of sessions in chained roles. Calls in roles that are not the grant's stand here and nowhere else. */
  readonly chained: readonly (Calls & { readonly role: string })[];
  /**
   * More than a minute after the grant's end: before, its deny may not work everywhere. Those that were not refused are what
   * must never be; `last` is the last of these.
   */
  readonly afterEnd: Calls & { readonly last: Instant | null };
  /** The most refused calls within five minutes, before the grant's end. */
  readonly refusedBurst: number;
};

/** What was read to get there. */
export type ReadFrom = {
  readonly source: 'files' | 'athena';
  readonly from: Instant;
  readonly until: Instant;
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
  /** Records and files that could not be read: what they held is unknown. */
  readonly unreadable: number;
  readonly duplicates: number;
};

/** How many more there were than a report holds. An action that is left out was called: it is not unused. */
export type LeftOut = {
  readonly actions: number;
  readonly unmapped: number;
  readonly networks: number;
  readonly agents: number;
  readonly chained: number;
};

export type GrantUsage = {
  readonly grantId: string;
  readonly entitlement: string;
  readonly principal: string;
  /**
   * Vends of its keys that the account of its target role has a record of. None: the logs that were read lack what was
   * called under the grant, or a part of it, and nothing is unused. Null where no keys were vended.
   */
  readonly vends: number | null;
  readonly calls: number;
  readonly refused: number;
  readonly first: Instant | null;
  readonly last: Instant | null;
  /** Without calls that were refused after the grant's end, or in a chained role. No calls at all: it was called, and nothing was proven. */
  readonly actions: readonly ActionUse[];
  readonly unmapped: readonly UnmappedUse[];
  readonly traits: CallerTraits;
  readonly read: ReadFrom;
  /** Absent where nothing is left out. */
  readonly leftOut?: LeftOut;
};

/** An action of an entitlement, with wildcards resolved, and what the logs say of it. */
export type JudgedAction = Calls & {
  readonly action: string;
  readonly answer: Answer;
  /** Why it is unknown, in words; null for the other answers. */
  readonly why: string | null;
  /** Whether the logs show every call that needed it: where they do not, a used one may have been used elsewhere too. */
  readonly whole: boolean;
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
  /** How many refused actions and resources nobody compared with the statements, because there are too many. */
  readonly wantedLeftOut: number;
  readonly blind: readonly Blind[];
};

/** Of an entitlement: all its grants that began within the days. */
export type EntitlementUsage = Judged & {
  readonly entitlement: string;
  readonly days: number;
  readonly grants: number;
  /** Grants under which nothing was called. */
  readonly idle: number;
  /** Grants whose calls were not read yet, or only in a part of the logs, or are not kept any more. */
  readonly unread: number;
  readonly principals: readonly PrincipalUse[];
};

export type PrincipalUse = Calls & {
  readonly principal: string;
  readonly name: string;
  readonly grants: number;
  readonly idle: number;
  readonly actions: number;
  readonly lastUse: Instant | null;
};
