import { isLoopback } from '../broker/brokers.ts';
import { http } from '../broker/http.ts';
import { Failure } from '../failure.ts';
import type { Vended } from './obtain.ts';

const SIGN_IN = 'https://signin.aws.amazon.com/federation';

/**
 * A link that signs a browser in to the AWS console with vended keys; it works for 15 minutes, the
 * console session as long as the keys.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
 */
export async function consoleUrl(
  { credentials: keys, grant }: Vended,
  destination: string,
  federation = SIGN_IN,
): Promise<string> {
  const session = JSON.stringify({
    sessionId: keys.accessKeyId,
    sessionKey: keys.secretAccessKey,
    sessionToken: keys.sessionToken,
  });
  // No SessionDuration: for sessions of chained roles AWS refuses it.
  const ask = new URLSearchParams({ Action: 'getSigninToken', Session: session });
  const { status, json } = await http({ method: 'GET', url: `${federation}?${ask}` });
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

/** Said before anything is asked for. */
export function refuseLocal(brokerUrl: string): void {
  if (!isLoopback(new URL(brokerUrl).hostname)) return;
  throw new Failure(
    'failed',
    'The local stack has no AWS console, so there is nothing to sign in to.',
    'Use `valetkey exec` or `valetkey shell` instead.',
  );
}
