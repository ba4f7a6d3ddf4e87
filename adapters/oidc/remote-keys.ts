import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { getJson } from './get-json.ts';
import { IssuerUnreachable } from './issuer-unreachable.ts';

const TIMEOUT_MS = 3000;
const LIFETIME_MS = 10 * 60_000;

/** Keys are fetched at most this often, however many unknown key ids arrive. */
const COOLDOWN_MS = 30_000;

/** How long an issuer that did not answer is left alone. */
const FAILURE_COOLDOWN_MS = 3000;

/**
 * The JWK set at a URL, kept for ten minutes. Unlike jose's remote set, it does not ask an address
 * that fails again for every token.
 */
export async function remoteKeys(url: string): Promise<JWTVerifyGetKey> {
  let keys = await fetchKeys(url);
  let fetchedAt = performance.now();
  let mayFetchFrom = fetchedAt + COOLDOWN_MS;
  let pending: Promise<void> | undefined;

  const fetchAgain = async (): Promise<void> => {
    mayFetchFrom = performance.now() + FAILURE_COOLDOWN_MS;
    keys = await fetchKeys(url);
    fetchedAt = performance.now();
    mayFetchFrom = fetchedAt + COOLDOWN_MS;
  };
  /** Waiting calls share one fetch, and no fetch starts within the cool-down of the last. */
  const refresh = async (): Promise<void> => {
    if (pending === undefined && performance.now() < mayFetchFrom) throw new IssuerUnreachable(url);
    pending ??= fetchAgain().finally(() => {
      pending = undefined;
    });
    await pending;
  };

  return async (header, token) => {
    if (performance.now() > fetchedAt + LIFETIME_MS) await refresh();
    try {
      return await keys(header, token);
    } catch (error) {
      const unknown = error instanceof errors.JWKSNoMatchingKey;
      if (!unknown || performance.now() < mayFetchFrom) throw error;
      await refresh();
      return keys(header, token);
    }
  };
}

async function fetchKeys(url: string): Promise<JWTVerifyGetKey> {
  const document = await getJson(url, TIMEOUT_MS);
  try {
    return createLocalJWKSet(document as JSONWebKeySet);
  } catch (cause) {
    throw new IssuerUnreachable(url, { cause });
  }
}
