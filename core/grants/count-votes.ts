import { brokerWithin, type Happening, type Initiator } from '../audit.ts';
import type { Call } from '../call.ts';
import type { AuthorityPorts } from '../deciding/authority.ts';
import { mayStillVote } from '../deciding/who-may-vote.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant, Vote } from '../grant.ts';
import { votedOn, withVotes } from '../lifecycle/vote.ts';
import type { PrincipalStore } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { isSamePerson } from '../same-person.ts';

/**
 * When a vote completes a quorum, the earlier votes are checked once more: an approver who is suspended,
 * or whom policy no longer lets vote as they did, decides nothing.
 */

export type CountPorts = AuthorityPorts & {
  readonly principals: Pick<PrincipalStore, 'suspensionOf'>;
};

export type Counted = {
  /** The grant with the votes that count. */
  readonly grant: Grant;
  readonly voided: readonly (Happening & { readonly by: Initiator })[];
};

export async function countVotes(
  ports: CountPorts,
  call: Call,
  grant: Grant,
  cast: Vote,
): Promise<Result<Counted, Unavailable>> {
  // The new vote replaces earlier ones of its person.
  const votes = votedOn(grant).votes.filter((vote) => !isSamePerson(vote.marks, cast.marks));
  const reasons = await Promise.all(votes.map((vote) => whyVoid(ports, grant, vote)));
  const kept: Vote[] = [];
  const voided: Counted['voided'][number][] = [];
  const by = brokerWithin(call);
  for (const [index, vote] of votes.entries()) {
    const reason = reasons[index];
    if (reason?.ok === false) return reason;
    if (reason?.value == null) kept.push(vote);
    else voided.push({ type: 'vote-voided', approver: vote.approver, reason: reason.value, by });
  }
  return ok({ grant: withVotes(grant, kept), voided });
}

/** @returns why the vote does not count; null where it does. */
async function whyVoid(
  ports: CountPorts,
  grant: Grant,
  vote: Vote,
): Promise<Result<string | null, Unavailable>> {
  const suspension = await ports.principals.suspensionOf(vote.approver.id);
  if (!suspension.ok) return suspension;
  if (suspension.value !== null) return ok('the approver is suspended');
  const may = await mayStillVote(ports, grant, vote);
  if (!may.ok) return may;
  return ok(may.value ? null : 'policy no longer lets the approver vote');
}
