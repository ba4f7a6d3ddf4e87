import { addSeconds, type Instant } from './instant.ts';
import { areApart, networkOf } from './network.ts';

/** What policies can ask about a request, beside the history of its principal: `context.signals`. */
export type RequestSignals = {
  /** Requests that were denied within 24 hours, of whatever entitlement, since a grant of this one began last. */
  readonly deniedInARow: number;
  /** Requests that lapsed within 24 hours. */
  readonly lapsedLately: number;
  /** Requests that were cancelled within 24 hours. */
  readonly cancelledLately: number;
  /** No grant of the entitlement began within 90 days. */
  readonly firstUse90Days: boolean;
  /** None of the grants of the entitlement that began within 90 days was requested from this network. */
  readonly newNetwork: boolean;
  /** None of those began around this hour of the week; false where there are too few to tell. */
  readonly offHours: boolean;
  /** The grant is used from another network than that of its request. Never true of a request itself. */
  readonly otherNetwork: boolean;
  /** The token of this call was used from another network: by a grant of the entitlement, or the request of the grant. */
  readonly tokenTwoNetworks: boolean;
};

/** Nothing unusual: what a case says unless it says otherwise. */
export const QUIET: RequestSignals = {
  deniedInARow: 0,
  lapsedLately: 0,
  cancelledLately: 0,
  firstUse90Days: false,
  newNetwork: false,
  offHours: false,
  otherNetwork: false,
  tokenTwoNetworks: false,
};

/** A grant of the entitlement that began, and the network and token of its request, where its row says them. */
export type Begun = {
  readonly at: Instant;
  readonly network: string | null;
  readonly token?: string;
};

/** A principal's past, as far as signals are made of it: what came before the request. */
export type SignalPast = {
  readonly denied: readonly Instant[];
  readonly lapsed: readonly Instant[];
  readonly cancelled: readonly Instant[];
  /** By entitlement, the latest first. */
  readonly begun: Readonly<Record<string, readonly Begun[]>>;
};

/** So many rows of each list are read, the latest. */
export const MOST_PAST_ROWS = 1000;

export const LATELY_SECONDS = 86_400;
export const HABIT_SECONDS = 90 * 86_400;

/** With fewer grants there is no habit. */
const LEAST_HABIT = 20;

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 7 * 24;

export type Requesting = {
  readonly entitlement: string;
  readonly sourceIp: string;
  /** Absent where it is not known. */
  readonly token?: string | undefined;
  readonly now: Instant;
};

export function requestSignals(
  past: SignalPast,
  { entitlement, sourceIp, token, now }: Requesting,
): RequestSignals {
  const all = Object.hasOwn(past.begun, entitlement) ? (past.begun[entitlement] ?? []) : [];
  const begun = all.filter(({ at }) => at < now && at >= addSeconds(now, -HABIT_SECONDS));
  const lately = (times: readonly Instant[]) =>
    times.filter((at) => at < now && at >= addSeconds(now, -LATELY_SECONDS));
  const last = Math.max(...begun.map(({ at }) => at), Number.NEGATIVE_INFINITY);
  const network = networkOf(sourceIp);
  return {
    deniedInARow: lately(past.denied).filter((at) => at > last).length,
    lapsedLately: lately(past.lapsed).length,
    cancelledLately: lately(past.cancelled).length,
    firstUse90Days: begun.length === 0,
    newNetwork: !begun.some((one) => one.network === network),
    offHours: begun.length >= LEAST_HABIT && !begun.some(({ at }) => isAroundHourOf(at, now)),
    otherNetwork: false,
    tokenTwoNetworks: begun.some(
      (one) =>
        one.network !== null && isElsewhere({ ...one, network: one.network }, { network, token }),
    ),
  };
}

type Place = { readonly network: string; readonly token?: string | null | undefined };

/** One token in two places. */
function isElsewhere(one: Place, other: Place): boolean {
  return one.token != null && one.token === other.token && areApart(one.network, other.network);
}

/** From where, and with which token. */
export type Used = { readonly sourceIp: string; readonly token?: string | undefined };

/** The same signals, at a use of the grant from there. */
export function signalsAtUse(signals: RequestSignals, requested: Used, used: Used): RequestSignals {
  return {
    ...signals,
    otherNetwork: networkOf(requested.sourceIp) !== networkOf(used.sourceIp),
    tokenTwoNetworks: signals.tokenTwoNetworks || isTokenElsewhere(requested, used),
  };
}

/** Whether both are one token, in two places. */
export function isTokenElsewhere(one: Used, other: Used): boolean {
  return isElsewhere(placeOf(one), placeOf(other));
}

function placeOf({ sourceIp, token }: Used): Place {
  return { network: networkOf(sourceIp), token };
}

/** The same hour of the week in UTC, or one beside it: where clocks change in spring, habits move by an hour. */
function isAroundHourOf(at: Instant, now: Instant): boolean {
  const apart = (hourOfWeek(at) - hourOfWeek(now) + WEEK_HOURS) % WEEK_HOURS;
  return apart <= 1 || apart === WEEK_HOURS - 1;
}

function hourOfWeek(at: Instant): number {
  return Math.floor(at / HOUR_MS) % WEEK_HOURS;
}
