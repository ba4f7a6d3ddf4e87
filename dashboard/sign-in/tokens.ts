/** The token that the broker takes: the same choice as the command makes. */
export type Bearer = {
  readonly token: string;
  readonly expiresAt: number;
  /** Whose it is, as its issuer knows them. */
  readonly person: string;
};

/**
 * @param receivedAt by the clock of this machine, as `expiresAt` is
 * @returns null if none of the tokens is for the audience
 */
export function bearerFrom(
  answer: {
    readonly access_token?: string;
    readonly id_token?: string;
    readonly expires_in?: number;
  },
  audience: string,
  receivedAt: number,
): Bearer | null {
  for (const token of [answer.access_token, answer.id_token]) {
    const claims = token === undefined ? null : claimsOf(token);
    if (token === undefined || claims === null) continue;
    const { aud, exp, iat, iss, sub } = claims;
    if (!(Array.isArray(aud) ? aud.includes(audience) : aud === audience)) continue;
    const seconds =
      typeof exp === 'number' && typeof iat === 'number' ? exp - iat : (answer.expires_in ?? 0);
    return { token, expiresAt: receivedAt + seconds * 1000, person: `${iss} ${sub}` };
  }
  return null;
}

/** The claims of a JWT (RFC 7519), unchecked: the broker checks them. */
function claimsOf(token: string): Readonly<Record<string, unknown>> | null {
  const [, payload = ''] = token.split('.');
  try {
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}
