import { actorOf } from '../audit.ts';
import type { Call } from '../call.ts';
import { isOwn, personOf } from '../deciding/authority.ts';
import { mayVote, voterFactsOf } from '../deciding/who-may-vote.ts';
import type { Failure } from '../failure.ts';
import type { Grant, Vote } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { type Checked, checkCode } from '../lifecycle/match-code.ts';
import { checkNamed, OWN_REQUEST, refusedFor, vote, votedOn, withdraw } from '../lifecycle/vote.ts';
import { type MayBeQuarantined, unlessQuarantined } from '../read-quarantine.ts';
import { err, ok, type Result } from '../result.ts';
import type { Marks } from '../same-person.ts';
import {
  type Change,
  type ChangePorts,
  changeGrant,
  forbidden,
  wrongState,
} from './change-grant.ts';
import { completeQuorum, refusalOf, refused, type VotePorts, votedBy } from './complete-quorum.ts';

export type Withdrawal = Pick<Vote, 'comment'> & {
  /** When the extension was requested that this is about; null where it is about the request. */
  readonly extension: Instant | null;
};

export type Ballot = Withdrawal &
  Pick<Vote, 'vote'> & {
    /** What the requester told the voter. */
    readonly matchCode?: string | null;
  };

/** Votes on another principal's request or extension; the vote that completes the quorum decides it. */
export function castVote(
  ports: VotePorts,
  call: Call,
  grantId: string,
  { extension, matchCode = null, ...ballot }: Ballot,
): Promise<Result<Grant, Failure>> {
  return changeGrant<Marks>(ports, call, grantId, {
    authorize: async (grant) =>
      isOwn(grant, call) ? forbidden(grant, OWN_REQUEST.detail) : voterOf(ports, call, grant),
    decide: async (grant, marks) => {
      const open = await unlessQuarantined(ports);
      if (!open.ok) return open;
      const at = ports.clock();
      const named = checkNamed(grant, extension, at);
      if (!named.ok) return wrongState(grant, named.error.detail);
      const facts = voterFactsOf(call, at);
      const cast = { ...ballot, approver: actorOf(call.caller), marks, facts, at };
      const voted = vote(grant, cast);
      if (!voted.ok) return refused(grant, voted.error);
      const code = checkCode(grant, ballot.vote, matchCode);
      if (code.kind === 'missing') return err(NO_CODE);
      if (code.kind === 'wrong') return ok(wrongCode(grant, cast, code));
      if (voted.value.kind === 'unchanged') return ok(null);
      const happenings = [votedBy(ports, grant, cast)];
      return voted.value.kind === 'counted'
        ? ok({ grant: voted.value.grant, happenings, unsuspended: [] })
        : completeQuorum(ports, call, grant, cast);
    },
  });
}

/** Withdraws the caller's vote while it is still open: also after leaving the group that may vote. */
export function withdrawVote(
  ports: ChangePorts & MayBeQuarantined,
  call: Call,
  grantId: string,
  { comment, extension }: Withdrawal,
): Promise<Result<Grant, Failure>> {
  return changeGrant<Marks>(ports, call, grantId, {
    authorize: async (grant) => {
      const caller = call.caller.principal.id;
      const own = votedOn(grant).votes.find(({ approver }) => approver.id === caller);
      return own === undefined ? voterOf(ports, call, grant) : ok(own.marks);
    },
    decide: async (grant, marks) => {
      // In a recovery, a version made here would hide the event of that version that the ledger has.
      const open = await unlessQuarantined(ports);
      if (!open.ok) return open;
      const now = ports.clock();
      const named = checkNamed(grant, extension, now);
      if (!named.ok) return wrongState(grant, named.error.detail);
      const withdrawn = withdraw(grant, marks, now);
      if (!withdrawn.ok) return wrongState(grant, withdrawn.error.detail);
      if (withdrawn.value === null) return ok(null);
      const happenings = [{ type: 'vote-withdrawn', comment } as const];
      return ok({ grant: withdrawn.value, happenings, unsuspended: [] });
    },
  });
}

const NO_CODE: Failure = {
  code: 'invalid',
  errors: [
    {
      pointer: '/matchCode',
      detail: 'is required: ask the requester for the two digits that they were shown',
    },
  ],
};

/** The try is written, and the vote refused. The last one ends what waits, as a vote to deny would. */
function wrongCode(
  before: Grant,
  { approver, at }: Vote,
  { grant, triesLeft }: Extract<Checked, { readonly kind: 'wrong' }>,
): Change {
  const reason = 'the match code was wrong';
  const voided = { type: 'vote-voided', approver, reason } as const;
  if (triesLeft > 0) {
    const detail = `The match code is wrong. Ask the requester, over a channel that you know is theirs: ${count(triesLeft)} left.`;
    return {
      grant,
      happenings: [voided],
      unsuspended: [],
      refusal: { code: 'forbidden', grant, detail },
    };
  }
  const over = 'the match code was wrong three times';
  const ended = refusedFor(grant, over, at);
  const detail =
    'The match code was wrong three times, so what waited is denied. It has to be asked for again.';
  return {
    grant: ended,
    happenings: [voided, { type: refusalOf(before), reason: over }],
    unsuspended: [],
    refusal: { code: 'forbidden', grant: ended, detail },
  };
}

function count(tries: number): string {
  return tries === 1 ? '1 try' : `${tries} tries`;
}

/** The marks of the voter as a person, where policy lets the caller vote at all. */
async function voterOf(
  ports: ChangePorts,
  call: Call,
  grant: Grant,
): Promise<Result<Marks, Failure>> {
  const allowed = await mayVote(ports, call, grant);
  if (!allowed.ok) return allowed;
  if (!allowed.value) return forbidden(grant, MAY_NOT_VOTE);
  return personOf(ports, call, grant);
}

const MAY_NOT_VOTE = 'Policy does not let you vote on this request.';
