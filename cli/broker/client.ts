import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod/mini';
import { Failure } from '../failure.ts';
import { notes } from '../notes.ts';
import { plain } from '../terminal.ts';
import { type Problem, problem } from './answers.ts';
import type { NamedBroker } from './brokers.ts';
import { clockOff, type HttpAnswer, http, SKEW_WRONG_SECONDS } from './http.ts';

/** How the command speaks with one broker. */
export type Broker = {
  readonly settings: NamedBroker;
  readonly get: <T>(path: string, schema: z.ZodMiniType<T>) => Promise<T>;
  /** The same key for every repetition, so that trying again is harmless. */
  readonly post: <T>(path: string, body: object, schema: z.ZodMiniType<T>) => Promise<T>;
};

/** The bearer token of a call; `refused` says that the one before was not accepted. */
export type TokenSource = (refused: boolean) => Promise<string>;

/** An answer that says no. */
export class Refusal extends Failure {
  override readonly name = 'Refusal';
  readonly problem: Problem;

  constructor(exit: 'failed' | 'usage' | 'signIn' | 'denied' | 'unreachable', said: Problem) {
    super(exit, plain(said.detail), hintOf(said));
    this.problem = said;
  }
}

export function brokerClient(settings: NamedBroker, token: TokenSource): Broker {
  const call = async <T>(
    method: 'GET' | 'POST',
    path: string,
    schema: z.ZodMiniType<T>,
    body?: object,
  ): Promise<T> => {
    const idempotency: Record<string, string> =
      body === undefined ? {} : { 'idempotency-key': randomUUID() };
    const send = async (refused: boolean): Promise<HttpAnswer> =>
      http({
        ...{ method, url: `${settings.url}${path}` },
        headers: {
          ...idempotency,
          authorization: `Bearer ${await token(refused)}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const answer = await patiently(send);
    warnOfClock(answer);
    return read(answer, schema);
  };
  return {
    settings,
    get: (path, schema) => call('GET', path, schema),
    post: (path, body, schema) => call('POST', path, schema, body),
  };
}

let warned = false;

/** AWS refuses keys on a machine whose clock is wrong, and never says so in these words. */
function warnOfClock({ headers }: HttpAnswer): void {
  const off = clockOff(headers, Date.now());
  if (warned || off === null || Math.abs(off) < SKEW_WRONG_SECONDS) return;
  warned = true;
  const minutes = Math.round(Math.abs(off) / 60);
  notes.print(
    `valetkey: your clock is ${minutes} min ${off > 0 ? 'ahead' : 'behind'}: AWS refuses calls signed with it. Set it by network time.`,
  );
}

const ATTEMPTS = 4;
const LONGEST_WAIT_SECONDS = 10;

/** Once more with another token, and a few times where the broker asks to come back soon. */
async function patiently(send: (refused: boolean) => Promise<HttpAnswer>): Promise<HttpAnswer> {
  let refused = false;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send(refused);
    if (answer.status === 401 && !refused) {
      refused = true;
      continue;
    }
    const later = [429, 502, 503, 504].includes(answer.status);
    if (!later || attempt >= ATTEMPTS) return answer;
    const asked = Number(answer.headers.get('retry-after') ?? 1);
    const seconds = Math.min(Math.max(asked || 1, 0.2), LONGEST_WAIT_SECONDS);
    await sleep(seconds * 1000);
  }
}

function read<T>({ status, json }: HttpAnswer, schema: z.ZodMiniType<T>): T {
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new Failure(
      'failed',
      'The broker answered something that this command does not know.',
      NEWER,
    );
  }
  const said = problem.safeParse(json);
  if (!said.success) {
    const exit = status >= 500 || status === 429 ? 'unreachable' : 'failed';
    throw new Failure(exit, `The broker answered ${status} and said nothing more.`, RIGHT_URL);
  }
  throw new Refusal(exitFor(status), said.data);
}

function exitFor(status: number): 'failed' | 'usage' | 'signIn' | 'denied' | 'unreachable' {
  if (status === 400 || status === 422) return 'usage';
  if (status === 401) return 'signIn';
  if (status === 403) return 'denied';
  return status === 429 || status >= 500 ? 'unreachable' : 'failed';
}

function hintOf({ status, errors, decision }: Problem): string | null {
  if (errors !== undefined && errors.length > 1) {
    return errors.map(({ pointer, detail }) => plain(`${pointer} ${detail}`)).join('\n');
  }
  if (status === 401) return 'Sign in again: valetkey login';
  if (decision !== undefined && decision.advice.length === 0) {
    return 'See what you may ask for: valetkey list';
  }
  return null;
}

const NEWER = 'It may be newer than this command: update valetkey.';
const RIGHT_URL = 'Is it the URL of a Valet Key broker? `valetkey doctor` looks.';
