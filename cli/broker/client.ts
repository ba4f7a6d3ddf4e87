import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod/mini';
import { formatDuration } from '../../core/duration.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { Failure } from '../failure.ts';
import { notes } from '../notes.ts';
import { plain } from '../terminal.ts';
import { entitlements, type Problem, problem } from './answers.ts';
import type { NamedBroker } from './brokers.ts';
import { clockOff, type HttpAnswer, type HttpRequest, http, SKEW_WRONG_SECONDS } from './http.ts';
import { optionFor } from './option-names.ts';
import { unknownEntitlement, whatThereIs } from './unknown-entitlement.ts';

/** The API client of one broker. */
export type Broker = {
  readonly settings: NamedBroker;
  readonly get: <T>(path: string, schema: z.ZodMiniType<T>) => Promise<T>;
  /** Sends one idempotency key with all attempts, so that a retry is safe. */
  readonly post: <T>(path: string, body: object, schema: z.ZodMiniType<T>) => Promise<T>;
  /** Reads what is not JSON. */
  readonly download: (path: string, maxBytes: number) => Promise<Result<Uint8Array, Refused>>;
};

export type Refused = {
  readonly status: number;
  /** When to ask again, if the broker says so. */
  readonly retryAfterSeconds: number | null;
  readonly failure: Failure;
};

/** Returns the bearer token of a call; `refused` means that the broker did not accept the last one. */
export type TokenSource = (refused: boolean) => Promise<string>;

type Exit = 'failed' | 'usage' | 'signIn' | 'denied' | 'unreachable';

/** A problem document of the broker (RFC 9457). */
export class Refusal extends Failure {
  override readonly name = 'Refusal';
  readonly problem: Problem;

  constructor(
    exit: Exit,
    answer: Problem,
    said = { message: messageOf(answer), hint: hintOf(answer) },
  ) {
    super(exit, plain(said.message), said.hint);
    this.problem = answer;
  }
}

