import { findEntitlement } from '../bundle/bundle.ts';
import { unknownPerson } from '../deciding/fixed-rules.ts';
import { reevaluate } from '../deciding/reevaluate.ts';
import { isOwn, mayVote } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import { type Grant, next, type Vote } from '../grant.ts';
import { reviewOwed } from '../lifecycle/new-grant.ts';
import { OWN_REQUEST, vote, withdrawVote } from '../lifecycle/vote.ts';
import { ok, type Result } from '../result.ts';
import { marksOf } from '../same-person.ts';
import {
  type Act,
  actorOf,
  type Change,
  type ChangePorts,
  changeGrant,
  forbidden,
  wrongState,
} from './change-grant.ts';

/** A vote on somebody else's request; the one that makes the quorum begins the grant. */
export function castVote(
  ports: ChangePorts,
  act: Act,
  what: Vote['vote'],
  comment: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, act, async (grant) => {
    if (isOwn(grant, act)) return forbidden(grant, OWN_REQUEST.detail);
    const marks = await voterOf(ports, act, grant);
    if (!marks.ok) return marks;
    const cast = {
      approver: actorOf(act),
      vote: what,
      comment,
      at: ports.clock(),
      marks: marks.value,
    };
    const voted = vote(grant, cast);
    if (!voted.ok) {
      const { code, detail } = voted.error;
      return code === 'own-request' ? forbidden(grant, detail) : wrongState(grant, detail);
    }
    if (voted.value.kind === 'unchanged') return ok(null);
    if (voted.value.kind === 'approved') return beginIfStillAllowed(ports, voted.value.grant);
    const { grant: after, kind } = voted.value;
    const reason = after.endReason ?? '';
    return ok({
      grant: after,
      happening:
        kind === 'denied' ? { type: kind, reason } : { type: 'voted', vote: what, comment },
    });
  });
}

/** Takes the caller's own vote back, while there is something to decide. */
export function takeVoteBack(
  ports: ChangePorts,
  act: Act,
  comment: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, act, async (grant) => {
    const marks = await voterOf(ports, act, grant);
    if (!marks.ok) return marks;
    const changed = withdrawVote(grant, marks.value, ports.clock());
    if (!changed.ok) return wrongState(grant, changed.error.detail);
    if (changed.value === null) return ok(null);
    return ok({ grant: changed.value, happening: { type: 'vote-withdrawn', comment } });
  });
}

/** Policy may have changed while people were thinking: it is asked once more. */
async function beginIfStillAllowed(
  ports: ChangePorts,
  approved: Grant,
): Promise<Result<Change, Failure>> {
  const again = await reevaluate(ports, approved);
  if (!again.ok) return again;
  const decision = again.value;
  if (decision.outcome !== 'deny') {
    const entitlement = findEntitlement(ports.bundle, approved.entitlement);
    const start = approved.startsAt ?? ports.clock();
    const review = entitlement === null ? null : reviewOwed(entitlement, start);
    return ok({
      grant: { ...approved, review },
      happening: { type: 'approved', decision },
      begins: true,
    });
  }
  const reason = `policy no longer allows it: ${decision.policies.join(', ') || 'none permits it'}`;
  const grant = next(
    { ...approved, version: approved.version - 1 },
    {
      status: 'denied',
      startsAt: null,
      expiresAt: null,
      endedAt: ports.clock(),
      endReason: reason,
    },
  );
  return ok({ grant, happening: { type: 'denied', reason } });
}

/** What shows the person behind the voter, if policy lets the caller vote at all. */
async function voterOf(
  ports: ChangePorts,
  act: Act,
  grant: Grant,
): Promise<Result<Vote['marks'], Failure>> {
  const allowed = await mayVote(ports, act, grant);
  if (!allowed.ok) return allowed;
  if (!allowed.value) return forbidden(grant, 'Policy does not let you vote on this request.');
  const claims = findEntitlement(ports.bundle, grant.entitlement)?.approval?.samePerson ?? [];
  const marks = marksOf(act.caller.principal, claims);
  if (marks !== null) return ok(marks);
  return forbidden(grant, unknownPerson(claims));
}
