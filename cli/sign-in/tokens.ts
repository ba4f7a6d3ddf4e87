import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { NamedBroker } from '../broker/brokers.ts';
import { homeFolder } from '../folders.ts';
import { readPrivate, removePrivate, writePrivate } from '../private-file.ts';
import { openSealed, seal } from './keychain.ts';

/** The tokens of a sign-in, as they are stored. */
const tokens = z.object({
  bearer: z.string(),
  refreshToken: z.nullable(z.string()),
  /** By the local clock. Together with the lifetime it works even if the clock is wrong. */
  obtainedAt: z.number(),
  lifetimeSeconds: z.number(),
  /** The AWS session that the token proves, which can be asked for another one. */
  aws: z.optional(
    z.object({ profile: z.nullable(z.string()), region: z.string(), identity: z.string() }),
  ),
});
export type Tokens = z.infer<typeof tokens>;

/** Time for the call that uses the token. */
const MARGIN_SECONDS = 30;

export function isFresh({ obtainedAt, lifetimeSeconds }: Tokens, now: number): boolean {
  const age = (now - obtainedAt) / 1000;
  return age >= 0 && age < lifetimeSeconds - MARGIN_SECONDS;
}

/** @returns null if the user is not signed in, or the stored tokens cannot be decrypted. */
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

/** The lock to hold during a sign-in or a refresh. */
export function signInLock(broker: NamedBroker): string {
  return `${tokensFile(broker)}.lock`;
}

/** The name depends on broker and provider, so that no other broker is sent the tokens. */
function tokensFile({ url, issuer, clientId, audience }: NamedBroker): string {
  const identity = JSON.stringify([url, issuer, clientId, audience]);
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 24);
  return join(homeFolder(), 'tokens', `${name}.json`);
}
