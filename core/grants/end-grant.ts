import type { Happening } from '../audit.ts';
import { isOwn, mayRevoke } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { cancel, type Ending, revoke } from '../lifecycle/end.ts';
import { ok, type Result } from '../result.ts';
import { type Act, type ChangePorts, changeGrant, forbidden, wrongState } from './change-grant.ts';

/** The requester takes a request back. */
export function cancelGrant(
  ports: ChangePorts,
  act: Act,
  reason: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, act, async (grant) => {
    if (!isOwn(grant, act)) return forbidden(grant, 'Only its requester may cancel a request.');
    if (grant.status === 'cancelled') return ok(null);
    const ended = cancel(grant, reason ?? 'cancelled by the requester', ports.clock());
    return ended.ok ? ok(changeOf(ended.value)) : wrongState(grant, ended.error.detail);
  });
}

/** Ends a grant early: its requester ("I'm done"), an approver, an administrator. */
export function revokeGrant(
  ports: ChangePorts,
  act: Act,
  reason: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, act, async (grant) => {
    const allowed = await mayRevoke(ports, act, grant);
    if (!allowed.ok) return allowed;
    if (!allowed.value) return forbidden(grant, 'Policy does not let you revoke this grant.');
    if (grant.status === 'revoking' || grant.status === 'revoked') return ok(null);
    const by = isOwn(grant, act)
      ? 'released by the requester'
      : `revoked by ${act.caller.principal.name}`;
    const ended = revoke(grant, reason === null ? by : `${by}: ${reason}`, ports.clock());
    return ended.ok ? ok(changeOf(ended.value)) : wrongState(grant, ended.error.detail);
  });
}

/** An ending and what it is called in the audit trail. */
export function changeOf({ kind, grant }: Ending): {
  readonly grant: Grant;
  readonly happening: Happening;
} {
  const reason = grant.endReason ?? '';
  switch (kind) {
    case 'expired':
      return { grant, happening: { type: 'expired' } };
    case 'revoked':
      return { grant, happening: { type: 'revoked', reason, killSeconds: null } };
    default:
      return { grant, happening: { type: kind, reason } };
  }
}

/** What a reason of the broker's own is, in one place. */
export function revocation(grant: Grant, reason: string, now: Instant) {
  const ended = revoke(grant, reason, now);
  return ended.ok ? changeOf(ended.value) : null;
}
