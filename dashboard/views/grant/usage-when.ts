import type { Grant, GrantUsage } from '../../api/types.ts';

const BEGUN: readonly Grant['status'][] = ['active', 'revoking', 'revoked', 'expired'];

/** Whether anything can have been called under the grant; a scheduled one has keys from its first moment on. */
export function hasBegun({ status, keysValidUntil }: Grant): boolean {
  return BEGUN.includes(status) || keysValidUntil !== null;
}

const HALF_A_MINUTE_MS = 30_000;
const HOUR_MS = 3_600_000;

/**
 * When to ask again, in milliseconds. Only what waits for its logs changes by itself: not before they are due.
 *
 * @returns false for not at all
 */
export function askAgainIn(usage: GrantUsage | undefined, now: number): number | false {
  if (usage?.state !== 'waiting' || usage.readAfter === null) return false;
  return Math.min(Math.max(Date.parse(usage.readAfter) - now, HALF_A_MINUTE_MS), HOUR_MS);
}
