import { actorOf } from '../audit.ts';
import type { Call } from '../call.ts';
import { personOf } from '../deciding/authority.ts';
import { mayReview } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { review } from '../lifecycle/review.ts';
import { ok, type Result } from '../result.ts';
import type { Marks } from '../same-person.ts';
import { type ChangePorts, changeGrant, forbidden, wrongState } from './change-grant.ts';

/** Closes the review that a break-glass use owes. */
export function reviewGrant(
  ports: ChangePorts,
  call: Call,
  grantId: string,
  comment: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant<Marks>(ports, call, grantId, {
    authorize: async (grant) => {
      const allowed = mayReview(ports, call, grant);
      if (!allowed.ok) return allowed;
      if (!allowed.value) return forbidden(grant, 'Policy does not let you review this grant.');
      return personOf(ports, call, grant);
    },
    decide: async (grant, marks) => {
      const reviewer = actorOf(call.caller);
      const reviewed = review(grant, { reviewer, marks, comment }, ports.clock());
      if (reviewed.ok) {
        const happenings = [{ type: 'reviewed', comment } as const];
        return ok({ grant: reviewed.value, happenings, unsuspended: [] });
      }
      const { code, detail } = reviewed.error;
      return code === 'own-request' ? forbidden(grant, detail) : wrongState(grant, detail);
    },
  });
}
