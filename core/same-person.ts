import type { Requester } from './grant.ts';
import { identifyingTag, type Principal } from './principal.ts';

/**
 * Marks identify the person behind a principal: first its immutable id, then the values of the claims that the
 * entitlement names, such as an employee number. Two principals that share a mark are one person,
 * whichever issuers they come from.
 */
export type Marks = readonly string[];

/**
 * The form in which values of claims are compared: normalised (NFKC), without surrounding spaces, in one
 * case. An e-mail address or employee number that two issuers write differently is one person. Going
 * through lower case to upper case makes equal what has several forms of either, such as ẞ and ß, or the
 * two sigmas.
 */
export function comparable(value: string): string {
  return value.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFKC').trim();
}

/** @returns null where a person's token lacks a named claim: the person cannot be told apart from others. */
export function marksOf(
  principal: Pick<Principal, 'type' | 'id' | 'tags'>,
  claims: readonly string[],
): Marks | null {
  const named = claims.flatMap((claim) => {
    const value = identifyingTag(principal, claim);
    return value === null || comparable(value) === '' ? [] : [`${claim}=${value}`];
  });
  if (principal.type === 'User' && named.length < claims.length) return null;
  return [principal.id, ...named];
}

/**
 * Ids are compared exactly, values of claims as `comparable` makes them. Stored marks are as the issuer
 * wrote them, so both sides are made comparable here.
 */
export function isSamePerson(a: Marks, b: Marks): boolean {
  if (a.some((mark) => b.includes(mark))) return true;
  const others = b.slice(1).map(comparableClaim);
  return a.slice(1).some((mark) => others.includes(comparableClaim(mark)));
}

/** `claim=value` with the value in its comparable form. */
function comparableClaim(mark: string): string {
  const value = mark.indexOf('=') + 1;
  return mark.slice(0, value) + comparable(mark.slice(value));
}

type Named = Pick<Requester, 'id' | 'name'>;

/**
 * Whether another account shows the requester's own name, such as the same e-mail address. Names prove
 * nothing, so this refuses no vote; it is said where no claims tell people apart.
 */
export function looksLikeRequester(requester: Named, voter: Named): boolean {
  const name = comparable(requester.name);
  return requester.id !== voter.id && name !== '' && name === comparable(voter.name);
}
