import { isLoopback } from '../broker/brokers.ts';
import { http } from '../broker/http.ts';
import { Failure } from '../failure.ts';
import { openInBrowser, whyNoBrowser } from '../sign-in/browser.ts';
import type { ConsolePage } from './console-page.ts';
import { handToBrowser } from './hand-to-browser.ts';
import type { Vended } from './obtain.ts';

/**
 * Makes a link that signs a browser in to the AWS console. The link is valid for 15 minutes, the
 * console session as long as the credentials.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
 */
export async function consoleUrl(
  { credentials, grant }: Vended,
  { destination, federation }: ConsolePage,
): Promise<string> {
  const session = JSON.stringify({
    sessionId: credentials.accessKeyId,
    sessionKey: credentials.secretAccessKey,
    sessionToken: credentials.sessionToken,
  });
  // Without SessionDuration, which AWS refuses for sessions of chained roles.
  const query = new URLSearchParams({ Action: 'getSigninToken', Session: session });
  const { status, json } = await http({ method: 'GET', url: `${federation}?${query}` });
  const token = (json as { readonly SigninToken?: unknown } | null)?.SigninToken;
  if (status !== 200 || typeof token !== 'string') {
    throw new Failure('failed', `AWS sign-in did not accept the keys (${status}).`);
  }
  const login = new URLSearchParams({
    Action: 'login',
    Issuer: `valetkey ${grant.id}`,
    Destination: destination,
    SigninToken: token,
  });
  return `${federation}?${login}`;
}

/**
 * Checks that the broker's AWS has a console, before a grant is requested.
 *
 * @throws Failure for the local stack.
 */
export function refuseLocal(brokerUrl: string): void {
  if (!isLoopback(new URL(brokerUrl).hostname)) return;
  throw new Failure(
    'failed',
    'The local stack has no AWS console.',
    'Use `valetkey exec` or `valetkey shell` instead.',
  );
}

/** @returns false if there is no browser of the user here, or none opened. */
export async function openConsole(link: string): Promise<boolean> {
  if (whyNoBrowser(process.env, process.platform) !== null) return false;
  return handToBrowser(link, openInBrowser);
}
