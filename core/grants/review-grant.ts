import { findEntitlement } from '../bundle/bundle.ts';
import { unknownPerson } from '../deciding/fixed-rules.ts';
import { mayReview } from '../deciding/who-may.ts';
import type { Failure } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { review } from '../lifecycle/review.ts';
import { ok, type Result } from '../result.ts';
import { marksOf } from '../same-person.ts';
import {
  type Act,
  actorOf,
  type ChangePorts,
  changeGrant,
  forbidden,
  wrongState,
} from './change-grant.ts';

/** Closes the review that a break-glass use owes. */
export function reviewGrant(
  ports: ChangePorts,
  act: Act,
  comment: string | null,
): Promise<Result<Grant, Failure>> {
  return changeGrant(ports, act, async (grant) => {
    const allowed = mayReview(ports, act, grant);
    if (!allowed.ok) return allowed;
    if (!allowed.value) return forbidden(grant, 'Policy does not let you review this grant.');
    const claims = findEntitlement(ports.bundle, grant.entitlement)?.approval?.samePerson ?? [];
    const marks = marksOf(act.caller.principal, claims);
    if (marks === null) return forbidden(grant, unknownPerson(claims));
    const reviewed = review(grant, { reviewer: actorOf(act), marks, comment }, ports.clock());
    if (!reviewed.ok) {
      const { code, detail } = reviewed.error;
      return code === 'own-request' ? forbidden(grant, detail) : wrongState(grant, detail);
    }
    return ok({ grant: reviewed.value, happening: { type: 'reviewed', comment } });
  });
}
