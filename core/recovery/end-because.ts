import type { Happening } from '../audit.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { awaitsKill, expire, happeningOf, revoke } from '../lifecycle/end.ts';

export type EndedGrant = { readonly grant: Grant; readonly happening: Happening };

/** Ends a grant that is open and not on its way to the end; null where there is nothing to end. */
export function endBecause(grant: Grant, reason: string, now: Instant): EndedGrant | null {
  if (awaitsKill(grant)) return null;
  const ended = revoke(grant, reason, now);
  if (ended.ok) return { grant: ended.value.grant, happening: happeningOf(ended.value) };
  // Its time was up meanwhile, and nobody had said so.
  const over = expire(grant, now);
  return over.kind === 'expired' || over.kind === 'killing'
    ? { grant: over.grant, happening: happeningOf(over) }
    : null;
}
