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
