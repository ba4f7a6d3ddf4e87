import { getJson } from './get-json.ts';

const TIMEOUT_MS = 2000;
const KEPT_MS = 3_600_000;

/**
 * The origins that a browser asks to sign in: the issuer's, and that of its token endpoint, which may be another (OpenID
 * Connect Discovery 1.0). Where the issuer does not answer, its own alone, and the next caller asks again.
 *
 * @param issuer its URL; null where people cannot sign in
 */
export function providerOrigins(
  issuer: string | null,
  clock: () => number,
): () => Promise<readonly string[]> {
  let kept: { readonly origins: readonly string[]; readonly until: number } | null = null;
  return async () => {
    if (issuer === null) return [];
    if (kept !== null && clock() < kept.until) return kept.origins;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const found = await getJson(url, TIMEOUT_MS).catch(() => null);
    const origins = originsOf(issuer, found);
    if (found !== null) kept = { origins, until: clock() + KEPT_MS };
    return origins;
  };
}

/** Only what may stand in a policy: `https`, or plain HTTP for a provider that is reached so itself. */
function originsOf(issuer: string, metadata: unknown): readonly string[] {
  const endpoint =
    typeof metadata === 'object' && metadata !== null && 'token_endpoint' in metadata
      ? metadata.token_endpoint
      : null;
  const { origin, protocol } = new URL(issuer);
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return [origin];
  const token = new URL(endpoint);
  const safe = token.protocol === 'https:' || token.protocol === protocol;
  return safe && token.origin !== origin ? [origin, token.origin] : [origin];
}
