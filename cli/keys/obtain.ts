import * as z from 'zod/mini';
import { type Credentials, credentials, type Grant, grant, vended } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { Failure } from '../failure.ts';
import type { RequestBody } from '../grants/ask.ts';
import { untilActive } from '../grants/wait.ts';

export type Vended = { readonly grant: Grant; readonly credentials: Credentials };

const asked = z.object({ grant, credentials: z.optional(credentials) });

/** One call where policy allows at once; else it waits, and somebody sees it wait. */
export async function askAndVend(broker: Broker, body: RequestBody): Promise<Vended> {
  const answer = await uninterrupted(broker, () => broker.post('/v1/credentials', body, asked));
  if (answer.credentials !== undefined) return { ...answer, credentials: answer.credentials };
  const active = await untilActive(broker, answer.grant);
  return vendUnder(broker, active.id);
}

/** Ctrl-C while the answer is on its way: what was granted is given back. */
async function uninterrupted<T extends { readonly grant: Grant }>(
  broker: Broker,
  send: () => Promise<T>,
): Promise<T> {
  let interrupted = false;
  const note = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', note).on('SIGTERM', note);
  try {
    const answer = await send();
    if (!interrupted) return answer;
    const { id, status } = answer.grant;
    const end = status === 'active' ? 'revoke' : 'cancel';
    await broker.post(`/v1/grants/${id}/${end}`, { reason: 'interrupted' }, grant);
    throw new Failure('interrupted', `Interrupted; ${id} was given back.`);
  } finally {
    process.off('SIGINT', note).off('SIGTERM', note);
  }
}

export function vendUnder(broker: Broker, grantId: string): Promise<Vended> {
  return broker.post(`/v1/grants/${grantId}/credentials`, {}, vended);
}
