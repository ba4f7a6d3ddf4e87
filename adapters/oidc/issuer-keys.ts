import type { JWTVerifyGetKey } from 'jose';
import { getJson } from './get-json.ts';
import { IssuerUnreachable } from './issuer-unreachable.ts';
import { remoteKeys } from './remote-keys.ts';

const TIMEOUT_MS = 3000;

/** How long an issuer that did not answer is left alone. */
const COOLDOWN_MS = 3000;

/** Looks up a token's key; `warm` fetches the keys before the first token arrives. */
export type IssuerKeys = JWTVerifyGetKey & { readonly warm?: () => Promise<void> };

/**
 * The issuer's signing keys, found by OpenID Connect Discovery and kept in memory. To find rotated
 * keys, an unknown key id fetches them again, at most every 30 seconds.
 */
export function issuerKeys(url: string): IssuerKeys {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  const find = async (): Promise<JWTVerifyGetKey> => {
    if (performance.now() - failedAt < COOLDOWN_MS) throw new IssuerUnreachable(url);
    keys ??= discoverJwksUri(url).then(remoteKeys);
    try {
      return await keys;
    } catch (error) {
      failedAt = performance.now();
      keys = undefined;
      throw error;
    }
  };

  const get: JWTVerifyGetKey = async (header, token) => (await find())(header, token);
  const warm = async (): Promise<void> => {
    await find();
  };
  return Object.assign(get, { warm });
}

/** OpenID Connect Discovery 1.0, sections 4.2 and 4.3: the document must name its own issuer. */
async function discoverJwksUri(url: string): Promise<string> {
  const path = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await getJson(path, TIMEOUT_MS);
  if (!isDiscovery(document) || document.issuer !== url) throw new IssuerUnreachable(url);
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
