import type { Decision } from '../decision.ts';

/** What denies further break-glass while a review is overdue: no policy of the bundle can lift it. */
export const OVERDUE_REVIEW = 'valetkey.overdue-review';

/** @param grantId The grant whose review is overdue; null where none is. */
export function overdueReview(decision: Decision, grantId: string | null): Decision {
  if (grantId === null) return decision;
  const advice = `The review of ${grantId} is overdue. Ask somebody who may review it to close it.`;
  const { bundle } = decision;
  return { outcome: 'deny', policies: [OVERDUE_REVIEW], advice: [advice], bundle };
}
