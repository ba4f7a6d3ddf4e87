import { actorOf } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Call } from '../call.ts';
import { isOwn, personOf } from '../deciding/authority.ts';
import { reevaluate, whyNoLonger } from '../deciding/reevaluate.ts';
import { mayVote, voterFactsOf } from '../deciding/who-may-vote.ts';
import type { Failure } from '../failure.ts';
import type { Grant, Vote } from '../grant.ts';
import { reviewOwed } from '../lifecycle/new-grant.ts';
import { OWN_REQUEST, type VoteRefusal, vote, withdraw } from '../lifecycle/vote.ts';
import { ok, type Result } from '../result.ts';
import type { Marks } from '../same-person.ts';
import {
  type Change,
  type ChangePorts,
  changeGrant,
  forbidden,
  wrongState,
} from './change-grant.ts';
import { type CountPorts, countVotes } from './count-votes.ts';

export type VotePorts = ChangePorts & CountPorts;

export type Ballot = Pick<Vote, 'vote' | 'comment'>;

/** Votes on another principal's request; the vote that completes the quorum begins the grant. */
export function castVote(
  ports: VotePorts,
  call: Call,
  grantId: string,
  ballot: Ballot,
): Promise<Result<Grant, Failure>> {
  return changeGrant<Marks>(ports, call, grantId, {
    authorize: async (grant) =>
      isOwn(grant, call) ? forbidden(grant, OWN_REQUEST.detail) : voterOf(ports, call, grant),
    decide: async (grant, marks) => {
      const at = ports.clock();
      const facts = voterFactsOf(call, at);
      const cast = { ...ballot, approver: actorOf(call.caller), marks, facts, at };
      const voted = vote(grant, cast);
      if (!voted.ok) return refused(grant, voted.error);
      if (voted.value.kind === 'unchanged') return ok(null);
      const happenings = [{ type: 'voted', ...ballot } as const];
      return voted.value.kind === 'counted'
        ? ok({ grant: voted.value.grant, happenings, unsuspended: [] })
        : completeQuorum(ports, call, grant, cast);
    },
  });
}

/** Withdraws the caller's vote while the request is pending: also after leaving the group that may vote. */
export function withdrawVote(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  comment: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant<Marks>(ports, call, grantId, {
    authorize: async (grant) => {
      const caller = call.caller.principal.id;
      const own = grant.approvals.votes.find(({ approver }) => approver.id === caller);
      return own === undefined ? voterOf(ports, call, grant) : ok(own.marks);
    },
    decide: async (grant, marks) => {
      const withdrawn = withdraw(grant, marks, ports.clock());
      if (!withdrawn.ok) return wrongState(grant, withdrawn.error.detail);
      if (withdrawn.value === null) return ok(null);
      const happenings = [{ type: 'vote-withdrawn', comment } as const];
      return ok({ grant: withdrawn.value, happenings, unsuspended: [] });
    },
  });
}

/** The vote would decide the request, so the earlier votes must still count, and policy is asked again. */
async function completeQuorum(
  ports: VotePorts,
  call: Call,
  grant: Grant,
  cast: Vote,
): Promise<Result<Change, Failure>> {
  const counted = await countVotes(ports, call, grant, cast);
  if (!counted.ok) return counted;
  const { grant: checked, voided } = counted.value;
  const voted = vote(checked, cast);
  if (!voted.ok) return refused(grant, voted.error);
  const { kind, grant: after } = voted.value;
  const before = [...voided, { type: 'voted', vote: cast.vote, comment: cast.comment } as const];
  const voters = after.approvals.votes.map(({ approver }) => approver.id);
  if (kind === 'approved') return beginIfStillAllowed(ports, grant, after, before, voters);
  const denied = { type: 'denied', reason: after.endReason ?? '' } as const;
  const happenings = kind === 'denied' ? [...before, denied] : before;
  return ok({ grant: after, happenings, unsuspended: voters });
}

/** Policy may have changed while people were deciding, so the engine is asked once more. */
async function beginIfStillAllowed(
  ports: VotePorts,
  stored: Grant,
  approved: Grant,
  before: Change['happenings'],
  voters: readonly string[],
): Promise<Result<Change, Failure>> {
  const again = await reevaluate(ports, approved);
  if (!again.ok) return again;
  const decision = again.value;
  if (decision.outcome === 'deny') {
    const reason = whyNoLonger(decision);
    const ended = { status: 'denied', endedAt: ports.clock(), endReason: reason } as const;
    const grant: Grant = { ...approved, ...ended, startsAt: null, expiresAt: null };
    return ok({ grant, happenings: [...before, { type: 'denied', reason }], unsuspended: voters });
  }
  const suspension = await ports.principals.suspensionOf(approved.requester.id);
  if (!suspension.ok) return suspension;
  if (suspension.value !== null) return wrongState(stored, REQUESTER_SUSPENDED);
  const entitlement = findEntitlement(ports.bundle, approved.entitlement);
  const start = approved.startsAt ?? ports.clock();
  const review = entitlement === null ? null : reviewOwed(entitlement, start);
  return ok({
    grant: { ...approved, review },
    happenings: [...before, { type: 'approved', decision }],
    unsuspended: [...voters, approved.requester.id],
  });
}

function refused(grant: Grant, { code, detail }: VoteRefusal): Result<never, Failure> {
  return code === 'own-request' ? forbidden(grant, detail) : wrongState(grant, detail);
}

/** The marks of the voter as a person, where policy lets the caller vote at all. */
async function voterOf(
  ports: ChangePorts,
  call: Call,
  grant: Grant,
): Promise<Result<Marks, Failure>> {
  const allowed = await mayVote(ports, call, grant);
  if (!allowed.ok) return allowed;
  if (!allowed.value) return forbidden(grant, 'Policy does not let you vote on this request.');
  return personOf(ports, call, grant);
}

const REQUESTER_SUSPENDED = 'The requester is suspended, so the request cannot begin.';
