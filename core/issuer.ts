import type { PrincipalType } from './principal.ts';

/** An OIDC issuer, and how its claims become principals (`policy/issuers.yaml`). */
export type Issuer = {
  readonly id: string;
  readonly type: PrincipalType;
  readonly url: string;
  readonly audience: string;
  /** The client that the command signs in with; only for people. */
  readonly clientId?: string;
  /** The claims that form the immutable id, in order. */
  readonly subject: readonly string[];
  /** The claim with the display name, which is never compared. */
  readonly name: string;
  readonly groups?: string;
  readonly tags?: readonly string[];
  /** The values of `amr` that prove a second factor (RFC 8176). */
  readonly mfa?: { readonly amr: readonly string[] };
};

/**
 * The issuer of the bundle whose principal the id can be: `<issuer id>:<subject>`.
 *
 * @returns null where the bundle has no such issuer, or the id has no subject.
 */
export function issuerOf(id: string, issuers: readonly Issuer[]): Issuer | null {
  const colon = id.indexOf(':');
  if (colon < 1 || colon === id.length - 1) return null;
  return issuers.find((issuer) => issuer.id === id.slice(0, colon)) ?? null;
}
