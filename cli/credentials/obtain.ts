import * as z from 'zod/mini';
import { type Credentials, credentials, type Grant, grant, vended } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { type Interruption, unlessInterrupted } from '../grants/interruption.ts';
import type { RequestBody } from '../grants/request.ts';
import { untilActive } from '../grants/wait.ts';

export type Vended = { readonly grant: Grant; readonly credentials: Credentials };

const asked = z.object({ grant, credentials: z.optional(credentials) });

type Answer = z.infer<typeof asked>;

/** One call: keys where policy allows at once, else a request that waits for people. */
export function askForKeys(broker: Broker, body: RequestBody): Promise<Answer> {
  return broker.post('/v1/credentials', body, asked);
}

/** Keys; where people must approve, after a wait that somebody sees. */
export async function askAndVend(
  broker: Broker,
  body: RequestBody,
  interruption: Interruption,
): Promise<Vended> {
  const answer = await askForKeys(broker, body);
  const keys = keysOf(broker, answer, interruption.signal);
  return unlessInterrupted(interruption, broker, answer.grant.id, keys);
}

async function keysOf(
  broker: Broker,
  { grant: first, credentials: keys }: Answer,
  signal: AbortSignal,
): Promise<Vended> {
  if (keys !== undefined) return { grant: first, credentials: keys };
  const { id } = await untilActive(broker, first, signal);
  return vendUnder(broker, id);
}

export function vendUnder(broker: Broker, grantId: string): Promise<Vended> {
  return broker.post(`/v1/grants/${grantId}/credentials`, {}, vended);
}
