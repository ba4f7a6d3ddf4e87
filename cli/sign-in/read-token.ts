import { decodeJwt } from 'jose';

/** A token must go only to its audience (RFC 8707). */
export function isFor(token: string, audience: string): boolean {
  try {
    const { aud } = decodeJwt(token);
    return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
  } catch {
    return false;
  }
}

/** How long the token is valid, in seconds; null if it does not say so. */
export function lifetimeOf(token: string): number | null {
  const { exp, iat } = decodeJwt(token);
  return exp !== undefined && iat !== undefined ? exp - iat : null;
}
