import type { AuditEvent } from '../audit.ts';
import type { CompiledEntitlement } from '../bundle/bundle.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { SignalEvent } from '../signals/signal-store.ts';
import type { EntitlementUsage, GrantUsage, Judged } from '../usage.ts';
import type { ReadPart, TrailReader, UsageSource, Window } from './usage-ports.ts';
import type { KeptUsage } from './usage-store.ts';

/** Takes what is read, part by part, and counts by grant. */
export type UsageFold = {
  readonly add: (part: ReadPart) => void;
  /** What was called under this grant, of those that it was begun for. */
  readonly usageOf: (grant: Grant) => GrantUsage;
};

export type BeginFold = (
  grants: readonly Grant[],
  read: { readonly source: UsageSource['source']; readonly window: Window },
) => UsageFold;

/** Which pass read, and when. */
export type ReadBy = { readonly requestId: string; readonly at: Instant };

/** Reads logs, and makes of them what is kept, told and warned of. */
export type UsageReading = {
  readonly source: UsageSource;
  readonly trails: TrailReader;
  readonly beginFold: BeginFold;
  /** What the trail of the grant says of it; null where it says nothing. */
  readonly event: (grant: Grant, usage: GrantUsage, by: ReadBy) => AuditEvent | null;
  /** Each with the time in which it is raised once. Read again, they must have the same times. */
  readonly signals: (
    grant: Grant,
    usage: GrantUsage,
    by: ReadBy,
  ) => readonly { readonly event: SignalEvent; readonly quietSeconds: number }[];
};

/** Compares what was called with what an entitlement grants. */
export type UsageJudge = {
  readonly grant: (entitlement: CompiledEntitlement, grant: Grant, kept: KeptUsage) => Judged;
  /** Of grants that had keys. `unread`: how many more there are. */
  readonly entitlement: (
    entitlement: CompiledEntitlement,
    kept: readonly KeptUsage[],
    facts: { readonly days: number; readonly unread: number },
  ) => EntitlementUsage;
};
