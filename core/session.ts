import type { Grant } from './grant.ts';
import { newSessionName, type RandomBytes } from './ids.ts';
import { addSeconds, type Instant } from './instant.ts';

/** Role chaining allows sessions of 900 to 3,600 s; asking for more fails (STS API, AssumeRole). */
export const SHORTEST_SESSION_SECONDS = 900;
export const LONGEST_SESSION_SECONDS = 3600;

/** How long an AssumeRole call may still be in flight after its answer counts as lost. */
export const IN_FLIGHT_SECONDS = 30;

/** Role chaining ends after an hour, whatever the role allows. */
export const CHAINED_SESSION_SECONDS = 3600;

/** Clocks differ: a deny stays longer than the credentials live by our own clock. */
export const CLOCK_MARGIN_SECONDS = 60;

/** The arguments of AssumeRole. */
export type SessionPlan = {
  readonly roleArn: string;
  readonly sessionName: string;
  /** `<principal key>.<grant id>`: CloudTrail joins on the grant, and on the person. */
  readonly sourceIdentity: string;
  readonly durationSeconds: number;
  readonly policy: string;
};

/** The SourceIdentity that the trust policy of a vendable role requires (IAM StringLike). */
export const SOURCE_IDENTITY_PATTERN = `?*.gr_${'?'.repeat(20)}`;

export function sourceIdentity(principalKey: string, grantId: string): string {
  return `${principalKey}.${grantId}`;
}

export function planSession(input: {
  readonly roleArn: string;
  readonly principalKey: string;
  readonly grantId: string;
  readonly policy: string;
  readonly now: Instant;
  readonly expiresAt: Instant;
  /** The longest that the entitlement allows. */
  readonly sessionDurationSeconds: number;
  readonly random: RandomBytes;
}): SessionPlan {
  return {
    roleArn: input.roleArn,
    sessionName: newSessionName(input.random),
    sourceIdentity: sourceIdentity(input.principalKey, input.grantId),
    durationSeconds: sessionSeconds(input.now, input.expiresAt, input.sessionDurationSeconds),
    policy: input.policy,
  };
}

/**
 * The rest of the grant, within what the entitlement and STS accept; the session policy ends a session
 * that lasts longer.
 *
 * @param longest the entitlement's longest session, 900 to 3,600 s
 */
export function sessionSeconds(now: Instant, expiresAt: Instant, longest: number): number {
  // Rounded up, so that the session policy ends the session and STS never does so earlier.
  const remaining = Math.ceil((expiresAt - now) / 1000);
  return Math.min(longest, Math.max(SHORTEST_SESSION_SECONDS, remaining));
}

/**
 * The latest moment at which credentials vended at `now` can still work. A session that moves on to a
 * chained role leaves its session policy behind, and gets up to an hour there.
 */
export function latestCredentialEnd(
  { sessionDurationSeconds, chainedRoles }: Pick<Grant, 'sessionDurationSeconds' | 'chainedRoles'>,
  now: Instant,
  expiresAt: Instant,
): Instant {
  const seconds = sessionSeconds(now, expiresAt, sessionDurationSeconds);
  const own = Math.min(expiresAt, addSeconds(now, seconds + IN_FLIGHT_SECONDS));
  return chainedRoles.length > 0 ? addSeconds(own, CHAINED_SESSION_SECONDS) : own;
}
