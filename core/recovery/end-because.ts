import type { Happening } from '../audit.ts';
import { type Grant, rolesOf } from '../grant.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { awaitsKill, expire, happeningOf, killOrder, revoke } from '../lifecycle/end.ts';
import { LONGEST_SESSION_SECONDS, latestCredentialEnd } from '../session.ts';

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

/**
 * Ends a grant that the kill switch of a role denies by its id, and that the table believes to be open: its end is
 * lost, and so may be its vends. It keeps a kill order for as long as any of its credentials can live, so that no
 * deny is taken back too early.
 */
export function endAsDenied(grant: Grant, reason: string, now: Instant): EndedGrant | null {
  const end = grant.expiresAt ?? addSeconds(now, LONGEST_SESSION_SECONDS);
  const latest = latestCredentialEnd(grant, now, Math.max(now, end));
  const keysValidUntil = Math.max(latest, grant.keysValidUntil ?? 0);
  const ended = endBecause({ ...grant, keysValidUntil }, reason, now);
  if (ended === null || ended.grant.kill !== null) return ended;
  const kill = killOrder(rolesOf(grant), ended.grant, now);
  return { ...ended, grant: { ...ended.grant, kill } };
}
