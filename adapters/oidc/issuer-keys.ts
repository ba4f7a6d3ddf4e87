import {
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose';
import { getJson } from './get-json.ts';
import { IssuerUnreachable } from './issuer-unreachable.ts';

/** An unknown key id makes the keys be fetched again, at most this often: issuers are never hammered. */
const COOLDOWN_MS = 30_000;
const DISCOVERY_COOLDOWN_MS = 3000;
const TIMEOUT_MS = 3000;
const KEYS_LIFETIME_MS = 10 * 60_000;

/** Looks a token's key up; `warm` fetches the keys before the first token comes. */
export type IssuerKeys = JWTVerifyGetKey & { readonly warm?: () => Promise<void> };

/**
 * The issuer's signing keys, found by OpenID Connect Discovery and kept in memory. An unknown key
 * id makes them be fetched again, which is how rotated keys are found, at most every 30 seconds.
 */
export function issuerKeys(url: string): IssuerKeys {
  let keys: Promise<RemoteKeys> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  const discover = async (): Promise<RemoteKeys> => {
    if (performance.now() - failedAt < DISCOVERY_COOLDOWN_MS) throw new IssuerUnreachable(url);
    try {
      return createRemoteJWKSet(new URL(await discoverJwksUri(url)), {
        cooldownDuration: COOLDOWN_MS,
        cacheMaxAge: KEYS_LIFETIME_MS,
        timeoutDuration: TIMEOUT_MS,
        [customFetch]: fetchKeys,
      });
    } catch (error) {
      failedAt = performance.now();
      keys = undefined;
      throw error;
    }
  };

  const get: JWTVerifyGetKey = async (header, token) => {
    keys ??= discover();
    return (await keys)(header, token);
  };
  const warm = async (): Promise<void> => {
    keys ??= discover();
    await (await keys).reload();
  };
  return Object.assign(get, { warm });
}

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/** OpenID Connect Discovery 1.0, sections 4.2 and 4.3: the document must name its own issuer. */
async function discoverJwksUri(url: string): Promise<string> {
  const path = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await getJson(path, TIMEOUT_MS);
  if (!isDiscovery(document) || document.issuer !== url) throw new IssuerUnreachable(url);
  return document.jwks_uri;
}

/** jose's own fetching, timing and caching, by way of `getJson`. */
const fetchKeys: FetchImplementation = async (url) => {
  const keys = await getJson(url, TIMEOUT_MS);
  return { status: 200, json: async () => keys } as Response;
};

function isDiscovery(value: unknown): value is { issuer: string; jwks_uri: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'issuer' in value &&
    'jwks_uri' in value &&
    typeof value.jwks_uri === 'string'
  );
}
