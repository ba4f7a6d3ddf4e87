import { canonicalJson } from '../canonical-json.ts';
import {
  type Approvals,
  type Grant,
  next,
  type Vote,
  type VoterFacts,
  type WrongState,
  waitsForVotes,
} from '../grant.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { isSamePerson } from '../same-person.ts';
import { extendAsApproved } from './extension.ts';
import { expiryOf } from './new-grant.ts';

/** People vote on a request while it is pending, and on an extension while the grant runs. */

export type Voted =
  | { readonly kind: 'counted' | 'approved'; readonly grant: Grant }
  | { readonly kind: 'denied'; readonly grant: Grant; readonly reason: string }
  /** The person has already cast this vote, and the same is known of them: nothing to write (I11). */
  | { readonly kind: 'unchanged'; readonly grant: Grant };

export type VoteRefusal = WrongState | { readonly code: 'own-request'; readonly detail: string };

/** What the grant waits for, or has waited for last. */
export function votedOn({ approvals, extension }: Grant): Approvals {
  return extension?.approvals ?? approvals;
}

/** The grant with other votes on what it waits for. */
export function withVotes(grant: Grant, votes: readonly Vote[]): Grant {
  return withApprovals(grant, { ...votedOn(grant), votes });
}

export function withApprovals(grant: Grant, approvals: Approvals): Grant {
  const { extension } = grant;
  if (extension === null) return { ...grant, approvals };
  return { ...grant, extension: { ...extension, approvals } };
}

/**
 * A vote on an extension, and its withdrawal, name it by the time it was requested: one that was meant for the
 * request, or for another extension, never counts for it.
 *
 * @param named Null in votes on a request.
 */
export function checkNamed(
  grant: Grant,
  named: Instant | null,
  now: Instant,
): Result<null, WrongState> {
  const { status, extension } = grant;
  if (extension === null) {
    return named === null
      ? ok(null)
      : wrongState(`The grant is ${status} and has no extension that waits.`);
  }
  const open = stillOpen(grant, now);
  if (!open.ok) return open;
  const { requestedAt } = extension;
  if (named === requestedAt) return ok(null);
  return wrongState(
    named === null
      ? `The grant is ${status}, not pending. To vote on its extension, send extension: "${formatInstant(requestedAt)}".`
      : `The extension of ${formatInstant(named)} is not the one that waits.`,
  );
}

/**
 * One person, one vote: a later vote of the same person, under any alias, replaces the earlier one.
 * Nobody votes on their own request, whatever policy says (I9).
 */
export function vote(grant: Grant, cast: Vote): Result<Voted, VoteRefusal> {
  if (isSamePerson(grant.marks, cast.marks)) return err(OWN_REQUEST);
  const open = stillOpen(grant, cast.at);
  if (!open.ok) return open;
  const approvals = open.value;
  const earlier = approvals.votes.find((other) => isSamePerson(other.marks, cast.marks));
  if (earlier !== undefined && isRepeat(earlier, cast)) return ok({ kind: 'unchanged', grant });
  const votes = [...withoutPerson(approvals, cast.marks), cast];
  const voted = withVotes(next(grant, {}), votes);
  const count = (wanted: Vote['vote']): number =>
    votes.filter((other) => other.vote === wanted).length;
  if (count('deny') >= approvals.refusals) return ok(refusedBy(voted, cast));
  if (count('approve') < approvals.required) return ok({ kind: 'counted', grant: voted });
  const { extension } = grant;
  const approved =
    extension === null ? begin(voted, cast.at) : extendAsApproved(voted, extension, cast.at);
  return ok({ kind: 'approved', grant: approved });
}

/** Removes a person's vote while it is still open; null where there is none. */
export function withdraw(
  grant: Grant,
  marks: Vote['marks'],
  now: Instant,
): Result<Grant | null, WrongState> {
  const open = stillOpen(grant, now);
  if (!open.ok) return open;
  const votes = withoutPerson(open.value, marks);
  if (votes.length === open.value.votes.length) return ok(null);
  return ok(withVotes(next(grant, {}), votes));
}

/** pending → active or scheduled: the time counts from here, unless a later start was requested. */
function begin(grant: Grant, now: Instant): Grant {
  const start = Math.max(now, grant.startsAt ?? now);
  return {
    ...grant,
    status: start > now ? 'scheduled' : 'active',
    startsAt: start,
    expiresAt: expiryOf(start, grant.durationSeconds),
  };
}

function refusedBy(grant: Grant, { approver, comment, at }: Vote): Voted {
  const said = comment === null ? '' : `: ${comment}`;
  const reason = `denied by ${approver.name}${said}`;
  return { kind: 'denied', grant: refusedFor(grant, reason, at), reason };
}

/** pending → denied; a running grant only loses its extension. */
export function refusedFor(grant: Grant, reason: string, at: Instant): Grant {
  if (grant.extension !== null) return { ...grant, extension: null };
  return { ...grant, status: 'denied', endedAt: at, endReason: reason };
}

function stillOpen(grant: Grant, now: Instant): Result<Approvals, WrongState> {
  if (!waitsForVotes(grant)) {
    return wrongState(`The grant is ${grant.status}, not pending.`);
  }
  const approvals = votedOn(grant);
  const { lapseAt } = approvals;
  if (lapseAt === null || now < lapseAt) return ok(approvals);
  const what = grant.extension === null ? 'request' : 'extension';
  return wrongState(`The ${what} lapsed at ${formatInstant(lapseAt)}.`);
}

function wrongState(detail: string): Result<never, WrongState> {
  return err({ code: 'wrong-state', detail });
}

/** The same vote on the same facts. Others are recorded anew, because the vote will be judged by them. */
function isRepeat(earlier: Vote, cast: Vote): boolean {
  return (
    earlier.vote === cast.vote &&
    earlier.approver.id === cast.approver.id &&
    comparable(earlier.facts) === comparable(cast.facts)
  );
}

/** Addresses and the age of the sign-in differ between any two calls, and do not make another vote. */
function comparable(facts: VoterFacts | null): string {
  if (facts === null) return 'null';
  const { mfa, mfaAgeSeconds, principal } = facts;
  const { groups, tags } = principal;
  return canonicalJson({
    ...{ mfa, hasMfaAge: mfaAgeSeconds !== null },
    ...{ groups: [...new Set(groups)].toSorted(), tags },
  });
}

function withoutPerson({ votes }: Approvals, marks: Vote['marks']): readonly Vote[] {
  return votes.filter((other) => !isSamePerson(other.marks, marks));
}

export const OWN_REQUEST: VoteRefusal = {
  code: 'own-request',
  detail: 'You cannot vote on your own request. Ask another approver.',
};
