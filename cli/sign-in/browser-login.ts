import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';
import { isSafe } from '../broker/brokers.ts';
import { Failure } from '../failure.ts';
import { type Provider, signInFailure, tokensFrom } from './provider.ts';
import type { Tokens } from './tokens.ts';

const PATIENCE_MS = 5 * 60_000;

/**
 * Signs in with the user's browser: the authorisation code flow with PKCE (RFC 8252 for native apps,
 * RFC 7636), with a redirect to a temporary port on loopback.
 *
 * @param open Gets the address of the sign-in page; it resolves to false to give up, as no browser opened.
 * @returns null if it gave up.
 * @throws Failure (`signIn`)
 */
export async function browserLogin(
  { configuration, audience, scope }: Provider,
  open: (url: string) => Promise<boolean>,
): Promise<Tokens | null> {
  const state = client.randomState();
  const verifier = client.randomPKCECodeVerifier();
  const { server, port, callback } = await listen(state);
  try {
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `http://127.0.0.1:${port}/callback`,
      scope,
      audience,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    if (!isSafe(url)) {
      throw new Failure('signIn', 'The URL of the sign-in page does not start with https://.');
    }
    // Who has opened the page by hand meanwhile is not told to sign in anew.
    const gaveUp = open(url.href).then((opened) => (opened ? callback : null));
    const returned = await Promise.race([callback, gaveUp]);
    if (returned === null) return null;
    const answer = await client.authorizationCodeGrant(configuration, returned, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    return tokensFrom(answer, audience, null);
  } catch (error) {
    throw signInFailure(error);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

type Listening = {
  readonly server: Server;
  readonly port: number;
  readonly callback: Promise<URL>;
};

/** Waits for the one redirect that has our `state`; all other requests get 404. */
function listen(state: string): Promise<Listening> {
  return new Promise((ready, fail) => {
    let answer: (url: URL) => void = () => undefined;
    let giveUp: (error: Error) => void = () => undefined;
    const callback = new Promise<URL>((resolve, reject) => {
      answer = resolve;
      giveUp = reject;
    });
    callback.catch(() => undefined);
    const timer = setTimeout(
      () => giveUp(new Failure('signIn', 'No sign-in within five minutes.', RETRY_HINT)),
      PATIENCE_MS,
    );
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const { port } = server.address() as AddressInfo;
      const ours = request.headers.host === `127.0.0.1:${port}` && url.pathname === '/callback';
      if (!ours || url.searchParams.get('state') !== state) {
        return page(response, 404, 'Not found.');
      }
      const refused = url.searchParams.has('error');
      page(response, 200, refused ? 'You are not signed in.' : 'You are signed in.');
      clearTimeout(timer);
      answer(new URL(url.search, `http://127.0.0.1:${port}/callback`));
    });
    server.on('close', () => clearTimeout(timer));
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      ready({ server, port, callback });
    });
  });
}

function page(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8', connection: 'close' })
    .end(`<!doctype html><title>Valet Key</title><p>${text} You may close this page.</p>`);
}

const RETRY_HINT = 'Run `valetkey login` again, with --device to sign in on another device.';
