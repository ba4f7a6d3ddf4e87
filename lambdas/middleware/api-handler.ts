import middy from '@middy/core';
import { invalidRequest, type Problem, problem, problemOf } from '../../core/api/problem.ts';
import { type ApiLambda, isRouteKey, ROUTES, type RoutesOf } from '../../core/api/routes.ts';
import type { Json } from '../../core/api/wire.ts';
import type { Failure } from '../../core/failure.ts';
import { escapePointer } from '../../core/field-error.ts';
import type { TokenVerifier } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import { logger } from '../logger.ts';
import type { ApiEvent, ApiHandler, ApiRequest, ApiResult, Handler } from './api-call.ts';
import { authenticate } from './authenticate.ts';
import { readInput } from './read-input.ts';
import { requestLog } from './request-log.ts';

/**
 * Builds every API handler. It authenticates callers unless the route is open, reads and bounds what they
 * send, writes the log, and turns every failure into a problem document. A route of another Lambda, or
 * an unknown one, is not found.
 */
export function apiHandler<Lambda extends ApiLambda>(
  verify: TokenVerifier | null,
  routes: {
    readonly [Key in RoutesOf<Lambda>]: (typeof ROUTES)[Key]['open'] extends true
      ? Handler<ApiRequest>
      : Handler;
  },
): ApiHandler {
  const handlers = new Map<string, Handler<ApiRequest> | Handler>(Object.entries(routes));

  const answer = async (event: ApiEvent): Promise<ApiResult> => {
    const handler = handlers.get(event.routeKey);
    if (handler === undefined || !isRouteKey(event.routeKey)) return problemResult(NO_ROUTE);
    const open = ROUTES[event.routeKey].open;
    const caller = open ? ok(null) : await authenticate(verify, event);
    if (!caller.ok) return problemResult(caller.error);
    const input = readInput(event, caller.value);
    if (!input.ok) return problemResult(input.error);
    const [unknown] = 'query' in ROUTES[event.routeKey] ? [] : Object.keys(input.value.query);
    if (unknown !== undefined) return problemResult(unknownQuery(unknown));
    const request: ApiRequest = { ...input.value, route: event.routeKey, caller: caller.value };
    const reply = await (handler as Handler<ApiRequest>)(request);
    if (!reply.ok) return failureResult(reply.error);
    if (reply.value.grantId !== undefined) logger.appendKeys({ grantId: reply.value.grantId });
    return reply.value.lines === undefined
      ? result(reply.value.status, {}, reply.value.body)
      : jsonLines(reply.value.body, reply.value.lines.next);
  };

  return middy<ApiEvent, ApiResult>()
    .use(requestLog())
    .onError((request) => {
      logger.error('unexpected error', { error: request.error });
      request.response = problemResult(UNEXPECTED);
    })
    .handler(answer) as unknown as ApiHandler;
}

function failureResult(failure: Failure): ApiResult {
  const grantId =
    'grant' in failure ? failure.grant?.id : 'grantId' in failure ? failure.grantId : undefined;
  if (grantId !== undefined) logger.appendKeys({ grantId });
  return problemResult(problemOf(failure));
}

function problemResult({ status, headers, body }: Problem): ApiResult {
  return result(status, headers, body);
}

/** Answers can contain credentials and personal data: no cache may store them. */
function result(
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: Json,
): ApiResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** One JSON document per line (jsonlines.org), with a link to the next page (RFC 8288). */
function jsonLines(body: Json, next: string | null): ApiResult {
  const lines = Array.isArray(body) ? body.map((line) => `${JSON.stringify(line)}\n`) : [];
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/jsonl',
      'cache-control': 'no-store',
      ...(next !== null && { link: `<${next}>; rel="next"` }),
    },
    body: lines.join(''),
  };
}

function unknownQuery(name: string): Problem {
  const pointer = `/${escapePointer(name.slice(0, 64))}`;
  return invalidRequest([
    { pointer, detail: 'is in the query, but this call takes no query parameters; remove it' },
  ]);
}

const NO_ROUTE = problemOf({
  code: 'not-found',
  detail: 'There is no such call. GET /v1/openapi.json lists all calls.',
});
const UNEXPECTED = problem(
  500,
  'unexpected',
  'Unexpected error',
  'Internal error. Quote this request id to your platform team. No credentials were issued.',
);
