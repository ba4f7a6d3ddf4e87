import { type Decision, NO_APPROVAL } from '../decision.ts';
import type { Entitlement } from '../entitlement.ts';
import { missingJobClaims } from '../job.ts';
import type { Principal } from '../principal.ts';
import { marksOf } from '../same-person.ts';

/** Rules that hold in every deployment: no policy of a bundle can lift them. */

/** Denies further break-glass while a review is overdue. */
export const OVERDUE_REVIEW = 'valetkey.overdue-review';

/** Denies a request when its requester could not be told apart from the people who vote on it. */
export const SAME_PERSON = 'valetkey.same-person';

/** Denies a request of a workload that is of no job, where the entitlement binds grants to one. */
export const UNKNOWN_JOB = 'valetkey.unknown-job';

/** What a decision can name besides the policies of a bundle. */
export const FIXED_RULES: readonly string[] = [
  OVERDUE_REVIEW,
  SAME_PERSON,
  UNKNOWN_JOB,
  NO_APPROVAL,
];

/** Whether no change of the request would lift the denial; `NO_APPROVAL` gives way to `autoApprove`. */
export function isFixedRule(policyId: string): boolean {
  return [OVERDUE_REVIEW, SAME_PERSON, UNKNOWN_JOB].includes(policyId);
}

/** @param grantId The grant whose review is overdue; null where none is. */
export function overdueReview(decision: Decision, grantId: string | null): Decision {
  if (grantId === null) return decision;
  const advice = `The review of ${grantId} is overdue. Ask somebody who may review it to close it.`;
  return deny(decision, OVERDUE_REVIEW, advice);
}

/**
 * What people decide on needs a requester who is known as a person; otherwise the requester could vote
 * through another account that carries the claim (I9).
 */
export function knownPerson(
  decision: Decision,
  principal: Pick<Principal, 'type' | 'id' | 'tags'>,
  { approval, breakGlass }: Pick<Entitlement, 'approval' | 'breakGlass'>,
): Decision {
  const claims = approval?.samePerson ?? [];
  const peopleDecide =
    decision.outcome === 'approve' || (breakGlass && decision.outcome === 'allow');
  if (!peopleDecide || marksOf(principal, claims) !== null) return decision;
  const advice = `Sign in with a token that contains ${claims.join(', ')}, so that approvers can be told apart from you.`;
  return deny(decision, SAME_PERSON, advice);
}

/** A grant that is bound to nothing could be used by every job of the workload. */
export function knownJob(
  decision: Decision,
  principal: Pick<Principal, 'type' | 'tags'>,
  entitlement: Pick<Entitlement, 'job'>,
): Decision {
  const missing = missingJobClaims(principal, entitlement);
  if (decision.outcome === 'deny' || missing.length === 0) return decision;
  const advice = `Request it with a token that contains ${missing.join(', ')}: the grant is bound to the job that its claims name.`;
  return deny(decision, UNKNOWN_JOB, advice);
}

/** The decision after all rules on who the caller is. */
export function knownCaller(
  decision: Decision,
  principal: Principal,
  entitlement: Entitlement,
): Decision {
  return knownJob(knownPerson(decision, principal, entitlement), principal, entitlement);
}

/** Why a caller whose token lacks the claims may neither vote nor review. */
export function unknownPerson(claims: readonly string[]): string {
  return `To vote or review here, sign in with a token that contains ${claims.join(', ')}. Without it, one person could vote twice or for themselves.`;
}

function deny({ bundle }: Decision, policyId: string, advice: string): Decision {
  return { outcome: 'deny', policies: [policyId], advice: [advice], bundle };
}
