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
  /** What the command asks the provider for besides `openid offline_access`, such as a scope of the API. */
  readonly scope?: string;
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
  /** Why the author accepts warnings of `valetkey policy check`, by their rules. */
  readonly acknowledged?: Readonly<Record<string, string>>;
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
 * Whether the broker may fetch an address for an issuer: its configuration, or the key set that its
 * configuration names. That may be on another host, as with Google, but only over HTTPS, and a loopback,
 * link-local or private address only where the issuer itself is on that host. Names are not resolved here:
 * HTTPS proves that the host has a certificate for its name. Plain HTTP is for development on loopback.
 */
export function mayFetch(address: string, issuerUrl: string): boolean {
  if (!URL.canParse(address) || !URL.canParse(issuerUrl)) return false;
  const [{ protocol, hostname }, issuer] = [new URL(address), new URL(issuerUrl)];
  const same = hostname === issuer.hostname;
  if (protocol === 'http:') return issuer.protocol === 'http:' && same && isLoopback(hostname);
  return protocol === 'https:' && (same || !isPrivate(hostname));
}

function isLoopback(host: string): boolean {
  return /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost\.?)$/.test(host);
}

/**
 * `URL` writes every spelling of an address in one way. Of IPv6, only global unicast addresses are public, and
 * not those in which IPv4 addresses hide (IANA special-purpose address registries).
 */
function isPrivate(host: string): boolean {
  if (host.startsWith('[')) return !/^\[[23]/.test(host) || /^\[2002:|^\[2001:0?:/.test(host);
  if (!/^\d+(\.\d+){3}$/.test(host)) return isLoopback(host) || !host.includes('.');
  const [a = 0, b = 0] = host.split('.').map(Number);
  return (
    [0, 10, 127].includes(a) ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && (b === 0 || b === 168)) ||
    (a === 198 && (b === 18 || b === 19))
  );
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