export function brokerClient(settings: NamedBroker, token: TokenSource): Broker {
  const send = async (path: string, request: Omit<HttpRequest, 'url'>): Promise<HttpAnswer> => {
    const url = `${settings.url}${path}`;
    const answer = await sendWithRetry(async (refused) => {
      const authorization = `Bearer ${await token(refused)}`;
      return http({ ...request, url, headers: { ...request.headers, authorization } });
    });
    warnAboutClock(answer);
    return answer;
  };
  const call = async <T>(
    method: 'GET' | 'POST',
    path: string,
    schema: z.ZodMiniType<T>,
    body?: object,
  ): Promise<T> => {
    const answer = await send(path, {
      method,
      ...(body !== undefined && {
        headers: { 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    try {
      return read(answer, schema);
    } catch (error) {
      throw await explained(error, path, body);
    }
  };
  /** Says what there is, where a call names an entitlement that there is not. */
  const explained = async (error: unknown, path: string, body?: object): Promise<unknown> => {
    if (!(error instanceof Refusal)) return error;
    const id = unknownEntitlement(error.problem, path, body);
    if (id === null) return error;
    try {
      const found = await call('GET', '/v1/entitlements', entitlements);
      return new Refusal('usage', error.problem, whatThereIs(id, found.entitlements));
    } catch {
      return error;
    }
  };
  return {
    settings,
    get: (path, schema) => call('GET', path, schema),
    post: (path, body, schema) => call('POST', path, schema, body),
    download: async (path, maxBytes) =>
      downloaded(await send(path, { method: 'GET', headers: { accept: '*/*' }, maxBytes })),
  };
}

/** Reads a file that is not the broker's. It gets no token. */
export async function downloadFrom(
  url: string,
  maxBytes: number,
): Promise<Result<Uint8Array, Refused>> {
  const headers = { accept: '*/*' };
  return downloaded(await sendWithRetry(() => http({ method: 'GET', url, headers, maxBytes })));
}

function downloaded(answer: HttpAnswer): Result<Uint8Array, Refused> {
  const { status, headers, bytes } = answer;
  const isPage = headers.get('content-type')?.startsWith('text/html') === true;
  if (isSuccess(answer) && !isPage) return ok(bytes);
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfterSeconds = Number.isNaN(retryAfter) ? null : Math.max(0, retryAfter);
  const failure = isSuccess(answer) ? webPage() : failureOf(answer);
  return err({ status, retryAfterSeconds, failure });
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

let warned = false;

/** AWS rejects calls from a machine with a wrong clock, with errors that rarely name the clock. */
function warnAboutClock({ headers }: HttpAnswer): void {
  const off = clockOff(headers, Date.now());
  if (warned || off === null || Math.abs(off) < SKEW_WRONG_SECONDS) return;
  warned = true;
  const minutes = Math.round(Math.abs(off) / 60);
  notes.print(
    `valetkey: your clock is ${minutes} min ${off > 0 ? 'ahead' : 'behind'}, so AWS will reject your calls. Synchronise it with network time.`,
  );
}

const ATTEMPTS = 4;
const LONGEST_WAIT_SECONDS = 10;

/** Retries once with another token after a 401, and a few times while the broker is unavailable. */
async function sendWithRetry(send: (refused: boolean) => Promise<HttpAnswer>): Promise<HttpAnswer> {
  let refused = false;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send(refused);
    if (answer.status === 401 && !refused) {
      refused = true;
      continue;
    }
    const retryAfter = Number(answer.headers.get('retry-after') ?? 1);
    // The limit stands until then: waiting for less is in vain.
    const limited = answer.status === 429 && retryAfter > LONGEST_WAIT_SECONDS;
    const retryable = [429, 502, 503, 504].includes(answer.status) && !limited;
    const final = isFinal(answer) || typeOf(answer) === QUARANTINE;
    if (!retryable || final || attempt >= ATTEMPTS) return answer;
    const seconds = Math.min(Math.max(retryAfter || 1, 0.2), LONGEST_WAIT_SECONDS);
    await sleep(seconds * 1000);
  }
}

/** AWS refuses the role or the session policy, now and later. */
const FINAL = ['urn:valetkey:problem:role-refused', 'urn:valetkey:problem:policy-refused'];
/** People end it, so waiting for seconds is in vain. */
const QUARANTINE = 'urn:valetkey:problem:quarantine';

function isFinal(answer: Pick<HttpAnswer, 'json'>): boolean {
  return FINAL.includes(typeOf(answer));
}

function typeOf({ json }: Pick<HttpAnswer, 'json'>): string {
  const answer = problem.safeParse(json);
  return answer.success ? answer.data.type : '';
}

function read<T>(answer: HttpAnswer, schema: z.ZodMiniType<T>): T {
  if (!isSuccess(answer)) throw failureOf(answer);
  const parsed = schema.safeParse(answer.json);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'failed',
    'The broker returned an answer that this version of valetkey cannot read.',
    UPDATE_HINT,
  );
}

function failureOf({ status, json }: HttpAnswer): Failure {
  const answer = problem.safeParse(json);
  if (answer.success)
    return new Refusal(isFinal({ json }) ? 'failed' : exitFor(status), answer.data);
  const exit = status >= 500 || status === 429 ? 'unreachable' : 'failed';
  return new Failure(exit, `The broker answered ${status} without an explanation.`, URL_HINT);
}

function webPage(): Failure {
  return new Failure(
    'failed',
    'A web page came instead of the file: something between you and the broker answered.',
    'Sign in to your network (VPN, captive portal), or check the URL of the broker: valetkey doctor',
  );
}

function exitFor(status: number): Exit {
  if (status === 400 || status === 422) return 'usage';
  if (status === 401) return 'signIn';
  if (status === 403) return 'denied';
  return status === 429 || status >= 500 ? 'unreachable' : 'failed';
}

function messageOf({ detail, errors = [] }: Problem): string {
  const [first] = errors;
  return first === undefined || first.pointer === '' ? detail : fieldMessage(first);
}

function hintOf({ status, errors = [], decision }: Problem): string | null {
  const more = errors.slice(1);
  if (more.length > 0) return more.map((error) => plain(fieldMessage(error))).join('\n');
  if (status === 401) return 'Sign in again: valetkey login';
  if (status === 404) return NOT_FOUND_HINT;
  if (decision !== undefined && decision.advice.length === 0) {
    return 'See what you may request: valetkey list';
  }
  return null;
}

/** Details are predicates, such as `is missing`. */
function fieldMessage({ pointer, detail }: { pointer: string; detail: string }): string {
  const text =
    pointer === '/durationSeconds'
      ? detail.replace(
          /^may be at most (\d+)/,
          (_, most) => `may be at most ${formatDuration(Number(most))}`,
        )
      : detail;
  return `${optionFor(pointer)} ${text}.`;
}

/** Whether it exists is not said to who may not see it, and what one may see can depend on how one signed in. */
const NOT_FOUND_HINT =
  'Check the id, and how you are signed in (broker, groups, second factor): valetkey whoami';

const UPDATE_HINT = 'The broker may be newer than the command: update valetkey.';
const URL_HINT = 'Check that the URL is that of a Valet Key broker: `valetkey doctor`.';
