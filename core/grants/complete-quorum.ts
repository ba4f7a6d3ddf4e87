import type { Happening } from '../audit.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { Call } from '../call.ts';
import { reevaluate, reevaluateExtension, whyNoLonger } from '../deciding/reevaluate.ts';
import type { Decision } from '../decision.ts';
import type { Failure } from '../failure.ts';
import type { Grant, PendingExtension, Vote } from '../grant.ts';
import { reviewOwed } from '../lifecycle/new-grant.ts';
import { type VoteRefusal, vote, votedOn } from '../lifecycle/vote.ts';
import type { MayBeQuarantined } from '../read-quarantine.ts';
import { ok, type Result } from '../result.ts';
import { looksLikeRequester } from '../same-person.ts';
import { type Change, type ChangePorts, forbidden, wrongState } from './change-grant.ts';
import { type CountPorts, countVotes } from './count-votes.ts';

export type VotePorts = ChangePorts & CountPorts & MayBeQuarantined;

/** What votes have approved, before policy was asked once more. */
type Approved = {
  readonly stored: Grant;
  readonly grant: Grant;
  readonly before: Change['happenings'];
  readonly voters: readonly string[];
};

/**
 * The vote would decide the request or the extension, so the earlier votes must still count, and policy is
 * asked again.
 */
export async function completeQuorum(
  ports: VotePorts,
  call: Call,
  stored: Grant,
  cast: Vote,
): Promise<Result<Change, Failure>> {
  const counted = await countVotes(ports, call, stored, cast);
  if (!counted.ok) return counted;
  const { grant: checked, voided } = counted.value;
  const voted = vote(checked, cast);
  if (!voted.ok) return refused(stored, voted.error);
  const { kind, grant } = voted.value;
  const before = [...voided, votedBy(ports, stored, cast)];
  const voters = [...votedOn(checked).votes, cast].map(({ approver }) => approver.id);
  if (kind === 'approved') return goOn(ports, { stored, grant, before, voters });
  if (kind !== 'denied') return ok({ grant, happenings: before, unsuspended: voters });
  const denied = { type: refusalOf(stored), reason: voted.value.reason } as const;
  return ok({ grant, happenings: [...before, denied], unsuspended: voters });
}

/** The vote as the trail records it, with a warning where no claims tell people apart and a name repeats. */
export function votedBy(
  { bundle }: Pick<VotePorts, 'bundle'>,
  { entitlement, requester }: Grant,
  { vote: what, comment, approver }: Vote,
): Happening {
  const voted = { type: 'voted', vote: what, comment } as const;
  const claims = findEntitlement(bundle, entitlement)?.approval?.samePerson ?? [];
  if (claims.length > 0 || !looksLikeRequester(requester, approver)) return voted;
  return { ...voted, warning: `the account ${approver.id} has the name of the requester` };
}

/** Policy may have changed while people were deciding, so the engine is asked once more. */
async function goOn(ports: VotePorts, approved: Approved): Promise<Result<Change, Failure>> {
  const { stored, grant, before, voters } = approved;
  const { extension } = stored;
  const again =
    extension === null
      ? await reevaluate(ports, grant)
      : await reevaluateExtension(ports, grant, extension);
  if (!again.ok) return again;
  if (again.value.outcome === 'deny') return ok(noLongerAllowed(ports, approved, again.value));
  const suspension = await ports.principals.suspensionOf(grant.requester.id);
  if (!suspension.ok) return suspension;
  if (suspension.value !== null) {
    return wrongState(stored, extension === null ? CANNOT_BEGIN : CANNOT_BE_EXTENDED);
  }
  const change =
    extension === null ? begin(ports, grant, again.value) : extended(grant, extension, again.value);
  return ok({
    grant: change.grant,
    happenings: [...before, change.happening],
    unsuspended: [...voters, grant.requester.id],
  });
}

type LastStep = { readonly grant: Grant; readonly happening: Change['happenings'][number] };

function begin(ports: VotePorts, grant: Grant, decision: Decision): LastStep {
  const entitlement = findEntitlement(ports.bundle, grant.entitlement);
  const start = grant.startsAt ?? ports.clock();
  const review = entitlement === null ? null : reviewOwed(entitlement, start);
  const times = { startsAt: start, expiresAt: grant.expiresAt ?? start };
  return { grant: { ...grant, review }, happening: { type: 'approved', decision, ...times } };
}

function extended(
  grant: Grant,
  { justification, inputs }: PendingExtension,
  decision: Decision,
): LastStep {
  const expiresAt = grant.expiresAt ?? 0;
  const happening = { type: 'extended', expiresAt, justification, decision, inputs } as const;
  return { grant: { ...grant, decision }, happening };
}

/** pending → denied; a running grant only loses its extension. */
function noLongerAllowed(
  ports: VotePorts,
  { stored, grant, before, voters }: Approved,
  decision: Decision,
): Change {
  const reason = whyNoLonger(decision);
  const happenings = [...before, { type: refusalOf(stored), reason } as const];
  const ended = { status: 'denied', endedAt: ports.clock(), endReason: reason } as const;
  const after: Grant =
    stored.extension === null
      ? { ...grant, ...ended, startsAt: null, expiresAt: null }
      : { ...grant, expiresAt: stored.expiresAt };
  return { grant: after, happenings, unsuspended: voters };
}

export function refusalOf({ extension }: Grant): 'denied' | 'extension-refused' {
  return extension === null ? 'denied' : 'extension-refused';
}

export function refused(grant: Grant, { code, detail }: VoteRefusal): Result<never, Failure> {
  return code === 'own-request' ? forbidden(grant, detail) : wrongState(grant, detail);
}

const CANNOT_BEGIN = 'The requester is suspended, so the request cannot begin.';
const CANNOT_BE_EXTENDED = 'The requester is suspended, so the grant cannot be extended.';
