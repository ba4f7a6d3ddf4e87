import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { githubToken } from '../../cli/ci/github-token.ts';
import { noToken } from '../../cli/ci/system.ts';
import { plain } from '../../cli/terminal.ts';

/** Calls the broker with the job's own token. */

export type Grant = {
  readonly id: string;
  readonly status: string;
  readonly endReason: string | null;
};

export type Answer = {
  readonly grant: Grant;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly expiration: string;
  };
};

/** @throws BrokerError with the broker's explanation. */
export async function call(
  broker: { readonly url: string; readonly audience: string },
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  // The same for all attempts, so that a retry is safe.
  idempotencyKey: string = randomUUID(),
): Promise<unknown> {
  const { env } = process;
  const token = env['VALETKEY_TOKEN'] || (await githubToken(broker.audience, env));
  if (!token) throw noToken('github', broker.audience);
  const send = () =>
    fetch(`${broker.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(body !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
    });
  let answer = await send();
  for (let retry = 0; retry < 3 && mayHelpLater(answer); retry += 1) {
    await sleep(1000 * Math.min(10, Number(answer.headers.get('retry-after')) || 1));
    answer = await send();
  }
  const json: unknown = await answer.json().catch(() => null);
  if (answer.ok) return json;
  const { detail, status } = (json ?? {}) as { detail?: unknown; status?: unknown };
  const text = typeof detail === 'string' ? detail : 'The call failed without an explanation.';
  throw new BrokerError(Number(status ?? answer.status), oneLine(text));
}

/** A problem document that does not say when to try again is the broker's last word. */
function mayHelpLater({ status, headers }: Response): boolean {
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') === true;
  const isFinal = isProblem && !headers.has('retry-after');
  return [429, 502, 503, 504].includes(status) && !isFinal;
}

export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly status: number;

  constructor(status: number, detail: string) {
    super(`${detail} (the broker answered ${status})`);
    this.status = status;
  }
}

/** Accepts only https, because the URL receives a token; http is for the local stack on loopback. */
export function brokerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !loopback)) {
    throw new Error('The input `url` must be the https URL of the broker.');
  }
  return url.href.replace(/\/+$/, '');
}

/** Makes foreign text safe to print: it cannot become a workflow command, which starts a line. */
export function oneLine(text: string): string {
  return plain(text).replaceAll('::', ': :');
}
