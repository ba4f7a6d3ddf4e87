import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import type { Instant } from '../../core/instant.ts';
import type { Limited, LimitName } from '../../core/limits.ts';
import { type LimitedCall, type MinuteLimit, type OpenLimit, Used } from './used.ts';

/**
 * The limits, checked from outside. The broker counts by the clocks of its processes, so nothing is said of the moments in
 * which those may differ. Open requests are counted before the next one is written, so of several at once some more get
 * through: those that began to wait before a call must have been counted by it.
 */

/** Clocks of processes are wrong by less than this. */
export const SKEW_MS = 1000;

type Judged = Limited & { readonly limit: Exclude<LimitName, 'killSwitchPercent'> };

export type Fail = (promise: string, what: string, grant?: Grant) => void;

export class LimitsKept {
  private readonly fail: Fail;
  private readonly calls = new Map<string, LimitedCall>();
  private readonly used = new Used();

  constructor(fail: Fail) {
    this.fail = fail;
  }

  onCall(call: LimitedCall): void {
    this.calls.set(call.requestId, call);
  }

  /** @param events those that were written with this version of the grant */
  onWrite(grant: Grant, events: readonly AuditEvent[], now: Instant): void {
    const requested = events.some(({ type }) => type === 'requested');
    for (const { type, requestId, actor, at } of events) {
      const call = this.calls.get(requestId);
      if (type === 'requested')
        this.onUse('requestsPerMinute', grant.requester.id, call, grant, now);
      // The vend that comes with a request counts as that.
      if (type === 'vended' && !requested) {
        this.onUse('vendsPerMinute', grant.id, call, grant, now);
      }
      const asks = grant.status === 'pending' ? 'requested' : 'extension-requested';
      if (type === asks && call !== undefined) this.checkAsking(call, grant, now);
      const refused = type === 'denied' || type === 'extension-refused';
      if (refused && actor !== 'broker') this.used.refuse(grant, now, at);
    }
    this.used.follow(grant, now);
  }

  /**
   * A limit refused a call: rightly, and it says until when.
   *
   * @param before the call whose refusal said when to come again
   */
  onLimited(call: LimitedCall, limited: Limited, now: Instant, before: LimitedCall | null): void {
    const { limit, most, retryAfterSeconds } = limited;
    const what = `${limit} of ${most}`;
    if (!Number.isInteger(retryAfterSeconds) || retryAfterSeconds < 1) {
      this.fail('section 10', `Retry-After of ${retryAfterSeconds} for ${what}`);
    }
    // How full a kill switch is, the load of CI knows: `ci-load.ts`.
    if (limit === 'killSwitchPercent') return;
    if (!this.isReached(call, { ...limited, limit }, now)) {
      this.fail('section 10', `a call was refused by ${what}, which was not reached`);
    }
    const comparable = before !== null && before.limits === call.limits;
    if (comparable && !this.hasNews(call, { ...limited, limit }, before.at)) {
      this.fail('section 10', `the Retry-After of ${what} was too short`);
    }
  }

  private onUse(
    limit: MinuteLimit,
    of: string,
    call: LimitedCall | undefined,
    { requester: { type }, entitlement, ...grant }: Grant,
    now: Instant,
  ): void {
    this.used.use(limit, of, now);
    if (call === undefined) return;
    const minute = minuteOf(now);
    const [begin, end] = [minute * MINUTE_MS + SKEW_MS, (minute + 1) * MINUTE_MS - SKEW_MS];
    if (now < begin || now > end) return;
    const count = this.used
      .timesOf(limit, { ...call, grantId: grant.id })
      .filter((at) => at >= begin).length;
    const { limits } = call;
    const under = limits.entitlements[entitlement]?.vendsPerMinute ?? limits.vendsPerMinute;
    const most = limit === 'requestsPerMinute' ? limits[type].requestsPerMinute : under;
    if (count > most) this.fail('section 10', `${grant.id}: ${count} of ${most} ${limit}`);
  }

  private checkAsking(call: LimitedCall, grant: Grant, now: Instant): void {
    const { [grant.requester.type]: ofPrincipal, entitlements } = call.limits;
    const most = { ...ofPrincipal, ...entitlements[grant.entitlement] };
    for (const limit of OPEN_LIMITS) {
      const others = this.used
        .waitsOf(limit, call)
        .filter(
          ({ grantId, since, until, lapsesAt }) =>
            grantId !== grant.id && since < call.at && until > now && lapsesAt > now + SKEW_MS,
        );
      const count = others.length + 1;
      if (count > most[limit])
        this.fail('section 10', `${count} of ${most[limit]} ${limit}`, grant);
    }
    if (this.used.coolDownUntil(call, call.at) > now + SKEW_MS) {
      this.fail('section 10', 'a request during the cool-down', grant);
    }
  }

  private isReached(call: LimitedCall, { limit, most }: Judged, now: Instant): boolean {
    const from = call.at - SKEW_MS;
    if (limit === 'coolDown') return this.used.coolDownUntil(call, now) > from;
    if (isOpenLimit(limit)) {
      const waiting = this.used
        .waitsOf(limit, call)
        .filter(({ until, lapsesAt }) => until >= call.at && lapsesAt > from);
      return new Set(waiting.map(({ grantId }) => grantId)).size >= most;
    }
    const times = this.used.timesOf(limit, call);
    const first = minuteOf(from);
    return [first, first + 1].some((minute) => {
      const [begin, end] = [minute * MINUTE_MS - SKEW_MS, (minute + 1) * MINUTE_MS + SKEW_MS];
      return times.filter((at) => at >= begin && at <= end).length >= most;
    });
  }

  /** Whether anything happened since then that makes the limit refuse once more. */
  private hasNews(call: LimitedCall, { limit, most }: Judged, since: Instant): boolean {
    if (limit === 'coolDown') return this.used.refusalsOf(call).some((at) => at >= since);
    if (isOpenLimit(limit)) {
      return this.used.waitsOf(limit, call).some((one) => one.since >= since);
    }
    const later = this.used.timesOf(limit, call).filter((at) => at >= since - 2 * SKEW_MS);
    return later.length >= most;
  }
}

const OPEN_LIMITS: readonly OpenLimit[] = ['openRequests', 'openRequestsPerEntitlement'];

function isOpenLimit(limit: LimitName): limit is OpenLimit {
  return OPEN_LIMITS.some((one) => one === limit);
}

const MINUTE_MS = 60_000;

function minuteOf(at: Instant): number {
  return Math.floor(at / MINUTE_MS);
}
