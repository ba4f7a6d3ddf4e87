import type { CompiledEntitlement } from '../bundle/bundle.ts';
import { inWords } from '../duration.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Grant } from '../grant.ts';
import { secondsBetween } from '../instant.ts';

/** Why an open grant is not what its entitlement grants today, apart from what policy says. */

/** @returns null while the entitlement still grants what it granted at the request. */
export function whyRedefined(
  grant: Pick<Grant, 'entitlement' | 'definition'>,
  entitlement: Pick<CompiledEntitlement, 'hash'>,
): string | null {
  if (entitlement.hash === grant.definition) return null;
  return `what ${grant.entitlement} grants has changed`;
}

/** @returns null where the grant is within the entitlement's limits of today. */
export function whyBeyondLimits(
  grant: Pick<Grant, 'durationSeconds' | 'startsAt' | 'expiresAt' | 'approvals'>,
  entitlement: Pick<Entitlement, 'id' | 'maxDurationSeconds' | 'approval'>,
): string | null {
  const { id, maxDurationSeconds, approval } = entitlement;
  const seconds = Math.max(grant.durationSeconds, secondsOf(grant));
  if (seconds > maxDurationSeconds) {
    return `${id} now lasts at most ${inWords(maxDurationSeconds)}, and this is for ${inWords(seconds)}`;
  }
  const { required } = grant.approvals;
  const now = approval?.required ?? 0;
  if (required === 0 || required >= now) return null;
  return `${id} now needs ${now} approvals, and this was to have ${required}`;
}

/** How long the grant lasts with its extensions; 0 before it has begun. */
function secondsOf({ startsAt, expiresAt }: Pick<Grant, 'startsAt' | 'expiresAt'>): number {
  return startsAt === null || expiresAt === null ? 0 : secondsBetween(startsAt, expiresAt);
}
