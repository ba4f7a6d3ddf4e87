import { invalidRequest, type Problem, problem, problemOf } from '../../core/api/problem.ts';
import { IDEMPOTENCY_KEY } from '../../core/api/requests.ts';
import { ROUTES } from '../../core/api/routes.ts';
import type { Idempotency } from '../../core/call.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { escapePointer } from '../../core/field-error.ts';
import { sha256 } from '../../core/ids.ts';
import { type Caller, MAX_PRINCIPAL_ID_BYTES } from '../../core/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { currentTraceId } from '../logger.ts';
import { type ApiEvent, type ApiRequest, headerOf } from './api-call.ts';
import { readBody } from './read-body.ts';
import type { Route } from './read-route.ts';

/** Reads what the caller sent, within bounds. */
export function readInput(
  event: ApiEvent,
  { key: route, id, event: pathEvent }: Route,
  caller: Caller | null,
): Result<Omit<ApiRequest, 'caller'>, Problem> {
  if (Buffer.byteLength(id) > MAX_PRINCIPAL_ID_BYTES) return err(NO_SUCH_ID);
  const query = readQuery(event.rawQueryString, 'query' in ROUTES[route]);
  if (!query.ok) return query;
  const body = readBody(event);
  if (!body.ok) return body;
  const idempotency = readIdempotency(event, { key: route, id }, caller, body.value);
  if (!idempotency.ok) return idempotency;
  const traceId = currentTraceId(headerOf(event, 'traceparent'));
  return ok({
    requestId: event.requestContext.requestId,
    sourceIp: event.requestContext.http.sourceIp,
    ...(traceId !== null && { traceId }),
    route,
    pathId: id,
    pathEvent,
    accept: headerOf(event, 'accept') ?? '',
    acceptEncoding: headerOf(event, 'accept-encoding') ?? '',
    query: query.value,
    body: body.value,
    idempotency: idempotency.value,
  });
}

function readQuery(raw: string, taken: boolean): Result<Record<string, string>, Problem> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    if (!taken) return err(mistakeAt(name, NO_QUERY));
    if (query.has(name)) return err(mistakeAt(name, 'is in the query twice; send it once'));
    query.set(name, value);
  }
  return ok(Object.fromEntries(query));
}

const NO_QUERY = 'is in the query, but this call takes no query parameters; remove it';

function mistakeAt(name: string, detail: string): Problem {
  return invalidRequest([{ pointer: `/${escapePointer(name.slice(0, 64))}`, detail }]);
}

/** The fingerprint is that of the call as it was read: route, id and body, in whatever order it was written. */
function readIdempotency(
  event: ApiEvent,
  { key: route, id }: Pick<Route, 'key' | 'id'>,
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
  const fingerprint = sha256(canonicalJson([route, id, body]));
  return ok({ principal: caller.principal.id, key, fingerprint });
}

const NO_SUCH_ID = problemOf({ code: 'not-found', detail: 'The id in the path is too long.' });
