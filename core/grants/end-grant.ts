import type { Call } from '../call.ts';
import { isOwn } from '../deciding/authority.ts';
import { mayEnd } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { cancel, type Ending, happeningOf, revoke } from '../lifecycle/end.ts';
import { ok, type Result } from '../result.ts';
import { type Change, type ChangePorts, changeGrant, wrongState } from './change-grant.ts';

/** Cancels a request that has not begun: its requester, an approver, or an administrator. */
export function cancelGrant(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  reason: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, call, grantId, {
    authorize: (grant) =>
      mayEnd(ports, call, grant, 'Policy does not let you cancel this request.'),
    decide: async (grant) => {
      if (grant.status === 'cancelled') return ok(null);
      const ended = cancel(grant, endReason(grant, call, 'cancelled', reason), ports.clock());
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
    authorize: (grant) => mayEnd(ports, call, grant, 'Policy does not let you revoke this grant.'),
    decide: async (grant) => {
      if (grant.status === 'revoking' || grant.status === 'revoked') return ok(null);
      const ended = revoke(grant, endReason(grant, call, 'revoked', reason), ports.clock());
      return ended.ok ? ok(changeOf(ended.value)) : wrongState(grant, ended.error.detail);
    },
  });
}

const BY_REQUESTER = {
  cancelled: 'cancelled by the requester',
  revoked: 'released by the requester',
};

function endReason(
  grant: Grant,
  call: Call,
  how: 'cancelled' | 'revoked',
  reason: string | null,
): string {
  const by = isOwn(grant, call) ? BY_REQUESTER[how] : `${how} by ${call.caller.principal.name}`;
  return reason === null ? by : `${by}: ${reason}`;
}

function changeOf(ending: Ending): Change {
  return { grant: ending.grant, happenings: [happeningOf(ending)], unsuspended: [] };
}
