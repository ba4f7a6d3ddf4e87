import { actorOf } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Call } from '../call.ts';
import { reevaluate } from '../deciding/reevaluate.ts';
import { isOwn, mayVote, personOf } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant, Vote } from '../grant.ts';
import { reviewOwed } from '../lifecycle/new-grant.ts';
import { OWN_REQUEST, vote, withdraw } from '../lifecycle/vote.ts';
import { ok, type Result } from '../result.ts';
import type { Marks } from '../same-person.ts';
import {
  type Change,
  type ChangePorts,
  changeGrant,
  forbidden,
  unlessForbidden,
  wrongState,
} from './change-grant.ts';

export type Ballot = Pick<Vote, 'vote' | 'comment'>;

/** Votes on another principal's request; the vote that completes the quorum begins the grant. */
export function castVote(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  ballot: Ballot,
): Promise<Result<Grant, Failure>> {
  return changeGrant<Marks>(ports, call, grantId, {
    authorize: async (grant) =>
      isOwn(grant, call) ? forbidden(grant, OWN_REQUEST.detail) : voterOf(ports, call, grant),
    decide: async (grant, marks) => {
      const approver = actorOf(call.caller);
      const voted = vote(grant, { ...ballot, approver, marks, at: ports.clock() });
      if (!voted.ok) {
        const { code, detail } = voted.error;
        return code === 'own-request' ? forbidden(grant, detail) : wrongState(grant, detail);
      }
      switch (voted.value.kind) {
        case 'unchanged':
          return ok(null);
        case 'approved':
          return beginIfStillAllowed(ports, voted.value.grant);
        case 'denied':
          return ok(deniedBecause(voted.value.grant));
        case 'counted':
          return ok({ grant: voted.value.grant, happening: { type: 'voted', ...ballot } });
      }
    },
  });
}

/** Withdraws the caller's vote while the request is pending. */
export function withdrawVote(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  comment: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant<Marks>(ports, call, grantId, {
    authorize: (grant) => voterOf(ports, call, grant),
    decide: async (grant, marks) => {
      const withdrawn = withdraw(grant, marks, ports.clock());
      if (!withdrawn.ok) return wrongState(grant, withdrawn.error.detail);
      if (withdrawn.value === null) return ok(null);
      return ok({ grant: withdrawn.value, happening: { type: 'vote-withdrawn', comment } });
    },
  });
}

/** Policy may have changed while people were deciding, so the engine is asked once more. */
async function beginIfStillAllowed(
  ports: ChangePorts,
  approved: Grant,
): Promise<Result<Change, Failure>> {
  const again = await reevaluate(ports, approved);
  if (!again.ok) return again;
  const decision = again.value;
  if (decision.outcome === 'deny') {
    const endReason = `policy no longer allows it: ${decision.policies.join(', ') || 'none permits it'}`;
    const endedAt = ports.clock();
    return ok(
      deniedBecause({
        ...approved,
        status: 'denied',
        startsAt: null,
        expiresAt: null,
        endedAt,
        endReason,
      }),
    );
  }
  const entitlement = findEntitlement(ports.bundle, approved.entitlement);
  const start = approved.startsAt ?? ports.clock();
  const review = entitlement === null ? null : reviewOwed(entitlement, start);
  return ok({
    grant: { ...approved, review },
    happening: { type: 'approved', decision },
    begins: true,
  });
}

function deniedBecause(grant: Grant): Change {
  return { grant, happening: { type: 'denied', reason: grant.endReason ?? '' } };
}

/** The marks of the voter as a person, where policy lets the caller vote at all. */
async function voterOf(
  ports: ChangePorts,
  call: Call,
  grant: Grant,
): Promise<Result<Marks, Failure>> {
  const detail = 'Policy does not let you vote on this request.';
  const allowed = unlessForbidden(await mayVote(ports, call, grant), grant, detail);
  return allowed.ok ? personOf(ports, call, grant) : allowed;
}
