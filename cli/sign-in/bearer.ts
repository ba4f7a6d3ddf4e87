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

/** Longer than a refresh takes; somebody else may be busy with one. */
const REFRESH_PATIENCE_MS = 60_000;

/** The broker that a command means, as whoever is signed in there. */
export function signedIn(flag: string | undefined): Broker {
  const broker = chosenBroker(flag);
  return brokerClient(broker, tokenSource(broker));
}

/** VALETKEY_TOKEN wins; else the kept token, quietly refreshed by one process for all. */
function tokenSource(broker: NamedBroker): TokenSource {
  const given = process.env['VALETKEY_TOKEN'];
  if (given) return async (refused) => (refused ? tellGivenRefused() : given);
  let kept: Tokens | null = null;
  return async (refused) => {
    const before = kept?.bearer ?? null;
    if (kept === null || refused || !isFresh(kept, Date.now())) {
      kept = await freshTokens(broker, refused ? before : null);
    }
    return kept.bearer;
  };
}

/** @param notThis A token that the broker did not accept, fresh as it may look. */
async function freshTokens(broker: NamedBroker, notThis: string | null): Promise<Tokens> {
  const usable = (tokens: Tokens): boolean =>
    tokens.bearer !== notThis && isFresh(tokens, Date.now());
  const kept = await readTokens(broker);
  if (kept === null) throw notSignedIn(broker);
  if (usable(kept)) return kept;
  return withLock(signInLock(broker), REFRESH_PATIENCE_MS, async () => {
    const now = await readTokens(broker);
    if (now !== null && usable(now)) return now;
    if (now === null || now.refreshToken === null) throw expired(broker);
    const fresh = await refresh(broker, now.refreshToken, now);
    await writeTokens(broker, fresh);
    return fresh;
  });
}

async function refresh(broker: NamedBroker, token: string, before: Tokens): Promise<Tokens> {
  const { providerOf, tokensFrom, signInFailure } = await import('./provider.ts');
  const client = await import('openid-client');
  const { configuration, audience } = await providerOf(broker);
  try {
    const answer = await client.refreshTokenGrant(configuration, token, { audience });
    return tokensFrom(answer, audience, before);
  } catch (error) {
    // What is used up or taken back is of no use to the next command either.
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
  const what = `Your sign-in to ${name} has expired.`;
  return new Failure('signIn', what, 'Sign in again: valetkey login');
}

async function tellGivenRefused(): Promise<never> {
  const mend = 'Set a new one, or unset it and run `valetkey login`.';
  throw new Failure('signIn', 'The broker did not accept the token in VALETKEY_TOKEN.', mend);
}
