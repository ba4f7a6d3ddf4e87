import type { Participant } from '../access-review.ts';
import { actorOf } from '../audit.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { Failure } from '../failure.ts';
import type { Caller, Principal } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { isSamePerson, type Marks, marksOf } from '../same-person.ts';

/** Who takes part in a review, told apart as voters are. */

/** The claims that tell people apart, of all entitlements. */
export function personClaims(bundle: Pick<Bundle, 'entitlements'>): readonly string[] {
  const claims = Object.values(bundle.entitlements).flatMap(
    ({ approval }) => approval?.samePerson ?? [],
  );
  return [...new Set(claims)].toSorted();
}

/** The marks of a principal as it was recorded, which may lack a claim: then those it has. */
export function recordedMarks(
  principal: Pick<Principal, 'type' | 'id' | 'tags'>,
  claims: readonly string[],
): Marks {
  const named = claims.flatMap((claim) => marksOf(principal, [claim])?.slice(1) ?? []);
  return [principal.id, ...named];
}

/** Whoever cannot be told apart from others decides and signs nothing. */
export function participantOf(
  caller: Caller,
  bundle: Pick<Bundle, 'entitlements'>,
): Result<Participant, Failure> {
  const { principal } = caller;
  const claims = personClaims(bundle);
  const marks = marksOf(principal, claims);
  if (marks !== null) return ok({ who: actorOf(caller), marks });
  const missing = claims.filter((claim) => marksOf(principal, [claim]) === null);
  return err({
    code: 'forbidden',
    detail: `Your token lacks ${missing.join(' and ')}, which tells people apart, so you cannot take part in an access review.`,
  });
}

export function isSameParticipant(a: Participant, b: Participant): boolean {
  return isSamePerson(a.marks, b.marks);
}
