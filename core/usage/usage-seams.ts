import type { AuditEvent } from '../audit.ts';
import type { CompiledEntitlement } from '../bundle/bundle.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';
import type { SignalEvent } from '../signals/signal-store.ts';
import type { EntitlementUsage, GrantUsage, Judged } from '../usage.ts';
import type { Logs } from './covers.ts';
import type { ReadPart, TrailReader, UsageSource, Window } from './usage-ports.ts';
import type { GrantSpan, KeptUsage, SeenLogs } from './usage-store.ts';

/** Takes what is read, part by part, and counts by grant. */
export type UsageFold = {
  readonly add: (part: ReadPart) => void;
  /** What was called under this grant, of those that it was begun for. */
  readonly usageOf: (grant: Grant) => GrantUsage;
};

export type BeginFold = (
  grants: readonly Grant[],
  read: { readonly source: UsageSource['source']; readonly window: Window },
) => Promise<Result<UsageFold, Unavailable>>;

/** Which pass read, and the time that what it makes has. */
export type ReadBy = { readonly requestId: string; readonly at: Instant };

export type SignalToRaise = { readonly event: SignalEvent; readonly quietSeconds: number };

/** Reads logs, and makes of them what is kept, told and warned of. */
export type UsageReading = {
  readonly source: UsageSource;
  readonly trails: TrailReader;
  readonly beginFold: BeginFold;
  /** What the trail of the grant says of it; null where it says nothing. */
  readonly event: (grant: Grant, kept: KeptUsage, by: ReadBy) => AuditEvent | null;
  /** Each with the time in which it is raised once. `by.at` is when the grant was due first: the same if it is read again. */
  readonly signals: (
    grant: Grant,
    usage: GrantUsage,
    by: ReadBy,
  ) => Promise<Result<readonly SignalToRaise[], Unavailable>>;
};

/** A grant to judge by; `usage` is null where its calls were not read. */
export type GrantRead = GrantSpan & { readonly usage: GrantUsage | null };

type Asked = { readonly entitlement: CompiledEntitlement };

/** Compares what was called with what an entitlement grants now. */
export type UsageJudge = {
  readonly grant: (
    asked: Asked & { readonly grant: Grant; readonly logs: SeenLogs },
    read: GrantRead,
  ) => Judged;
  /** By all logs that grants were read in: what one of them cannot tell is unknown. */
  readonly entitlement: (
    asked: Asked & { readonly days: number; readonly logs: readonly Logs[] },
    reads: readonly GrantRead[],
  ) => EntitlementUsage;
};
