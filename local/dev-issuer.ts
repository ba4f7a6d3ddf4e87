import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider, {
  type ClientMetadata,
  type Configuration,
  interactionPolicy,
  type JWKS,
} from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import type { Issuer } from '../core/issuer.ts';
import type { Person } from './account-claims.ts';
import { type Accounts, readBody, serveLogin } from './dev-login.ts';

export type DevIssuer = (request: IncomingMessage, response: ServerResponse) => void;

const KEY_ID = 'development';
const TOKEN_LIFETIME_SECONDS = 600;
const HOUR = 3600;
const DAY = 24 * HOUR;
const MAX_BODY_BYTES = 64 * 1024;

/**
 * An OpenID provider for development: discovery, keys and, for people, the authorisation code flow
 * with PKCE and the device flow, behind a login page that accepts any user. In addition,
 * `POST <issuer>/dev/token` signs any claims.
 *
 * @param claimsOf What the tokens of people contain besides the usual claims.
 */
export async function devIssuer(
  issuer: Pick<Issuer, 'type' | 'audience' | 'clientId' | 'scope'>,
  url: string,
  claimsOf: (person: Person) => object = () => ({}),
): Promise<DevIssuer> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' };
  const prefix = new URL(url).pathname;
  const accounts: Accounts = new Map();
  const provider = new Provider(url, configuration(issuer, prefix, accounts, [key]));
  allowLoopback(provider);
  const serve = provider.callback();

  const sign = (claims: Record<string, unknown>): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const all = {
      iss: url,
      aud: issuer.audience[0],
      iat: now,
      exp: now + TOKEN_LIFETIME_SECONDS,
      ...claims,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    return new SignJWT(given)
      .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
      .sign(privateKey);
  };

  return (request, response) => {
    const path = (request.url ?? '').slice(prefix.length);
    if (path === '/dev/token') {
      void answerDevToken(request, response, sign);
      return;
    }
    if (path.startsWith('/interaction/')) {
      void serveLogin(provider, { accounts, claimsOf }, request, response);
      return;
    }
    // The provider is mounted below a path, so it must not see that path.
    request.url = path === '' ? '/' : path;
    Object.assign(request, { originalUrl: `${prefix}${path}` });
    void serve(request, response);
  };
}

async function answerDevToken(
  request: IncomingMessage,
  response: ServerResponse,
  sign: (claims: Record<string, unknown>) => Promise<string>,
): Promise<void> {
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.method !== 'POST') return answer(405, { error: 'POST a JSON object of claims' });
  try {
    const claims = parseObject(await readBody(request, MAX_BODY_BYTES));
    if (claims === null) return answer(400, { error: 'the body must be a JSON object of claims' });
    answer(200, { token: await sign(claims) });
  } catch (error) {
    answer(400, {
      error: error instanceof Error ? error.message : 'these claims cannot be signed',
    });
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const SCOPES = 'openid offline_access';

function configuration(
  issuer: Pick<Issuer, 'type' | 'audience' | 'clientId' | 'scope'>,
  prefix: string,
  accounts: Accounts,
  keys: JWKS['keys'],
): Configuration {
  const scopes = issuer.scope === undefined ? SCOPES : `${SCOPES} ${issuer.scope}`;
  const people = issuer.type === 'User' && issuer.clientId !== undefined;
  return {
    adapter: (name) => new MemoryAdapter(name),
    // All lifetimes are set, because the library prints a notice for each missing one.
    ttl: {
      AccessToken: TOKEN_LIFETIME_SECONDS,
      IdToken: TOKEN_LIFETIME_SECONDS,
      DeviceCode: TOKEN_LIFETIME_SECONDS,
      Interaction: HOUR,
      Grant: DAY,
      Session: DAY,
      RefreshToken: DAY,
    },
    // OpenID Connect requires prompt=consent for `offline_access`; the login page counts as
    // consent.
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
    jwks: { keys },
    scopes: scopes.split(' '),
    cookies: { keys: [randomUUID()] },
    clients: people ? [commandLine(issuer.clientId ?? '')] : [],
    // The page asks for its tokens from its own origin.
    clientBasedCORS: (_context, origin) => isLoopback(origin),
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    extraTokenClaims: (_context, token) =>
      'accountId' in token ? accounts.get(String(token.accountId)) : undefined,
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: people },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes,
          audience: issuer.audience[0],
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_LIFETIME_SECONDS,
        }),
      },
    },
    interactions: {
      url: (_context, { uid }) => `${prefix}/interaction/${uid}`,
      policy: promptPolicy(),
    },
    // No consent page: the only client is our own.
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc;
      const grant = new provider.Grant({
        clientId: client?.clientId ?? '',
        accountId: session?.accountId ?? '',
      });
      grant.addOIDCScope(scopes);
      grant.addResourceScope(RESOURCE, scopes);
      await grant.save();
      return grant;
    },
  };
}

/** The API behind the access tokens: a resource indicator must be a URI (RFC 8707). */
const RESOURCE = 'urn:valetkey:broker';

/** Whoever signs in for the command sees the form each time (RFC 8252, section 8.6); the page may go on silently. */
function promptPolicy(): interactionPolicy.DefaultPolicy {
  const { base, Check } = interactionPolicy;
  const policy = base();
  const consent = policy.get('consent');
  const native = 'native_client_prompt';
  consent?.checks.remove(native);
  consent?.checks.add(
    new Check(
      native,
      'native clients require End-User interaction',
      'interaction_required',
      (context) => {
        const { params, result } = context.oidc;
        const isCommand = String(params?.['redirect_uri'] ?? '').endsWith('/callback');
        return isCommand && result?.consent === undefined
          ? Check.REQUEST_PROMPT
          : Check.NO_NEED_TO_PROMPT;
      },
    ),
  );
  return policy;
}

/** The page is on a port and below a path that nobody knows before it is deployed. */
function allowLoopback(provider: Provider): void {
  const { prototype } = provider.Client as unknown as {
    readonly prototype: { redirectUriAllowed: (url: string) => boolean };
  };
  const registered = prototype.redirectUriAllowed;
  prototype.redirectUriAllowed = function allowed(url) {
    return isLoopback(url) ? true : registered.call(this, url);
  };
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', 'localhost'].includes(new URL(url).hostname);
}

/** A native public client: any port of loopback, and PKCE (RFC 8252). */
function commandLine(clientId: string): ClientMetadata {
  return {
    client_id: clientId,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: [
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
  };
}
