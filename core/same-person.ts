import type { Decision } from './decision.ts';
import type { Entitlement } from './entitlement.ts';
import type { Principal } from './principal.ts';

/**
 * Who is one person behind several principals: whoever has the same immutable id, or the same value
 * of a claim that the entitlement names (an employee number, say), whichever issuer says so.
 */
export type Marks = readonly string[];

/** @returns null where a person lacks a named claim: then nobody can tell, and it must not count. */
export function marksOf(
  principal: Pick<Principal, 'type' | 'id' | 'tags'>,
  claims: readonly string[],
): Marks | null {
  const named = claims.flatMap((claim) => {
    const value = Object.hasOwn(principal.tags, claim) ? principal.tags[claim] : undefined;
    return value === undefined || value === '' ? [] : [`${claim}=${value}`];
  });
  if (principal.type === 'User' && named.length < claims.length) return null;
  return [principal.id, ...named];
}

export function isSamePerson(a: Marks, b: Marks): boolean {
  return a.some((mark) => b.includes(mark));
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
