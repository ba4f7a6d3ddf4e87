import * as z from 'zod/mini';
import { type Credentials, credentials, type Grant, grant, vended } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { type Interruption, unlessInterrupted } from '../grants/interruption.ts';
import { type Patience, whenActive } from '../grants/patience.ts';
import type { RequestBody } from '../grants/request.ts';
import { untilActive } from '../grants/wait.ts';

export type Vended = { readonly grant: Grant; readonly credentials: Credentials };

const answerSchema = z.object({ grant, credentials: z.optional(credentials) });

type Answer = z.infer<typeof answerSchema>;

/** One call: credentials if policy allows at once, else a grant that waits for approval. */
export function requestCredentials(broker: Broker, body: RequestBody): Promise<Answer> {
  return broker.post('/v1/credentials', body, answerSchema);
}

/**
 * Requests a grant, waits for approval if it needs one, and vends.
 *
 * @param patience How long to wait; without it as long as the request may be pending.
 */
export async function requestAndVend(
  broker: Broker,
  body: RequestBody,
  interruption: Interruption,
  patience?: Patience,
): Promise<Vended> {
  const answer = await requestCredentials(broker, body);
  const work = vendWhenActive(broker, answer, interruption.signal, patience);
  return unlessInterrupted(interruption, broker, answer.grant.id, work);
}

async function vendWhenActive(
  broker: Broker,
  { grant: first, credentials: vendedAtOnce }: Answer,
  signal: AbortSignal,
  patience: Patience | undefined,
): Promise<Vended> {
  if (vendedAtOnce !== undefined) return { grant: first, credentials: vendedAtOnce };
  const { id } = await (patience === undefined
    ? untilActive(broker, first, signal)
    : whenActive(broker, first, signal, patience));
  return vendUnder(broker, id);
}

export function vendUnder(broker: Broker, grantId: string): Promise<Vended> {
  return broker.post(`/v1/grants/${grantId}/credentials`, {}, vended);
}
