import { newSessionName, type RandomBytes } from './ids.ts';
import { addSeconds, type Instant } from './instant.ts';

/** Role chaining allows sessions of 900 to 3,600 s; asking for more fails (STS API, AssumeRole). */
const SHORTEST_SESSION_SECONDS = 900;
const LONGEST_SESSION_SECONDS = 3600;

/** How long an AssumeRole call may still be in flight after its answer counts as lost. */
export const IN_FLIGHT_SECONDS = 30;

/** Role chaining ends after an hour, whatever the role allows. */
export const CHAINED_SESSION_SECONDS = LONGEST_SESSION_SECONDS;

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
  readonly random: RandomBytes;
}): SessionPlan {
  return {
    roleArn: input.roleArn,
    sessionName: newSessionName(input.random),
    sourceIdentity: sourceIdentity(input.principalKey, input.grantId),
    durationSeconds: sessionSeconds(input.now, input.expiresAt),
    policy: input.policy,
  };
}

/** The rest of the grant, within what STS accepts; the session policy ends a session that lasts longer. */
export function sessionSeconds(now: Instant, expiresAt: Instant): number {
  // Rounded up, so that the session policy ends the session and STS never does so earlier.
  const remaining = Math.ceil((expiresAt - now) / 1000);
  return Math.min(LONGEST_SESSION_SECONDS, Math.max(SHORTEST_SESSION_SECONDS, remaining));
}

/**
 * The latest moment at which credentials vended at `now` can still work. A session that moves on to a
 * chained role leaves its session policy behind, and gets up to an hour there.
 */
export function latestCredentialEnd(now: Instant, expiresAt: Instant, chains: boolean): Instant {
  const end = addSeconds(now, sessionSeconds(now, expiresAt) + IN_FLIGHT_SECONDS);
  const own = Math.min(expiresAt, end);
  return chains ? addSeconds(own, CHAINED_SESSION_SECONDS) : own;
}
