import { decodeJwt, errors, jwtVerify } from 'jose';
import { chooseIssuer } from '../../core/choose-issuer.ts';
import { callerFromClaims } from '../../core/claims.ts';
import { formatInstant, type Instant } from '../../core/instant.ts';
import type { Issuer } from '../../core/issuer.ts';
import type { TokenProblem, TokenVerifier } from '../../core/ports.ts';
import type { Claims } from '../../core/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type IssuerKeys, issuerKeys } from './issuer-keys.ts';

/** Asymmetric only: never `none`, never HMAC (RFC 8725, section 3.1). */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const CLOCK_SKEW_SECONDS = 60;

/** API Gateway accepts 10,240 bytes of headers in total; real tokens are far smaller. */
const MAX_TOKEN_LENGTH = 10_240;

export type KeysOf = (url: string) => IssuerKeys;

/**
 * Verifies bearer tokens of several issuers: signature, issuer, audience, expiry, not-before.
 *
 * No token is cached; every call verifies again.
 *
 * @param urlOf the URL of an issuer, for which the local stack gives its own
 */
export function tokenVerifier(
  issuers: readonly Issuer[],
  urlOf: (issuer: Issuer) => string,
  clock: () => Instant,
  keysOf: KeysOf = issuerKeys,
): TokenVerifier & { readonly ready: Promise<unknown> } {
  const known = new Map(
    [...Map.groupBy(issuers, urlOf)].map(([url, entries]) => [url, { entries, keys: keysOf(url) }]),
  );
  const verify: TokenVerifier = async (token) => {
    const claimed = claimsOf(token);
    if (!claimed.ok) return claimed;
    const { iss } = claimed.value;
    const trusted = known.get(String(iss));
    if (trusted === undefined)
      return refused('its issuer (iss) is not one that this broker trusts');
    const { entries, keys } = trusted;
    // Chosen from what the signature is then checked for.
    const chosen = chooseIssuer(entries, claimed.value);
    if (!chosen.ok) return refused(chosen.error);
    const issuer = chosen.value;
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: String(iss),
        audience: [...issuer.audience],
        clockTolerance: CLOCK_SKEW_SECONDS,
        requiredClaims: ['exp'],
        currentDate: new Date(clock()),
      });
      const caller = callerFromClaims(issuer, payload, clock());
      return caller.ok ? ok(caller.value) : refused(caller.error);
    } catch (error) {
      return err(explain(error, issuer));
    }
  };
  // Keys are fetched while the Lambda initialises. An issuer that does not answer now is asked
  // again when its first token arrives.
  const warming = Array.from(known.values(), ({ keys }) => keys.warm?.());
  return Object.assign(verify, { ready: Promise.allSettled(warming) });
}

/** What the token claims, before it is verified. */
function claimsOf(token: string): Result<Claims, TokenProblem> {
  if (token.length > MAX_TOKEN_LENGTH) return refused('it is too long');
  try {
    const claims = decodeJwt(token);
    return typeof claims.iss === 'string' ? ok(claims) : refused('it names no issuer (iss)');
  } catch {
    return refused('it is not a JWT');
  }
}

function explain(error: unknown, issuer: Issuer): TokenProblem {
  if (error instanceof errors.JWTExpired) {
    return problem(`it expired at ${timeOf(error.payload, 'exp')}`);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud')
      return problem(
        `its audience (aud) is not ${issuer.audience.map((one) => `'${one}'`).join(' or ')}`,
      );
    if (error.claim === 'nbf')
      return problem(`it is not valid before ${timeOf(error.payload, 'nbf')}`);
    return problem(`its claim '${error.claim}' is missing or not valid`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return problem('its signature is wrong');
  if (error instanceof errors.JWKSNoMatchingKey) {
    return problem('it is signed with a key that its issuer does not publish');
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return problem(`its algorithm (alg) is not one of ${ALGORITHMS.join(', ')}`);
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return problem('it is not a well-formed signed JWT');
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return problem('it names no key (kid) and its issuer has several');
  }
  // Every other error comes from fetching the issuer's keys.
  return { code: 'unavailable', what: 'issuer' };
}

function timeOf(claims: Claims, name: 'exp' | 'nbf'): string {
  const seconds = claims[name];
  return typeof seconds === 'number' && Math.abs(seconds) < 8e12
    ? formatInstant(seconds * 1000)
    : 'an unreadable time';
}

function problem(reason: string): TokenProblem {
  return { code: 'token-refused', detail: `The token was not accepted: ${reason}.` };
}

function refused(reason: string): Result<never, TokenProblem> {
  return err(problem(reason));
}
