import type { Issuer } from '../core/issuer.ts';

/** Whoever signs in at a development issuer. */
export type Person = {
  readonly user: string;
  readonly groups: readonly string[];
  readonly secondFactor: boolean;
};

type Claims = Record<string, unknown>;

/**
 * What the issuer's entry reads of a person beyond `sub`, `email`, `name`, `groups` and `amr`, under its own
 * names: with any bundle, whoever signs in on the local stack is somebody.
 */
export function claimsOf(issuer: Issuer, { user, groups, secondFactor }: Person): Claims {
  const { subject, name, groups: groupClaims = [], groupSeparator, when, mfa } = issuer;
  const claims: Claims = {};
  const put = (claim: string, value: unknown): void =>
    putAt(claims, issuer.claims?.[claim] ?? [claim], value);
  for (const claim of [...subject, name]) if (!STANDARD.includes(claim)) put(claim, user);
  const [groupClaim] = groupClaims;
  if (groupClaim !== undefined) {
    put(groupClaim, groupSeparator === undefined ? groups : groups.join(groupSeparator));
  }
  if (when !== undefined) put(when.claim, when.values[0]);
  const [amr, acr] = [mfa?.amr[0], mfa?.acr[0]];
  if (secondFactor && amr !== undefined) put('amr', [amr]);
  else if (secondFactor && acr !== undefined) put('acr', acr);
  return claims;
}

/** The development issuers give every person these. */
const STANDARD = ['sub', 'email', 'name'];

function putAt(claims: Claims, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) claims[key] = value;
  else {
    const inner = (claims[key] ?? {}) as Claims;
    claims[key] = inner;
    putAt(inner, rest, value);
  }
}
