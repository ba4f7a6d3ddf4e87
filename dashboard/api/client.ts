import { pageUrl } from '../sign-in/provider.ts';
import { renew, token } from '../sign-in/session.ts';
import { noteServerTime } from './clock.ts';
import { NoAnswer, Problem, SessionEnded } from './problem.ts';

/** Calls of the API, from its own origin, with the token of this session. */

type Known = { readonly etag: string; readonly body: unknown };

/** The last answers, by path: what has not changed is not sent again (RFC 9110, section 13). */
const known = new Map<string, Known>();
const MAX_KNOWN = 60;

/** @throws Problem, NoAnswer, SessionEnded */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const before = known.get(path);
  const headers = before === undefined ? {} : { 'if-none-match': before.etag };
  const answer = await send(path, { headers, ...(signal && { signal }) });
  if (answer.status === 304 && before !== undefined) return before.body as T;
  const body = (await bodyOf(answer)) as T;
  const etag = answer.headers.get('etag');
  known.delete(path);
  if (etag !== null) known.set(path, { etag, body });
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  return body;
}

/** Text as it is, such as a proof. */
export async function getText(path: string): Promise<string> {
  const answer = await send(path, {});
  if (!answer.ok) await bodyOf(answer);
  return answer.text();
}

/** A file, such as one of the log. */
export async function getBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await send(path, {});
  if (!answer.ok) await bodyOf(answer);
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * @param key of one intention of the person: sent again, it does nothing twice
 * @throws Problem, NoAnswer, SessionEnded
 */
export async function post<T>(
  path: string,
  body: object,
  key?: string,
  signal?: AbortSignal,
): Promise<T> {
  const answer = await send(path, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(signal && { signal }),
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
  });
  return (await bodyOf(answer)) as T;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const bearer = token();
  if (bearer === null) return ended();
  const headers = { ...init.headers, authorization: `Bearer ${bearer}` };
  const sent = Date.now();
  let answer: Response;
  try {
    answer = await fetch(new URL(path.replace(/^\//, ''), pageUrl()), { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new NoAnswer();
  }
  noteServerTime(answer.headers.get('date'), sent);
  return answer.status === 401 ? ended(answer) : answer;
}

/** The page leaves for the identity provider and comes back to where it was. */
async function ended(answer?: Response): Promise<never> {
  if (await renewed()) return new Promise(() => undefined);
  if (answer !== undefined) await bodyOf(answer);
  throw new SessionEnded('The broker does not accept your session. Sign out, and sign in again.');
}

/** @throws NoAnswer where neither the broker nor the provider can be reached: once they can, the page goes on. */
async function renewed(): Promise<boolean> {
  try {
    return await renew();
  } catch (error) {
    throw error instanceof TypeError ? new NoAnswer() : error;
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  const body = parse(text);
  if (answer.ok) return body;
  const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const document = {
    type: 'about:blank',
    title: 'No answer that can be read',
    detail: `The broker answers with status ${answer.status}. Try again in a minute.`,
    ...(typeof body === 'object' ? body : {}),
    status: answer.status,
  };
  throw new Problem(document, Number.isFinite(after) ? after : null);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
