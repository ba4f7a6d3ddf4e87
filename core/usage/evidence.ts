import type { Parameters } from '../entitlement.ts';
import type { Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { EntitlementUsage, GrantUsage } from '../usage.ts';

/** A grant whose calls were looked for, with what its statements were rendered with, and when it was active. */
export type UsedGrant = {
  readonly usage: GrantUsage;
  readonly parameters: Parameters;
  readonly from: Instant;
  /** Null while it runs, or has just ended: calls may be missing. */
  readonly until: Instant | null;
};

/** Fewer say little of what the next grant will do. */
export const LEAST_GRANTS = 5;
/** One person's habits are not those of a team. */
export const LEAST_PRINCIPALS = 2;
/** Work has weeks: two of them show what one misses. */
export const LEAST_DAYS = 14;
/** A prefix is a stronger claim than an action: it says something of every resource that was not called. */
export const LEAST_CALLS_ON_RESOURCE = 20;

const DAY_MS = 86_400_000;

/** What a proposal rests on. */
export type Basis = {
  readonly grants: number;
  readonly principals: number;
  /** From the first grant's beginning to the last one's end, in whole days. */
  readonly days: number;
  readonly calls: number;
  /** Further grants whose calls were not read. */
  readonly unread: number;
  /** The same for people to read. */
  readonly confidence: string;
};

/** @returns the basis, or what it lacks in a sentence. */
export function basisOf(
  looked: readonly UsedGrant[],
  judged: Pick<EntitlementUsage, 'principals' | 'unread'>,
): Result<Basis, string> {
  const grants = looked.flatMap(asRead);
  const people = new Set(grants.map(({ usage }) => usage.principal)).size;
  const days = daysOf(grants);
  if (grants.length < LEAST_GRANTS) {
    return err(
      `${of(grants.length, 'grant was', 'grants were')} read, and a proposal needs at least ${LEAST_GRANTS}`,
    );
  }
  if (judged.principals.length > 1 && people < LEAST_PRINCIPALS) {
    return err(
      `the grants that were read are all of one principal, and ${judged.principals.length} have used the entitlement`,
    );
  }
  if (days < LEAST_DAYS) {
    return err(
      `the grants that were read cover ${of(days, 'day', 'days')}, and a proposal needs at least ${LEAST_DAYS}`,
    );
  }
  const calls = grants.reduce((sum, { usage }) => sum + usage.calls, 0);
  const found = { grants: grants.length, principals: people, days, calls, unread: judged.unread };
  return ok({ ...found, confidence: confidence(found) });
}

type ReadGrant = UsedGrant & { readonly until: Instant };

/** One without keys, or whose keys the logs do not know, says nothing of what it takes. */
function asRead(grant: UsedGrant): readonly ReadGrant[] {
  const { until, usage } = grant;
  return until === null || usage.vends === null || usage.vends === 0 ? [] : [{ ...grant, until }];
}

function daysOf(grants: readonly ReadGrant[]): number {
  const first = grants.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const last = grants.reduce((most, { until }) => Math.max(most, until), Number.NEGATIVE_INFINITY);
  return Math.max(0, Math.floor((last - first) / DAY_MS));
}

function confidence({
  grants,
  principals,
  days,
  calls,
  unread,
}: Omit<Basis, 'confidence'>): string {
  const more =
    unread === 0
      ? ''
      : `; ${of(unread, 'further grant was', 'further grants were')} not read: nobody knows what was used there`;
  return `${of(calls, 'call', 'calls')} under ${grants} grants of ${of(principals, 'person or job', 'people and jobs')} over ${days} days${more}`;
}

function of(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
