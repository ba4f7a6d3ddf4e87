import { addSeconds, type Instant } from './instant.ts';
import type { PrincipalType } from './principal.ts';

/** How much of anything one principal may ask for. Ending something is never limited. */
export type Limits = {
  readonly User: PrincipalLimits;
  readonly Workload: PrincipalLimits;
  /** Vends a minute under one grant. */
  readonly vendsPerMinute: number;
  /**
   * How much of the room of a role's kill switch the ended grants of one principal may need before it vends no more on the
   * role, until the oldest of their keys have expired.
   */
  readonly killSwitchPercent: number;
  readonly coolDown: CoolDown;
  /** What one entitlement has instead. */
  readonly entitlements: Readonly<Record<string, Partial<EntitlementLimits>>>;
};

export type PrincipalLimits = {
  /** Requests of grants a minute. */
  readonly requestsPerMinute: number;
  /** Requests and extensions that wait for votes at a time. */
  readonly openRequests: number;
  /** Those of them for one entitlement. */
  readonly openRequestsPerEntitlement: number;
};

export type EntitlementLimits = Pick<PrincipalLimits, 'openRequestsPerEntitlement'> &
  Pick<Limits, 'vendsPerMinute'>;

/**
 * After people denied so many requests for one entitlement in a day, the next one has to wait: twice as long each time.
 * What policy denies bothers nobody.
 */
export type CoolDown = {
  readonly afterDenials: number;
  readonly waitSeconds: number;
  readonly atMostSeconds: number;
};

/** What a 429 names: the key of `limits.yaml`. */
export type LimitName =
  | keyof PrincipalLimits
  | keyof Pick<Limits, 'vendsPerMinute' | 'killSwitchPercent' | 'coolDown'>;

/** Smaller parts are not noted, so that no limit is lower. */
export const LEAST_KILL_SWITCH_PERCENT = 20;

export const DEFAULT_LIMITS: Limits = {
  User: { requestsPerMinute: 120, openRequests: 100, openRequestsPerEntitlement: 20 },
  Workload: { requestsPerMinute: 1200, openRequests: 500, openRequestsPerEntitlement: 200 },
  vendsPerMinute: 60,
  killSwitchPercent: 80,
  coolDown: { afterDenials: 3, waitSeconds: 60, atMostSeconds: 3600 },
  entitlements: {},
};

/** One use of something that is counted by the minute, and how many there may be. */
export type Counted = {
  readonly limit: 'requestsPerMinute' | 'vendsPerMinute';
  /** The principal or the grant whose uses are counted. */
  readonly of: string;
  readonly most: number;
};

export type Limited = {
  readonly code: 'limited';
  readonly limit: LimitName;
  readonly most: number;
  /** After this time the same call may succeed: earlier only if people vote, or a request is cancelled. */
  readonly retryAfterSeconds: number;
};

const MINUTE_MS = 60_000;

/** The minute that counts a use, by the clock of whoever counts. */
export function minuteOf(now: Instant): number {
  return Math.floor(now / MINUTE_MS);
}

export function limitedByMinute({ limit, most }: Counted, now: Instant): Limited {
  return limited(limit, most, now, (minuteOf(now) + 1) * MINUTE_MS);
}

/** @param until When the oldest of the keys have expired. */
export function limitedByKillSwitch(most: number, until: Instant, now: Instant): Limited {
  return limited('killSwitchPercent', most, now, Math.max(until, addSeconds(now, 1)));
}

function limited(limit: LimitName, most: number, now: Instant, until: Instant): Limited {
  return { code: 'limited', limit, most, retryAfterSeconds: Math.ceil((until - now) / 1000) };
}

/** So many uses a minute go to one counter, because two uses of one counter at once are in conflict. */
const USES_PER_COUNTER = 150;
const MOST_COUNTERS = 8;

/**
 * How many counters share a limit. Parallel jobs need several; people, and small limits, one. A power of two, so
 * that as many gates in a row choose every one of them.
 */
export function countersOf({ most }: Counted): number {
  const needed = Math.max(1, Math.floor(most / USES_PER_COUNTER));
  return Math.min(MOST_COUNTERS, 2 ** Math.floor(Math.log2(needed)));
}

/** What one of the counters may count: together they never allow more than the limit. */
export function shareOf(counted: Counted, counter: number): number {
  const counters = countersOf(counted);
  return Math.floor(counted.most / counters) + (counter < counted.most % counters ? 1 : 0);
}

/** What a principal has asked people for, and what they denied it lately. */
export type Asked = {
  /** Each request or extension that waits for votes, and when it lapses. */
  readonly waiting: readonly { readonly entitlement: string; readonly lapsesAt: Instant | null }[];
  /** When people denied the principal the entitlement that it asks for. */
  readonly denials: readonly Instant[];
};

/** The most that `openRequests` can be. */
export const MOST_OPEN_REQUESTS = 1000;

/** Denials count for a day. */
export const DENIALS_SECONDS = 86_400;

/**
 * Until when a principal has to wait before it asks for the entitlement again.
 *
 * @returns null where it need not wait.
 */
export function coolsDownUntil(
  { afterDenials, waitSeconds, atMostSeconds }: CoolDown,
  denials: readonly Instant[],
): Instant | null {
  const over = denials.length - afterDenials;
  if (over < 0) return null;
  const seconds = Math.min(atMostSeconds, waitSeconds * 2 ** Math.min(over, 30));
  return addSeconds(Math.max(...denials), seconds);
}

/** Why a principal may not ask people once more now; null where it may. */
export function beyondAsking(
  limits: Limits,
  asked: Asked,
  { type, entitlement, now }: Asking,
): Limited | null {
  const { coolDown } = limits;
  const until = coolsDownUntil(coolDown, asked.denials) ?? now;
  if (until > now) return limited('coolDown', coolDown.afterDenials, now, until);
  const { openRequests, openRequestsPerEntitlement } = {
    ...limits[type],
    ...limits.entitlements[entitlement],
  };
  // What has lapsed bothers nobody any more, although the broker may not have ended it yet.
  const waiting = asked.waiting.filter(({ lapsesAt }) => lapsesAt === null || lapsesAt > now);
  const same = waiting.filter((one) => one.entitlement === entitlement);
  return (
    tooMany('openRequestsPerEntitlement', openRequestsPerEntitlement, same, now) ??
    tooMany('openRequests', openRequests, waiting, now)
  );
}

type Asking = {
  readonly type: PrincipalType;
  readonly entitlement: string;
  readonly now: Instant;
};

/** What never lapses waits for people alone. */
const ASK_AGAIN_SECONDS = 60;

/** There is room when so many have lapsed that one less than the limit is left. */
function tooMany(
  limit: LimitName,
  most: number,
  waiting: Asked['waiting'],
  now: Instant,
): Limited | null {
  const later = addSeconds(now, ASK_AGAIN_SECONDS);
  const lapses = waiting.map(({ lapsesAt }) => lapsesAt ?? later).toSorted((a, b) => a - b);
  const last = lapses[waiting.length - most];
  return last === undefined ? null : limited(limit, most, now, last);
}
