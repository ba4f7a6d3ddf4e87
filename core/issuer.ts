import type { PrincipalType } from './principal.ts';

/** An OIDC issuer, and how its claims become principals (`policy/issuers.yaml`). */
export type Issuer = {
  readonly id: string;
  readonly type: PrincipalType;
  readonly url: string;
  /** A token is accepted if its `aud` has one of them. The command asks for the first. */
  readonly audience: readonly [string, ...string[]];
  /** The client that the command signs in with; only for people. */
  readonly clientId?: string;
  /**
   * Names for claims that are nested, or that are called otherwise here: the keys that lead to each. The other
   * fields use these names.
   */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
  /** Tells entries with one URL apart: tokens whose claim has one of the values belong to this one. */
  readonly when?: { readonly claim: string; readonly values: readonly string[] };
  /** The claims that form the immutable id, in order. */
  readonly subject: readonly string[];
  /** The claim with the display name, which is never compared. */
  readonly name: string;
  /** The claims that list groups. */
  readonly groups?: readonly string[];
  /** Separates the groups in a claim that is one text. */
  readonly groupSeparator?: string;
  readonly tags?: readonly string[];
  /** The values of `amr` (RFC 8176) and `acr` that prove a second factor; one of them is enough. */
  readonly mfa?: { readonly amr: readonly string[]; readonly acr: readonly string[] };
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

/**
 * The claims that a subject is made of: a single claim unchanged, or several that are percent-encoded and
 * joined by `/`.
 *
 * @returns null for a text that no token of the issuer can have as its subject.
 */
export function subjectClaims(
  { subject: claims }: Pick<Issuer, 'subject'>,
  subject: string,
): Readonly<Record<string, string>> | null {
  const [only] = claims;
  const parts = claims.length === 1 ? [subject] : subject.split('/');
  if (parts.length !== claims.length || parts.includes('')) return null;
  if (claims.length === 1 && only !== undefined) return { [only]: subject };
  try {
    const values = parts.map(decodeURIComponent);
    if (values.some((value, index) => encodeURIComponent(value) !== parts[index])) return null;
    return Object.fromEntries(claims.map((claim, index) => [claim, values[index] ?? '']));
  } catch {
    return null;
  }
}

/** What to write as a subject: `<repository_owner_id>/<repository_id>`. */
export function subjectShape({ subject }: Pick<Issuer, 'subject'>): string {
  return subject.map((claim) => `<${claim}>`).join('/');
}
