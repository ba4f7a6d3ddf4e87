import { invalidRequest, type Problem, problem } from '../../core/api/problem.ts';
import { IDEMPOTENCY_KEY, MAX_BODY_BYTES } from '../../core/api/requests.ts';
import type { Idempotency } from '../../core/call.ts';
import type { FieldError } from '../../core/field-error.ts';
import { escapePointer } from '../../core/field-error.ts';
import { sha256 } from '../../core/ids.ts';
import type { Caller } from '../../core/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ApiEvent, ApiRequest } from './api-call.ts';

const MAX_DEPTH = 16;

type Input = Omit<ApiRequest, 'route' | 'caller'>;

/** Reads what the caller sent, within bounds: at most 16 KiB of JSON, no prototype keys. */
export function readInput(event: ApiEvent, caller: Caller | null): Result<Input, Problem> {
  const body = readBody(event);
  if (!body.ok) return body;
  const idempotency = readIdempotency(event, caller, body.value);
  if (!idempotency.ok) return idempotency;
  return ok({
    requestId: event.requestContext.requestId,
    sourceIp: event.requestContext.http.sourceIp,
    pathId: decode(event.pathParameters?.['id'] ?? ''),
    pathText: event.pathParameters?.['id'] ?? '',
    accept: headerOf(event, 'accept') ?? '',
    query: Object.fromEntries(new URLSearchParams(event.rawQueryString)),
    body: body.value,
    idempotency: idempotency.value,
  });
}

export function headerOf(event: ApiEvent, name: string): string | undefined {
  const found = Object.entries(event.headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

function readBody(event: ApiEvent): Result<unknown, Problem> {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
    : (event.body ?? '');
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) {
    const detail = `The body is larger than ${MAX_BODY_BYTES} bytes.`;
    return err(problem(413, 'body-too-large', 'Body too large', detail));
  }
  if (text.trim() === '') return ok({});
  try {
    const value: unknown = JSON.parse(text);
    const mistake = mistakeIn(value, '', 0);
    return mistake === null ? ok(value) : err(invalidRequest([mistake]));
  } catch {
    return err(invalidRequest([{ pointer: '', detail: 'is not valid JSON' }]));
  }
}

function readIdempotency(
  event: ApiEvent,
  caller: Caller | null,
  body: unknown,
): Result<Idempotency | null, Problem> {
  const key = headerOf(event, 'idempotency-key');
  if (key === undefined || caller === null || event.requestContext.http.method !== 'POST')
    return ok(null);
  if (!IDEMPOTENCY_KEY.test(key)) {
    const detail = 'The Idempotency-Key header must have 1 to 255 visible ASCII characters.';
    return err(problem(400, 'invalid-idempotency-key', 'Invalid Idempotency-Key', detail));
  }
  const fingerprint = sha256(JSON.stringify([event.routeKey, event.pathParameters ?? {}, body]));
  return ok({ principal: caller.principal.id, key, fingerprint });
}

/**
 * `JSON.parse` makes `__proto__` an own property, but copying it later may set the prototype. No call
 * takes deep nesting, which only serves to exhaust the stack.
 */
function mistakeIn(value: unknown, pointer: string, depth: number): FieldError | null {
  if (typeof value !== 'object' || value === null) return null;
  if (depth === MAX_DEPTH) return { pointer, detail: `is nested deeper than ${MAX_DEPTH} levels` };
  for (const [key, child] of Object.entries(value)) {
    const here = `${pointer}/${escapePointer(key)}`;
    if (key === '__proto__')
      return { pointer: here, detail: 'is not a field of this call; remove it' };
    const mistake = mistakeIn(child, here, depth + 1);
    if (mistake !== null) return mistake;
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
