import { type ActiveGrant, type Grant, next, type WrongState } from '../grant.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { latestKeyEnd } from '../session.ts';
import { expiryOf } from './new-grant.ts';

/** What happens to a grant between its start and its end. */

/** The grant as it must be written before keys are vended under it (I1), or why none may be. */
export function vendUnder(grant: Grant, now: Instant): Result<ActiveGrant, WrongState> {
  const usable = mayVend(grant, now);
  if (!usable.ok) return usable;
  const end = latestKeyEnd(now, usable.value, grant.chainedRoles.length > 0);
  return ok({
    ...grant,
    status: 'active',
    expiresAt: usable.value,
    keysValidUntil: Math.max(end, grant.keysValidUntil ?? 0),
  });
}

/** A scheduled grant may be used from its start on, even before its workflow says so. */
function mayVend(grant: Grant, now: Instant): Result<Instant, WrongState> {
  const { status, startsAt, expiresAt } = grant;
  if (status === 'scheduled' && startsAt !== null && now < startsAt) {
    return wrong(`The grant starts at ${formatInstant(startsAt)}. Ask for keys then.`);
  }
  if ((status !== 'active' && status !== 'scheduled') || expiresAt === null) {
    return wrong(`The grant is ${status}, not active.`);
  }
  if (now < expiresAt) return ok(expiresAt);
  return wrong(`The grant ended at ${formatInstant(expiresAt)}. Ask again.`);
}

/** scheduled → active, once its start has come. */
export function start(grant: Grant, now: Instant): Grant | null {
  if (grant.status !== 'scheduled' || grant.startsAt === null || now < grant.startsAt) return null;
  return next(grant, { status: 'active' });
}

/**
 * active → active with a later end, counted from now as in a new request; at most the entitlement's
 * longest duration from the start, and never earlier than what was promised before.
 */
export function extend(
  grant: Grant,
  durationSeconds: number,
  maxDurationSeconds: number,
  now: Instant,
): Result<Grant, WrongState | { readonly code: 'too-long' | 'shorter'; readonly detail: string }> {
  const usable = mayVend(grant, now);
  if (!usable.ok) return usable;
  const expiresAt = expiryOf(now, durationSeconds);
  const latest = expiryOf(grant.startsAt ?? now, maxDurationSeconds);
  if (expiresAt > latest) {
    const end = formatInstant(latest);
    return err({
      code: 'too-long',
      detail: `may not lead beyond ${end}: the grant began at ${formatInstant(grant.startsAt ?? now)}`,
    });
  }
  if (expiresAt < usable.value) {
    const end = formatInstant(usable.value);
    return err({ code: 'shorter', detail: `would end before ${end}, when the grant ends already` });
  }
  return ok(next(grant, { status: 'active', expiresAt }));
}

function wrong(detail: string): Result<never, WrongState> {
  return err({ code: 'wrong-state', detail });
}
