import { addSeconds, type Instant } from '../instant.ts';
import { CHAINED_SESSION_SECONDS, CLOCK_MARGIN_SECONDS, IN_FLIGHT_SECONDS } from '../session.ts';
import type { Cover } from './prefix-cover.ts';

/** A role's cutoff: until `until`, every session that was issued on the role before `at` is denied. */
export type Cutoff = {
  readonly at: Instant;
  /** When no session that was issued before `at` can live any more. */
  readonly until: Instant;
  readonly reason: string;
  /** What the role's policy denied by the ids of grants, because it may have no room for them beside the cutoff. */
  readonly denied: Cover;
};

/** Sessions of target roles and of chained ones last an hour at most, because role chaining ends after it. */
export function cutoffAt(at: Instant, reason: string, denied: Cover): Cutoff {
  const seconds = CHAINED_SESSION_SECONDS + IN_FLIGHT_SECONDS + CLOCK_MARGIN_SECONDS;
  return { at, until: addSeconds(at, seconds), reason, denied };
}

/** From when on sessions are not denied by the cutoff; null once it is past. */
export function standing(cutoff: Cutoff | null, now: Instant): Instant | null {
  return cutoff !== null && cutoff.until > now ? cutoff.at : null;
}
