import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { mayFetch } from '../../core/issuer.ts';
import { getJson } from './get-json.ts';
import { IssuerUnreachable } from './issuer-unreachable.ts';

const TIMEOUT_MS = 3000;
const LIFETIME_MS = 10 * 60_000;

/** After a fetch, an unknown key id causes the next one no sooner than this. */
const COOLDOWN_MS = 30_000;

/** After a fetch that failed, the issuer is not asked again for this long. */
const FAILURE_COOLDOWN_MS = 3000;

/** Looks a token's key up; `warm` fetches the keys before the first token arrives. */
export type IssuerKeys = JWTVerifyGetKey & { readonly warm?: () => Promise<void> };

/**
 * The issuer's signing keys, found by OpenID Connect Discovery and kept in memory for ten minutes. An
 * unknown key id causes another fetch, which is how rotated keys are found.
 *
 * jose's own remote key set does the same, but loads Node's `fetch` in every cold start, and asks an
 * issuer that is down again for every token.
 */
export function issuerKeys(url: string): IssuerKeys {
  let jwksUri: string | undefined;
  let keys: JWTVerifyGetKey | undefined;
  let expiresAt = Number.NEGATIVE_INFINITY;
  let mayFetchFrom = Number.NEGATIVE_INFINITY;
  let pending: Promise<JWTVerifyGetKey> | undefined;

  const fetchKeys = async (): Promise<JWTVerifyGetKey> => {
    try {
      jwksUri ??= await discoverJwksUri(url);
      keys = createLocalJWKSet((await getJson(jwksUri, TIMEOUT_MS)) as JSONWebKeySet);
      expiresAt = performance.now() + LIFETIME_MS;
      mayFetchFrom = performance.now() + COOLDOWN_MS;
      return keys;
    } catch (cause) {
      // The keys may have moved.
      jwksUri = undefined;
      mayFetchFrom = performance.now() + FAILURE_COOLDOWN_MS;
      throw new IssuerUnreachable(url, { cause });
    } finally {
      pending = undefined;
    }
  };
  /** One fetch for all who wait, and none too soon after the last. */
  const refresh = async (): Promise<JWTVerifyGetKey> => {
    if (pending === undefined && performance.now() < mayFetchFrom) throw new IssuerUnreachable(url);
    pending ??= fetchKeys();
    return pending;
  };

  const get: JWTVerifyGetKey = async (header, token) => {
    const known = keys !== undefined && performance.now() < expiresAt ? keys : await refresh();
    try {
      return await known(header, token);
    } catch (error) {
      const unknown = error instanceof errors.JWKSNoMatchingKey;
      if (!unknown || (pending === undefined && performance.now() < mayFetchFrom)) throw error;
      return (await refresh())(header, token);
    }
  };
  const warm = async (): Promise<void> => {
    await refresh();
  };
  return Object.assign(get, { warm });
}

/** OpenID Connect Discovery 1.0, sections 4.2 and 4.3: the document must name its own issuer, over HTTPS. */
async function discoverJwksUri(url: string): Promise<string> {
  if (!mayFetch(url, url)) throw new IssuerUnreachable(url);
  const path = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await getJson(path, TIMEOUT_MS);
  if (!isDiscovery(document) || document.issuer !== url) throw new IssuerUnreachable(url);
  if (!mayFetch(document.jwks_uri, url)) throw new IssuerUnreachable(document.jwks_uri);
  return document.jwks_uri;
}

function isDiscovery(value: unknown): value is { issuer: string; jwks_uri: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'issuer' in value &&
    'jwks_uri' in value &&
    typeof value.jwks_uri === 'string'
  );
}
