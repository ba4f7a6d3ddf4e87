import { chosenBroker, type NamedBroker } from '../broker/brokers.ts';
import { type Broker, brokerClient, type TokenSource } from '../broker/client.ts';
import { Failure } from '../failure.ts';
import { withLock } from '../lock.ts';
import {
  isFresh,
  readTokens,
  removeTokens,
  signInLock,
  type Tokens,
  writeTokens,
} from './tokens.ts';

/** How long to wait for another process that refreshes the token. */
const REFRESH_PATIENCE_MS = 60_000;

/** The client of the broker to use, with the token of the signed-in user. */
export function signedIn(flag: string | undefined): Broker {
  const broker = chosenBroker(flag);
  return brokerClient(broker, tokenSource(broker));
}

/** VALETKEY_TOKEN if it is set; else the stored token, which one process refreshes for all. */
function tokenSource(broker: NamedBroker): TokenSource {
  const given = process.env['VALETKEY_TOKEN'];
  if (given) return async (refused) => (refused ? refuseGivenToken() : given);
  let kept: Tokens | null = null;
  return async (refused) => {
    const before = kept?.bearer ?? null;
    if (kept === null || refused || !isFresh(kept, Date.now())) {
      kept = await freshTokens(broker, refused ? before : null);
    }
    return kept.bearer;
  };
}

/** @param rejected A token that the broker did not accept, even if it has not expired. */
async function freshTokens(broker: NamedBroker, rejected: string | null): Promise<Tokens> {
  const usable = (tokens: Tokens): boolean =>
    tokens.bearer !== rejected && isFresh(tokens, Date.now());
  const kept = await readTokens(broker);
  if (kept === null) throw notSignedIn(broker);
  if (usable(kept)) return kept;
  return withLock(signInLock(broker), REFRESH_PATIENCE_MS, async () => {
    const now = await readTokens(broker);
    if (now !== null && usable(now)) return now;
    if (now === null) throw expired(broker);
    const fresh = await renewed(broker, now);
    await writeTokens(broker, fresh);
    return fresh;
  });
}

async function renewed(broker: NamedBroker, before: Tokens): Promise<Tokens> {
  if (before.aws !== undefined) {
    const { awsTokens } = await import('./aws-login.ts');
    return awsTokens(broker, before.aws);
  }
  if (before.refreshToken === null) throw expired(broker);
  return refresh(broker, before.refreshToken, before);
}

async function refresh(broker: NamedBroker, token: string, before: Tokens): Promise<Tokens> {
  const { providerOf, tokensFrom, signInFailure } = await import('./provider.ts');
  const client = await import('openid-client');
  const { configuration, audience, scope } = await providerOf(broker);
  // A provider that was asked for a resource by its scope gives tokens for it by its scope again.
  const parameters = broker.scope ? { audience, scope } : { audience };
  try {
    const answer = await client.refreshTokenGrant(configuration, token, parameters);
    return tokensFrom(answer, audience, before);
  } catch (error) {
    // A refresh token that was used or revoked would fail again.
    if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') {
      removeTokens(broker);
      throw expired(broker);
    }
    throw signInFailure(error);
  }
}

function notSignedIn({ name }: NamedBroker): Failure {
  return new Failure('signIn', `You are not signed in to ${name}.`, 'Run `valetkey login`.');
}

function expired({ name }: NamedBroker): Failure {
  return new Failure('signIn', `Your sign-in to ${name} has expired.`, 'Run `valetkey login`.');
}

async function refuseGivenToken(): Promise<never> {
  throw new Failure(
    'signIn',
    'The broker did not accept the token in VALETKEY_TOKEN.',
    'Set a new one, or unset it and run `valetkey login`.',
  );
}
