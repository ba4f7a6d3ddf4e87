import type { Decision } from '../decision.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Principal } from '../principal.ts';
import { marksOf } from '../same-person.ts';

/** What denies further break-glass while a review is overdue: no policy of the bundle can lift it. */
export const OVERDUE_REVIEW = 'valetkey.overdue-review';

/** @param grantId The grant whose review is overdue; null where none is. */
export function overdueReview(decision: Decision, grantId: string | null): Decision {
  if (grantId === null) return decision;
  const advice = `The review of ${grantId} is overdue. Ask somebody who may review it to close it.`;
  const { bundle } = decision;
  return { outcome: 'deny', policies: [OVERDUE_REVIEW], advice: [advice], bundle };
}

/** What denies a request of which nobody could tell who may not vote on it. */
export const SAME_PERSON = 'valetkey.same-person';

type Known = Pick<Principal, 'type' | 'id' | 'tags'>;

/**
 * What other persons decide on needs to be known as a person's: else its requester could vote by
 * another account that has the claim (I9).
 */
export function knownPerson(
  decision: Decision,
  principal: Known,
  { approval, breakGlass }: Pick<Entitlement, 'approval' | 'breakGlass'>,
): Decision {
  const claims = approval?.samePerson ?? [];
  const looksAtPersons =
    decision.outcome === 'approve' || (breakGlass && decision.outcome === 'allow');
  if (!looksAtPersons || marksOf(principal, claims) !== null) return decision;
  const advice = `Sign in with a token that says ${claims.join(', ')}, so that others can be told from you.`;
  return { outcome: 'deny', policies: [SAME_PERSON], advice: [advice], bundle: decision.bundle };
}

/** Why somebody whose person cannot be told has no say. */
export function unknownPerson(claims: readonly string[]): string {
  return `Your say on this needs a token that says ${claims.join(', ')}, so that nobody votes twice or for themselves.`;
}
