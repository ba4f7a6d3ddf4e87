import { type Grant, next, type Requester, type WrongState } from '../grant.ts';
import type { Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { isSamePerson, type Marks } from '../same-person.ts';

export type ReviewRefusal = WrongState | { readonly code: 'own-request'; readonly detail: string };

/** review: due → done. The person who used break-glass cannot close it, under any alias. */
export function review(
  grant: Grant,
  by: { readonly reviewer: Requester; readonly marks: Marks; readonly comment: string | null },
  now: Instant,
): Result<Grant, ReviewRefusal> {
  if (isSamePerson(grant.marks, by.marks)) {
    return err({
      code: 'own-request',
      detail: 'You cannot review your own use of break-glass. Ask another reviewer.',
    });
  }
  if (grant.review?.status !== 'due') {
    const state = grant.review === null ? 'has nothing to review' : 'has already been reviewed';
    return err({ code: 'wrong-state', detail: `The grant ${state}.` });
  }
  if (!usedOrEnded(grant, now)) return err({ code: 'wrong-state', detail: NOT_USED_YET });
  const { reviewer, comment } = by;
  return ok(
    next(grant, { review: { ...grant.review, status: 'done', reviewer, comment, at: now } }),
  );
}

/** What has not happened yet cannot be reviewed: the grant could still be used afterwards, unseen. */
function usedOrEnded({ keysValidUntil, endedAt, expiresAt }: Grant, now: Instant): boolean {
  return keysValidUntil !== null || endedAt !== null || (expiresAt !== null && now >= expiresAt);
}

const NOT_USED_YET =
  'Nobody has used the grant yet. Review it after its first use, or after its end.';

/** The reviewers are reminded once, after half of the time has passed. */
export function remindOfReview(grant: Grant, now: Instant): Grant | null {
  const at = reminderAt(grant);
  if (at === null || now < at || grant.review === null) return null;
  return next(grant, { review: { ...grant.review, reminded: true } });
}

/** When the reviewers are reminded; null where no review is due, or they have been reminded. */
export function reminderAt({ review: owed, startsAt, createdAt }: Grant): Instant | null {
  if (owed === null || owed.status === 'done' || owed.reminded) return null;
  const since = startsAt ?? createdAt;
  return since + Math.floor((owed.dueAt - since) / 2);
}
