import type { Call } from '../call.ts';
import { isOwn, mayRevoke } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { cancel, type Ending, happeningOf, revoke } from '../lifecycle/end.ts';
import { ok, type Result } from '../result.ts';
import {
  type Change,
  type ChangePorts,
  changeGrant,
  unlessForbidden,
  wrongState,
} from './change-grant.ts';

/** Cancels a request that has not begun; only its requester may. */
export function cancelGrant(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  reason: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, call, grantId, {
    authorize: async (grant) =>
      unlessForbidden(ok(isOwn(grant, call)), grant, 'Only its requester may cancel a request.'),
    decide: async (grant) => {
      if (grant.status === 'cancelled') return ok(null);
      const ended = cancel(grant, reason ?? 'cancelled by the requester', ports.clock());
      return ended.ok ? ok(changeOf(ended.value)) : wrongState(grant, ended.error.detail);
    },
  });
}

/**
 * Ends a grant early: its requester ("I'm done"), an approver, or an administrator. The kill switch
 * follows: the grant is `revoking` until the deny on its roles was read back (I5).
 */
export function revokeGrant(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  reason: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, call, grantId, {
    authorize: async (grant) => {
      const allowed = await mayRevoke(ports, call, grant);
      return unlessForbidden(allowed, grant, 'Policy does not let you revoke this grant.');
    },
    decide: async (grant) => {
      if (grant.status === 'revoking' || grant.status === 'revoked') return ok(null);
      const ended = revoke(grant, endReason(grant, call, reason), ports.clock());
      return ended.ok ? ok(changeOf(ended.value)) : wrongState(grant, ended.error.detail);
    },
  });
}

function endReason(grant: Grant, call: Call, reason: string | null): string {
  const by = isOwn(grant, call)
    ? 'released by the requester'
    : `revoked by ${call.caller.principal.name}`;
  return reason === null ? by : `${by}: ${reason}`;
}

function changeOf(ending: Ending): Change {
  return { grant: ending.grant, happening: happeningOf(ending) };
}
