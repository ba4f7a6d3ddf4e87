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
  const end = latestCredentialEnd(grant, now, usable.value);
  return ok({
    ...grant,
    status: 'active',
    expiresAt: usable.value,
    keysValidUntil: Math.max(end, grant.keysValidUntil ?? 0),
  });
}

/** A scheduled grant can be used from its start, even before its workflow has made it active. */
function mayVend(grant: Grant, now: Instant): Result<Instant, WrongState> {
  const { status, startsAt } = grant;
  if (status === 'scheduled' && startsAt !== null && now < startsAt) {
    return wrong(`The grant starts at ${formatInstant(startsAt)}. Request credentials then.`);
  }
  return endAhead(grant, now);
}

/** The end of a grant that runs, or that will. */
function endAhead({ status, expiresAt }: Grant, now: Instant): Result<Instant, WrongState> {
  if ((status !== 'active' && status !== 'scheduled') || expiresAt === null) {
    return wrong(`The grant is ${status}, not active.`);
  }
  if (now < expiresAt) return ok(expiresAt);
  return wrong(`The grant ended at ${formatInstant(expiresAt)}. Request a new grant.`);
}

/** A grant between its start and its end, or one that will begin. */
export type RunningGrant = Grant & {
  readonly status: 'active' | 'scheduled';
  readonly expiresAt: Instant;
};

/** scheduled → active at its start. */
export function start(grant: Grant, now: Instant): Grant | null {
  if (grant.status !== 'scheduled' || grant.startsAt === null || now < grant.startsAt) return null;
  return next(grant, { status: 'active' });
}

/**
 * active → active, or scheduled → scheduled, with a later end, counted from now or from a start that is
 * still ahead, as in a new request. It may not lie beyond the entitlement's longest duration from the
 * start, nor before the end that was promised.
 */
export function extend(
  grant: Grant,
  durationSeconds: number,
  maxDurationSeconds: number,
  now: Instant,
): Result<
  RunningGrant,
  WrongState | { readonly code: 'too-long' | 'shorter'; readonly detail: string }
> {
  const usable = endAhead(grant, now);
  if (!usable.ok) return usable;
  const start = grant.startsAt ?? now;
  // A process with a slower clock must not take the start of an active grant back.
  const begun = grant.status === 'active' || start <= now;
  const expiresAt = expiryOf(Math.max(now, start), durationSeconds);
  const latest = expiryOf(start, maxDurationSeconds);
  if (expiresAt > latest) {
    const end = formatInstant(latest);
    return err({
      code: 'too-long',
      detail: `may not reach beyond ${end}, because the grant ${begun ? 'began' : 'begins'} at ${formatInstant(start)}`,
    });
  }
  if (expiresAt < usable.value) {
    const end = formatInstant(usable.value);
    return err({ code: 'shorter', detail: `ends before ${end}, when the grant ends already` });
  }
  const status = begun ? 'active' : 'scheduled';
  return ok({ ...next(grant, { extension: null }), status, expiresAt });
}

function wrong(detail: string): Result<never, WrongState> {
  return err({ code: 'wrong-state', detail });
}
