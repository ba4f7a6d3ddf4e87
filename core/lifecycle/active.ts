import { type ActiveGrant, type Grant, next, type WrongState } from '../grant.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { latestCredentialEnd } from '../session.ts';
import { expiryOf } from './new-grant.ts';

/** A grant between its start and its end. */

/** The grant as it must be written before credentials are vended under it (I1), or why none may be. */
export function vendUnder(grant: Grant, now: Instant): Result<ActiveGrant, WrongState> {
  const usable = mayVend(grant, now);
  if (!usable.ok) return usable;
  const end = latestCredentialEnd(now, usable.value, grant.chainedRoles.length > 0);
  return ok({
    ...grant,
    status: 'active',
    expiresAt: usable.value,
    keysValidUntil: Math.max(end, grant.keysValidUntil ?? 0),
  });
}

/** A scheduled grant can be used from its start, even before its workflow has made it active. */
function mayVend(grant: Grant, now: Instant): Result<Instant, WrongState> {
  const { status, startsAt, expiresAt } = grant;
  if (status === 'scheduled' && startsAt !== null && now < startsAt) {
    return wrong(`The grant starts at ${formatInstant(startsAt)}. Request credentials then.`);
  }
  if ((status !== 'active' && status !== 'scheduled') || expiresAt === null) {
    return wrong(`The grant is ${status}, not active.`);
  }
  if (now < expiresAt) return ok(expiresAt);
  return wrong(`The grant ended at ${formatInstant(expiresAt)}. Request a new grant.`);
}

/** scheduled → active at its start. */
export function start(grant: Grant, now: Instant): Grant | null {
  if (grant.status !== 'scheduled' || grant.startsAt === null || now < grant.startsAt) return null;
  return next(grant, { status: 'active' });
}

/**
 * active → active with a later end, counted from now as in a new request. It may not lie beyond the
 * entitlement's longest duration from the start, nor before the end that was promised.
 */
export function extend(
  grant: Grant,
  durationSeconds: number,
  maxDurationSeconds: number,
  now: Instant,
): Result<
  ActiveGrant,
  WrongState | { readonly code: 'too-long' | 'shorter'; readonly detail: string }
> {
  const usable = mayVend(grant, now);
  if (!usable.ok) return usable;
  const expiresAt = expiryOf(now, durationSeconds);
  const latest = expiryOf(grant.startsAt ?? now, maxDurationSeconds);
  if (expiresAt > latest) {
    const end = formatInstant(latest);
    return err({
      code: 'too-long',
      detail: `may not reach beyond ${end}, because the grant began at ${formatInstant(grant.startsAt ?? now)}`,
    });
  }
  if (expiresAt < usable.value) {
    const end = formatInstant(usable.value);
    return err({ code: 'shorter', detail: `ends before ${end}, when the grant ends already` });
  }
  return ok({ ...next(grant, {}), status: 'active', expiresAt });
}

function wrong(detail: string): Result<never, WrongState> {
  return err({ code: 'wrong-state', detail });
}
