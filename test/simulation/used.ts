import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import type { Limits } from '../../core/limits.ts';

/** What principals used of what is limited, and when: from what was written, apart from the broker's own counters. */

/** A call that limits may refuse, and the limits of its process. */
export type LimitedCall = {
  readonly requestId: string;
  readonly principal: string;
  readonly at: Instant;
  readonly limits: Limits;
  /** The grant that it is about, and the entitlement. */
  readonly grantId: string | null;
  readonly entitlement: string;
};

export type MinuteLimit = 'requestsPerMinute' | 'vendsPerMinute';
export type OpenLimit = 'openRequests' | 'openRequestsPerEntitlement';

type Use = { readonly of: string; readonly at: Instant };

/** A request or extension that waits, or waited, for votes. */
export type Wait = {
  readonly grantId: string;
  readonly principal: string;
  readonly entitlement: string;
  /** When it was asked for, or asked for again. */
  readonly since: Instant;
  readonly lapsesAt: Instant;
  until: Instant;
};

export class Used {
  private readonly uses: Record<MinuteLimit, Use[]> = { requestsPerMinute: [], vendsPerMinute: [] };
  private readonly waits: Wait[] = [];
  private readonly refusals: (Use & { readonly entitlement: string; readonly counted: Instant })[] =
    [];

  use(limit: MinuteLimit, of: string, at: Instant): void {
    this.uses[limit].push({ of, at });
  }

  /** @param counted when it happened by the trail, which is seconds before a slow write */
  refuse({ requester, entitlement }: Grant, at: Instant, counted: Instant): void {
    this.refusals.push({ of: requester.id, entitlement, at, counted });
  }

  /** What waits of the grant from now on, if anything. */
  follow({ id, requester, entitlement, status, approvals, extension }: Grant, now: Instant): void {
    const waits = status === 'pending' || extension !== null;
    const lapsesAt = (extension?.approvals ?? approvals).lapseAt ?? Number.POSITIVE_INFINITY;
    const last = this.waits.findLast(({ grantId }) => grantId === id);
    const open = last !== undefined && last.until > now ? last : null;
    if (open !== null && waits && open.lapsesAt === lapsesAt) return;
    if (open !== null) open.until = now;
    if (!waits) return;
    const wait = { grantId: id, principal: requester.id, entitlement, since: now, lapsesAt };
    this.waits.push({ ...wait, until: Number.POSITIVE_INFINITY });
  }

  /** When the principal made requests, or credentials were vended under the grant. */
  timesOf(limit: MinuteLimit, { principal, grantId }: LimitedCall): readonly Instant[] {
    const of = limit === 'requestsPerMinute' ? principal : grantId;
    return this.uses[limit].filter((one) => one.of === of).map(({ at }) => at);
  }

  /** What ever waited, and counts for the limit. */
  waitsOf(limit: OpenLimit, call: LimitedCall): readonly Wait[] {
    return this.waits.filter(({ principal, entitlement }) => {
      const same = limit === 'openRequests' || entitlement === call.entitlement;
      return principal === call.principal && same;
    });
  }

  /** When votes denied the principal the entitlement. */
  refusalsOf(call: LimitedCall): readonly Instant[] {
    return this.refusedTo(call).map(({ at }) => at);
  }

  private refusedTo({ principal, entitlement }: LimitedCall) {
    const theirs = this.refusals.filter(({ of }) => of === principal);
    return theirs.filter((one) => one.entitlement === entitlement);
  }

  /** Until when the refusals of the day before keep the principal from asking again. */
  coolDownUntil(call: LimitedCall, asOf: Instant): Instant {
    const refused = this.refusedTo(call).filter(({ at }) => at <= asOf && at > asOf - DAY_MS);
    const { afterDenials, waitSeconds, atMostSeconds } = call.limits.coolDown;
    if (refused.length < afterDenials) return 0;
    let seconds = waitSeconds;
    for (let more = refused.length; more > afterDenials; more -= 1) seconds += seconds;
    return (
      Math.max(...refused.map(({ counted }) => counted)) + Math.min(seconds, atMostSeconds) * 1000
    );
  }
}

const DAY_MS = 86_400_000;
