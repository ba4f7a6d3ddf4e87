import * as oauth from 'oauth4webapi';
import { allDrafts, forgetDrafts, restoreDrafts } from './drafts.ts';
import { keepPending, noteSigned, type Pending, signed, takePending } from './pending.ts';
import { clientOf, isLoopback, pageUrl, readProvider, requestOptions } from './provider.ts';
import { type Bearer, bearerFrom } from './tokens.ts';

/**
 * Signing in: the authorisation code flow with PKCE (RFC 7636), `state`, `nonce` and `iss` (RFC 9207), by redirects of
 * the whole page. The token is in this module's memory and nowhere else; a reload gets a new one silently.
 */
let bearer: Bearer | null = null;

/** Sign in again within so many seconds of the end, so that no call meets a token that is just running out. */
const SPARE_MS = 5_000;
/** A second silent sign-in so soon after the first would be a circle. */
const CIRCLE_MS = 20_000;
let signedInAt = 0;
/** Who was signed in last in this tab: what they had typed is for nobody else. */
let person: string | null = null;
let leaving: Promise<void> | null = null;

export function token(): string | null {
  return bearer !== null && Date.now() < bearer.expiresAt - SPARE_MS ? bearer.token : null;
}

export type Begun =
  | { readonly kind: 'signed-in' }
  /** The browser is on its way to the provider. */
  | { readonly kind: 'leaving' }
  | { readonly kind: 'signed-out'; readonly why: string | null };

/** What the page does first: come back from the provider, go there silently, or ask the person. */
export async function begin(): Promise<Begun> {
  const pending = takePending();
  const returned = new URLSearchParams(location.search);
  if (location.search !== '') {
    // Never a place that came from outside: the page's own address, and what this tab had kept.
    history.replaceState(null, '', `${pageUrl()}${pending?.hash ?? location.hash}`);
  }
  if (pending !== null && returned.get('state') === pending.state)
    return comeBack(pending, returned);
  if (signed() !== 'in') return { kind: 'signed-out', why: null };
  await leave({ silent: true });
  return { kind: 'leaving' };
}

async function comeBack(pending: Pending, returned: URLSearchParams): Promise<Begun> {
  restoreDrafts(pending.drafts);
  person = pending.person;
  try {
    bearer = await exchange(pending, returned);
  } catch (error) {
    noteSigned('out');
    if (!(error instanceof oauth.AuthorizationResponseError)) throw error;
    // The provider wants to see the person (OpenID Connect Core 1.0, section 3.1.2.6).
    const why = pending.silent ? 'Your session has ended.' : refusal(error);
    return { kind: 'signed-out', why };
  }
  if (person !== null && person !== bearer.person) forgetDrafts();
  person = bearer.person;
  noteSigned('in');
  signedInAt = Date.now();
  return { kind: 'signed-in' };
}

async function exchange(pending: Pending, returned: URLSearchParams): Promise<Bearer> {
  const { server, discovery } = pending.provider;
  const client = clientOf(discovery);
  const parameters = oauth.validateAuthResponse(server, client, returned, pending.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    pageUrl(),
    pending.verifier,
    requestOptions(discovery),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: pending.nonce,
    requireIdToken: true,
  });
  const found = bearerFrom(tokens, discovery.audience, Date.now());
  if (found !== null) return found;
  throw new Error(
    `The identity provider issued no token for the audience ${discovery.audience}. Tell the platform team: docs/deploy.md says how to set it.`,
  );
}

/**
 * Leaves the page for the provider; what was typed is kept in this tab until it comes back.
 *
 * @throws Error in words for the person where the provider cannot be reached
 */
export async function leave({ silent }: { readonly silent: boolean }): Promise<void> {
  const provider = await readProvider();
  const { server, discovery } = provider;
  const verifier = oauth.generateRandomCodeVerifier();
  const pending: Pending = {
    provider,
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier,
    hash: location.hash,
    silent,
    person,
    drafts: allDrafts(),
  };
  const endpoint = new URL(server.authorization_endpoint ?? '');
  if (endpoint.protocol !== 'https:' && !isLoopback(endpoint)) {
    throw new Error('The sign-in page of the identity provider does not start with https://.');
  }
  const parameters = {
    client_id: discovery.clientId,
    response_type: 'code',
    redirect_uri: pageUrl(),
    scope: ['openid', discovery.scope].filter(Boolean).join(' '),
    audience: discovery.audience,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    // Who has signed out wants to be asked who they are.
    ...(silent ? { prompt: 'none' } : signed() === 'out' ? { prompt: 'login' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) endpoint.searchParams.set(name, value);
  keepPending(pending);
  location.assign(endpoint.href);
}

/**
 * Goes on after the broker refused the token, or it ran out: silently where the provider still knows the person.
 *
 * @returns false where that was just tried, so it would not help
 */
export async function renew(): Promise<boolean> {
  bearer = null;
  if (Date.now() - signedInAt < CIRCLE_MS) return false;
  // Several calls may find out at the same time; the page leaves once.
  leaving ??= leave({ silent: true }).catch((error: unknown) => {
    leaving = null;
    throw error;
  });
  await leaving;
  return true;
}

/** Forgets everything: the page is loaded anew, so that nothing of it stays in memory. */
export function signOut(): void {
  bearer = null;
  noteSigned('out');
  history.replaceState(null, '', pageUrl());
  location.reload();
}

function refusal(error: oauth.AuthorizationResponseError): string {
  return error.error === 'access_denied'
    ? 'The identity provider refused the sign-in.'
    : `The sign-in failed: ${error.error_description ?? error.error}.`;
}
