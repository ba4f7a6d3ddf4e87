import { type Grant, next, type Vote, type WrongState } from '../grant.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { isSamePerson } from '../same-person.ts';
import { expiryOf } from './new-grant.ts';

export type Voted =
  | { readonly kind: 'counted' | 'approved' | 'denied'; readonly grant: Grant }
  /** The person has already cast this vote: there is nothing to write (I11). */
  | { readonly kind: 'unchanged'; readonly grant: Grant };

export type VoteRefusal = WrongState | { readonly code: 'own-request'; readonly detail: string };

/**
 * One person, one vote: a later vote of the same person, under any alias, replaces the earlier one.
 * Nobody votes on their own request, whatever policy says (I9).
 */
export function vote(grant: Grant, cast: Vote): Result<Voted, VoteRefusal> {
  if (isSamePerson(grant.marks, cast.marks)) return err(OWN_REQUEST);
  const open = stillPending(grant, cast.at);
  if (!open.ok) return open;
  const earlier = grant.approvals.votes.find((other) => isSamePerson(other.marks, cast.marks));
  if (earlier?.vote === cast.vote && earlier.approver.id === cast.approver.id) {
    return ok({ kind: 'unchanged', grant });
  }
  const votes = [...withoutPerson(grant, cast.marks), cast];
  const voted = next(grant, { approvals: { ...grant.approvals, votes } });
  const count = (wanted: Vote['vote']): number =>
    votes.filter((other) => other.vote === wanted).length;
  if (count('deny') >= grant.approvals.refusals) {
    return ok({ kind: 'denied', grant: denied(voted, cast) });
  }
  if (count('approve') < grant.approvals.required) return ok({ kind: 'counted', grant: voted });
  return ok({ kind: 'approved', grant: begin(voted, cast.at) });
}

/** Removes a person's vote while the request is pending; null where there is none. */
export function withdraw(
  grant: Grant,
  marks: Vote['marks'],
  now: Instant,
): Result<Grant | null, WrongState> {
  const open = stillPending(grant, now);
  if (!open.ok) return open;
  const votes = withoutPerson(grant, marks);
  if (votes.length === grant.approvals.votes.length) return ok(null);
  return ok(next(grant, { approvals: { ...grant.approvals, votes } }));
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

function denied(grant: Grant, { approver, comment, at }: Vote): Grant {
  const said = comment === null ? '' : `: ${comment}`;
  const endReason = `denied by ${approver.name}${said}`;
  return { ...grant, status: 'denied', endedAt: at, endReason };
}

function stillPending(grant: Grant, now: Instant): Result<null, WrongState> {
  if (grant.status !== 'pending') {
    return err({ code: 'wrong-state', detail: `The grant is ${grant.status}, not pending.` });
  }
  const { lapseAt } = grant.approvals;
  if (lapseAt === null || now < lapseAt) return ok(null);
  return err({ code: 'wrong-state', detail: `The request lapsed at ${formatInstant(lapseAt)}.` });
}

function withoutPerson({ approvals }: Grant, marks: Vote['marks']): readonly Vote[] {
  return approvals.votes.filter((other) => !isSamePerson(other.marks, marks));
}

export const OWN_REQUEST: VoteRefusal = {
  code: 'own-request',
  detail: 'You cannot vote on your own request. Ask another approver.',
};
