import * as client from 'openid-client';
import { isLoopback, isSafe, type NamedBroker } from '../broker/brokers.ts';
import { unreachable } from '../broker/http.ts';
import { fetchThrough } from '../broker/proxy.ts';
import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';
import { isFor, lifetimeOf } from './read-token.ts';
import type { Tokens } from './tokens.ts';

/** The identity provider of a broker. */
export type Provider = {
  readonly configuration: client.Configuration;
  readonly audience: string;
  readonly scope: string;
};

/** With `offline_access` the provider issues a refresh token, so that users rarely sign in. */
const SCOPE = 'openid offline_access';

/**
 * Reads the provider's metadata (OpenID Connect Discovery 1.0).
 *
 * @throws Failure if the broker names no provider, or the provider cannot be reached.
 */
export async function providerOf(broker: NamedBroker): Promise<Provider> {
  const { issuer, clientId, audience, scope: more } = broker;
  if (issuer === null || clientId === null || audience === null) {
    throw new Failure(
      'signIn',
      `The broker ${broker.name} has no identity provider for people.`,
      'Run `valetkey login --aws` if it accepts AWS sessions, or set VALETKEY_TOKEN to a token that it accepts.',
    );
  }
  const url = safeUrl(issuer);
  try {
    const configuration = await client.discovery(url, clientId, LENIENT, client.None(), {
      [client.customFetch]: fetchThrough as client.CustomFetch,
      ...(isLoopback(url.hostname) && { execute: [client.allowInsecureRequests] }),
    });
    return { configuration, audience, scope: more ? `${SCOPE} ${more}` : SCOPE };
  } catch (error) {
    if (error instanceof TypeError || error instanceof client.ClientError) {
      throw unreachable(issuer, error.cause ?? error);
    }
    throw error;
  }
}

/** The clock of the user's machine may be wrong; the broker checks the token by its own clock. */
const LENIENT = { [client.clockTolerance]: 3600 };

/**
 * Picks the token for the broker from the provider's answer.
 *
 * @param before The tokens that were refreshed, whose refresh token may still be valid.
 * @throws Failure if no token is for the audience.
 */
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
      'Ask your platform team to set this audience for the client (see docs/deploy.md).',
    );
  }
  return {
    bearer,
    refreshToken: answer.refresh_token ?? before?.refreshToken ?? null,
    obtainedAt: Date.now(),
    lifetimeSeconds: lifetimeOf(bearer) ?? answer.expires_in ?? 0,
  };
}

/** Explains an error of the provider. */
export function signInFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = error instanceof client.ResponseBodyError ? error.error : '';
  const description =
    error instanceof client.ResponseBodyError ? (error.error_description ?? error.error) : '';
  const known: Readonly<Record<string, string>> = {
    access_denied: 'The identity provider refused the sign-in.',
    expired_token: 'The code has expired.',
    invalid_grant: 'The sign-in has expired.',
  };
  const message = known[code] ?? `The sign-in failed: ${plain(description || messageOf(error))}.`;
  return new Failure('signIn', message, 'Run `valetkey login` again.');
}

function safeUrl(issuer: string): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  if (url !== null && isSafe(url)) return url;
  throw new Failure('signIn', 'The URL of the identity provider does not start with https://.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
