import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { NamedBroker } from '../broker/brokers.ts';
import { homeFolder } from '../folders.ts';
import { readPrivate, removePrivate, writePrivate } from '../private-file.ts';
import { openSealed, seal } from './keychain.ts';

/** What signing in to a broker gave. */
const tokens = z.object({
  bearer: z.string(),
  refreshToken: z.nullable(z.string()),
  /** By the local clock, with the lifetime beside it: a clock that is wrong does no harm. */
  obtainedAt: z.number(),
  lifetimeSeconds: z.number(),
});
export type Tokens = z.infer<typeof tokens>;

/** Left for the call that it is needed for. */
const MARGIN_SECONDS = 30;

export function isFresh({ obtainedAt, lifetimeSeconds }: Tokens, now: number): boolean {
  const age = (now - obtainedAt) / 1000;
  return age >= 0 && age < lifetimeSeconds - MARGIN_SECONDS;
}

/** @returns null where nobody is signed in, or what is kept cannot be opened any more. */
export async function readTokens(broker: NamedBroker): Promise<Tokens | null> {
  const sealed = readPrivate(tokensFile(broker));
  if (sealed === null) return null;
  const text = await openSealed(sealed);
  if (text === null) return null;
  const parsed = tokens.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function writeTokens(broker: NamedBroker, fresh: Tokens): Promise<void> {
  writePrivate(tokensFile(broker), await seal(JSON.stringify(fresh)));
}

export function removeTokens(broker: NamedBroker): void {
  removePrivate(tokensFile(broker));
}

/** One sign-in at a time: held by whoever signs in or refreshes. */
export function signInLock(broker: NamedBroker): string {
  return `${tokensFile(broker)}.lock`;
}

/** Named after where the tokens count, so that no other broker is ever sent them. */
function tokensFile({ url, issuer, clientId, audience }: NamedBroker): string {
  const whose = JSON.stringify([url, issuer, clientId, audience]);
  const name = createHash('sha256').update(whose).digest('hex').slice(0, 24);
  return join(homeFolder(), 'tokens', `${name}.json`);
}
