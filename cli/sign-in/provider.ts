import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { isLoopback, isSafe, type NamedBroker } from '../broker/brokers.ts';
import { unreachable } from '../broker/http.ts';
import { fetchThrough } from '../broker/proxy.ts';
import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';
import type { Tokens } from './tokens.ts';

/** The identity provider of a broker, by OpenID Connect Discovery 1.0. */
export type Provider = {
  readonly configuration: client.Configuration;
  readonly audience: string;
};

/** Refresh tokens are asked for, so that nobody signs in every ten minutes. */
export const SCOPE = 'openid offline_access';

export async function providerOf(broker: NamedBroker): Promise<Provider> {
  const { issuer, clientId, audience } = broker;
  if (issuer === null || clientId === null || audience === null) {
    throw new Failure(
      'signIn',
      `The broker ${broker.name} signs nobody in by this command.`,
      'Set VALETKEY_TOKEN to a token of an issuer that it trusts.',
    );
  }
  const url = safeUrl(issuer);
  try {
    const configuration = await client.discovery(url, clientId, LENIENT, client.None(), {
      [client.customFetch]: fetchThrough as client.CustomFetch,
      ...(isLoopback(url.hostname) && { execute: [client.allowInsecureRequests] }),
    });
    return { configuration, audience };
  } catch (error) {
    if (error instanceof TypeError || error instanceof client.ClientError) {
      throw unreachable(issuer, error.cause ?? error);
    }
    throw error;
  }
}

/** A laptop's clock may be wrong; the broker judges the token by its own. */
const LENIENT = { [client.clockTolerance]: 3600 };

/** What was issued, as this command keeps it. */
export function tokensFrom(
  answer: client.TokenEndpointResponse,
  audience: string,
  before: Tokens | null,
): Tokens {
  const bearer = [answer.access_token, answer.id_token].find(
    (token) => token !== undefined && isFor(token, audience),
  );
  if (bearer === undefined) {
    throw new Failure(
      'signIn',
      `The identity provider issued no token for the audience ${plain(audience)}.`,
      'Its administrators have to set this audience for the client; see docs/deploy.md.',
    );
  }
  const { exp, iat } = decodeJwt(bearer);
  const lifetime = exp !== undefined && iat !== undefined ? exp - iat : (answer.expires_in ?? 0);
  return {
    bearer,
    refreshToken: answer.refresh_token ?? before?.refreshToken ?? null,
    obtainedAt: Date.now(),
    lifetimeSeconds: lifetime,
  };
}

/** What the provider said, in words. */
export function signInFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = error instanceof client.ResponseBodyError ? error.error : '';
  const said =
    error instanceof client.ResponseBodyError ? (error.error_description ?? error.error) : '';
  const known: Readonly<Record<string, string>> = {
    access_denied: 'Signing in was refused.',
    expired_token: 'The code was not used in time.',
    invalid_grant: 'The sign-in has expired.',
  };
  const what = known[code] ?? `Signing in failed: ${plain(said || messageOf(error))}.`;
  return new Failure('signIn', what, 'Sign in again: valetkey login');
}

/** A token is sent to its audience only (RFC 8707): everything else is none of the broker's business. */
function isFor(token: string, audience: string): boolean {
  try {
    const { aud } = decodeJwt(token);
    return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
  } catch {
    return false;
  }
}

function safeUrl(issuer: string): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  if (url !== null && isSafe(url)) return url;
  throw new Failure('signIn', 'The broker names an identity provider that is not on https.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
