import type { Grant } from '../grant.ts';
import { awaitsKill } from '../lifecycle/end.ts';
import type { DeniedGrant } from './deny-policy.ts';

/** What the grant's kill order says of a role; null where the role need not deny it. */
export function deniedGrantOf(grant: Grant, role: string): DeniedGrant | null {
  const { id, principalKey, targetRole, kill, endedAt } = grant;
  if (kill === null || !kill.roles.includes(role)) return null;
  const { at, until } = kill;
  if (role === targetRole) return { grantId: id, at, until, principalKey, begins: false };
  // Once every role was read back, no session can begin in a chained one.
  const last = Math.max(at, endedAt ?? at);
  return { grantId: id, at: last, until, principalKey, begins: awaitsKill(grant) };
}
