import { type Denial, type Grant, next, rolesOf, type WrongState } from '../grant.ts';
import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { CHAINED_SESSION_SECONDS, IN_FLIGHT_SECONDS } from '../session.ts';

/** How a grant ends, and what must be denied so that its keys end with it. */

export type Ending = {
  readonly kind: 'cancelled' | 'revoking' | 'revoked' | 'expired' | 'killing';
  readonly grant: Grant;
};

/** The requester takes back what has not begun. */
export function cancel(grant: Grant, reason: string, now: Instant): Result<Ending, WrongState> {
  if (grant.status === 'pending' || (grant.status === 'scheduled' && unused(grant))) {
    const changes = { status: 'cancelled', endedAt: now, endReason: reason, review: null } as const;
    return ok({ kind: 'cancelled', grant: next(grant, changes) });
  }
  const hint = grant.status === 'active' ? ' Revoke it instead.' : '';
  return err({ code: 'wrong-state', detail: `The grant is ${grant.status}, not pending.${hint}` });
}

/**
 * Ends what is open: keys that were vended must be denied first, and until that was read back the
 * grant is `revoking` (I5). A grant that never vended has nothing to deny.
 */
export function revoke(grant: Grant, reason: string, now: Instant): Result<Ending, WrongState> {
  if (grant.status === 'pending') return cancel(grant, reason, now);
  const over = grant.expiresAt !== null && now >= grant.expiresAt && !keysAlive(grant, now);
  if ((grant.status !== 'active' && grant.status !== 'scheduled') || over) {
    return err({ code: 'wrong-state', detail: endedDetail(grant, over) });
  }
  if (!keysAlive(grant, now)) {
    // What was never used owes no review.
    const review = unused(grant) ? null : grant.review;
    const changes = { status: 'revoked', endedAt: now, endReason: reason, review } as const;
    return ok({ kind: 'revoked', grant: next(grant, changes) });
  }
  const denial = denialOn(rolesOf(grant), grant, now);
  const changes = { status: 'revoking', endReason: reason, denial } as const;
  return ok({ kind: 'revoking', grant: next(grant, changes) });
}

/** Clocks differ by less: from here on nobody's clock takes the keys for alive. */
const CLOCK_SKEW_SECONDS = 1;

/** When it may be told that a grant has ended, although its keys have not worked since `expiresAt`. */
export function endedFor(expiresAt: Instant): Instant {
  return addSeconds(expiresAt, CLOCK_SKEW_SECONDS);
}

export type Expiry = Ending | { readonly kind: 'already-ended' | 'not-due' };

/**
 * active → expired, once its time is up; expiring twice changes nothing. Sessions that went on to
 * chained roles do not end by themselves, so there the deny comes first (`killing`).
 */
export function expire(grant: Grant, now: Instant): Expiry {
  const running = grant.status === 'active' || grant.status === 'scheduled';
  if (!running || grant.expiresAt === null) return { kind: 'already-ended' };
  if (now < endedFor(grant.expiresAt)) return { kind: 'not-due' };
  if (grant.chainedRoles.length > 0 && keysAlive(grant, now)) {
    if (grant.denial !== null) return { kind: 'already-ended' };
    const denial = denialOn(grant.chainedRoles, grant, now);
    return { kind: 'killing', grant: next(grant, { endReason: TIME_IS_UP, denial }) };
  }
  return { kind: 'expired', grant: expired(grant) };
}

/** Whether a deny is to be written and read back before the grant may be called ended. */
export function awaitsKill(grant: Grant): boolean {
  return grant.status === 'revoking' || (grant.status === 'active' && grant.denial !== null);
}

/** revoking → revoked, and active → expired for chained roles: every deny was read back at `now`. */
export function killed(grant: Grant, now: Instant): Grant | null {
  if (!awaitsKill(grant)) return null;
  if (grant.status === 'revoking') return next(grant, { status: 'revoked', endedAt: now });
  return expired(grant);
}

/**
 * revoking → expired: no deny could be written, and the keys have ended by themselves. Never
 * `revoked`, which would claim what did not happen.
 */
export function outlived(grant: Grant, now: Instant): Grant | null {
  if (!awaitsKill(grant) || keysAlive(grant, now)) return null;
  const why = `${grant.endReason ?? 'ended'}; the kill switch could not be written, the keys ended by themselves`;
  return next(grant, { status: 'expired', endedAt: grant.keysValidUntil, endReason: why });
}

/** The deny may go: no key that it stops is alive any more. */
export function pruned(grant: Grant, now: Instant): Grant | null {
  if (grant.denial === null || awaitsKill(grant) || now < grant.denial.until) return null;
  return next(grant, { denial: null });
}

export function keysAlive({ keysValidUntil }: Grant, now: Instant): boolean {
  return keysValidUntil !== null && now < keysValidUntil;
}

/** Clocks differ: a deny stays a little longer than the keys do by our own clock. */
const CLOCK_MARGIN_SECONDS = 60;

/** Sessions in chained roles may begin until the deny is there, and last an hour from then. */
function denialOn(roles: readonly string[], grant: Grant, now: Instant): Denial {
  const alive = grant.keysValidUntil ?? now;
  const chained = addSeconds(now, CHAINED_SESSION_SECONDS + IN_FLIGHT_SECONDS);
  const last = grant.chainedRoles.length > 0 ? Math.max(alive, chained) : alive;
  return { roles, at: now, until: addSeconds(last, CLOCK_MARGIN_SECONDS) };
}

function expired(grant: Grant): Grant {
  return next(grant, { status: 'expired', endedAt: grant.expiresAt, endReason: TIME_IS_UP });
}

function unused({ keysValidUntil }: Grant): boolean {
  return keysValidUntil === null;
}

function endedDetail(grant: Grant, over: boolean): string {
  if (!over || grant.expiresAt === null) return `The grant is ${grant.status} already.`;
  return `The grant ended at ${formatInstant(grant.expiresAt)}.`;
}

const TIME_IS_UP = 'time is up';
