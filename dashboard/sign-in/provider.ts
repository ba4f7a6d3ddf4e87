import * as oauth from 'oauth4webapi';

/** What the broker says about signing in (`/.well-known/valetkey`). */
export type Discovery = {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string | null;
  readonly audience: string;
};

/** Where the browser was sent. Kept on the way there and back, so the answer is taken from nobody else. */
export type Provider = {
  readonly server: oauth.AuthorizationServer;
  readonly discovery: Discovery;
};

/** The clock of the person's machine may be wrong; the broker checks the token by its own clock. */
const LENIENT_SECONDS = 3600;

/** Where the page is, without what follows: also the address that the provider brings people back to. */
export function pageUrl(): string {
  return new URL('.', location.href.replace(/[?#].*$/s, '')).href;
}

/** @throws Error in words for the person where sign-in is impossible */
async function readDiscovery(): Promise<Discovery> {
  const answer = await fetch(new URL('.well-known/valetkey', pageUrl()));
  if (!answer.ok)
    throw new Error(`The broker answers with status ${answer.status}. Try again in a minute.`);
  const { issuer, clientId, scope, audience } = (await answer.json()) as {
    readonly [Key in keyof Discovery]: string | null;
  };
  if (issuer === null || clientId === null || audience === null) {
    throw new Error(
      'This broker has no identity provider that people sign in with here. Use the command: valetkey login',
    );
  }
  return { issuer, clientId, scope, audience };
}

/** Reads the metadata of the provider (OpenID Connect Discovery 1.0). */
export async function readProvider(): Promise<Provider> {
  const discovery = await readDiscovery();
  const issuer = new URL(discovery.issuer);
  const answer = await oauth.discoveryRequest(issuer, requestOptions(discovery));
  return { server: await oauth.processDiscoveryResponse(issuer, answer), discovery };
}

export function clientOf({ clientId }: Discovery): oauth.Client {
  return { client_id: clientId, [oauth.clockTolerance]: LENIENT_SECONDS };
}

export function requestOptions({ issuer }: Discovery): {
  readonly [oauth.allowInsecureRequests]?: boolean;
} {
  return isLoopback(new URL(issuer)) ? { [oauth.allowInsecureRequests]: true } : {};
}

/** Plain HTTP only where no network is between. */
export function isLoopback({ hostname, protocol }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
