import type { Principal } from './principal.ts';

/**
 * Marks identify the person behind a principal: its immutable id, and the values of the claims that the
 * entitlement names, such as an employee number. Two principals that share a mark are one person,
 * whichever issuers they come from.
 */
export type Marks = readonly string[];

/** @returns null where a person's token lacks a named claim: the person cannot be told apart from others. */
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
