import type { Happening } from '../audit.ts';
import { type Grant, type KillOrder, next, rolesOf, type WrongState } from '../grant.ts';
import { addSeconds, formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { CHAINED_SESSION_SECONDS, IN_FLIGHT_SECONDS } from '../session.ts';

/** How a grant ends, and what must be denied so that its credentials end with it. */

export type Ending = {
  readonly kind: 'cancelled' | 'revoking' | 'revoked' | 'expired' | 'killing';
  readonly grant: Grant;
};

/** pending → cancelled, and scheduled → cancelled while nothing was vended. */
export function cancel(grant: Grant, reason: string, now: Instant): Result<Ending, WrongState> {
  if (grant.status === 'pending' || (grant.status === 'scheduled' && unused(grant))) {
    const changes = { status: 'cancelled', endedAt: now, endReason: reason, review: null } as const;
    return ok({ kind: 'cancelled', grant: ending(grant, changes) });
  }
  const hint = grant.status === 'active' ? ' Revoke it instead.' : '';
  return err({ code: 'wrong-state', detail: `The grant is ${grant.status}, not pending.${hint}` });
}

/**
 * Ends an open grant. Credentials that were vended must be denied first: until the deny was read back,
 * the grant is `revoking` (I5). A grant that never vended has nothing to deny.
 */
export function revoke(grant: Grant, reason: string, now: Instant): Result<Ending, WrongState> {
  if (grant.status === 'pending') return cancel(grant, reason, now);
  const expired =
    grant.expiresAt !== null && now >= grant.expiresAt && !credentialsAlive(grant, now);
  if ((grant.status !== 'active' && grant.status !== 'scheduled') || expired) {
    return err({ code: 'wrong-state', detail: endedDetail(grant, expired) });
  }
  return ok(endEarly(grant, credentialsAlive(grant, now) ? 'revoking' : 'revoked', reason, now));
}

/** active or scheduled → revoked, or revoking while credentials are alive. */
export function endEarly(
  grant: Grant,
  kind: 'revoking' | 'revoked',
  reason: string,
  now: Instant,
): Ending {
  if (kind === 'revoking') {
    const kill = killOrder(rolesOf(grant), grant, now);
    return { kind, grant: ending(grant, { status: kind, endReason: reason, kill }) };
  }
  // A grant that was never used owes no review.
  const review = unused(grant) ? null : grant.review;
  const changes = { status: kind, endedAt: now, endReason: reason, review } as const;
  return { kind, grant: ending(grant, changes) };
}

/** Clocks differ by less than this. */
const CLOCK_SKEW_SECONDS = 1;

/**
 * When the end of a grant may be reported: once every clock agrees that the credentials, which stop
 * working at `expiresAt`, are dead.
 */
export function reportableEnd(expiresAt: Instant): Instant {
  return addSeconds(expiresAt, CLOCK_SKEW_SECONDS);
}

export type Expiry = Ending | { readonly kind: 'already-ended' | 'not-due' };

/**
 * active → expired when its time is up; expiring again changes nothing. Sessions in chained roles do not
 * end on their own, so there the deny comes first (`killing`).
 */
export function expire(grant: Grant, now: Instant): Expiry {
  const running = grant.status === 'active' || grant.status === 'scheduled';
  if (!running || grant.expiresAt === null) return { kind: 'already-ended' };
  if (now < reportableEnd(grant.expiresAt)) return { kind: 'not-due' };
  if (grant.chainedRoles.length > 0 && credentialsAlive(grant, now)) {
    if (grant.kill !== null) return { kind: 'already-ended' };
    const kill = killOrder(grant.chainedRoles, grant, now);
    return { kind: 'killing', grant: ending(grant, { endReason: TIME_IS_UP, kill }) };
  }
  return { kind: 'expired', grant: expired(grant) };
}

/** Whether a deny must be written and read back before the grant may be reported as ended. */
export function awaitsKill(grant: Grant): boolean {
  return grant.status === 'revoking' || (grant.status === 'active' && grant.kill !== null);
}

/** revoking → revoked, or active → expired for chained roles: every deny was read back by `now`. */
export function killed(grant: Grant, now: Instant): Grant | null {
  if (!awaitsKill(grant)) return null;
  if (grant.status === 'revoking') return next(grant, { status: 'revoked', endedAt: now });
  return expired(grant);
}

/**
 * revoking → expired: no deny could be written before the credentials died on their own. Reporting
 * `revoked` would claim something that never happened.
 */
export function outlived(grant: Grant, now: Instant): Grant | null {
  if (!awaitsKill(grant) || credentialsAlive(grant, now)) return null;
  const why = `${grant.endReason ?? 'ended'}; the kill switch could not be written, so the keys worked until they ran out`;
  return next(grant, { status: 'expired', endedAt: grant.keysValidUntil, endReason: why });
}

/** Removes the kill order once no credential that it denies is alive. */
export function pruned(grant: Grant, now: Instant): Grant | null {
  if (grant.kill === null || awaitsKill(grant) || now < grant.kill.until) return null;
  return next(grant, { kill: null });
}

export function credentialsAlive({ keysValidUntil }: Grant, now: Instant): boolean {
  return keysValidUntil !== null && now < keysValidUntil;
}

/** How the audit trail records an ending. */
export function happeningOf({ kind, grant }: Ending): Happening {
  const reason = grant.endReason ?? '';
  switch (kind) {
    case 'expired':
      return { type: 'expired' };
    case 'revoked':
      return { type: 'revoked', reason, killSeconds: null };
    default:
      return { type: kind, reason };
  }
}

/** Clocks differ: a deny stays longer than the credentials live by our own clock. */
const CLOCK_MARGIN_SECONDS = 60;

/** Sessions in chained roles can begin until the deny is written, and last an hour from then. */
export function killOrder(roles: readonly string[], grant: Grant, now: Instant): KillOrder {
  const alive = grant.keysValidUntil ?? now;
  const chained = addSeconds(now, CHAINED_SESSION_SECONDS + IN_FLIGHT_SECONDS);
  const last = grant.chainedRoles.length > 0 ? Math.max(alive, chained) : alive;
  return { roles, at: now, until: addSeconds(last, CLOCK_MARGIN_SECONDS) };
}

function expired(grant: Grant): Grant {
  return ending(grant, { status: 'expired', endedAt: grant.expiresAt, endReason: TIME_IS_UP });
}

/** A grant that ends is not extended any more. */
function ending(grant: Grant, changes: Parameters<typeof next>[1]): Grant {
  return next(grant, { ...changes, extension: null });
}

function unused({ keysValidUntil }: Grant): boolean {
  return keysValidUntil === null;
}

function endedDetail(grant: Grant, expired: boolean): string {
  if (!expired || grant.expiresAt === null) return `The grant is already ${grant.status}.`;
  return `The grant ended at ${formatInstant(grant.expiresAt)}.`;
}

const TIME_IS_UP = 'time is up';
