import middy from '@middy/core';
import { measuresOfFailure } from '../../core/api/answer-measures.ts';
import { noRoute } from '../../core/api/no-route.ts';
import { type Problem, problem, problemOf } from '../../core/api/problem.ts';
import { type ApiLambda, ROUTES, type RoutesOf } from '../../core/api/routes.ts';
import type { Json } from '../../core/api/wire.ts';
import type { Failure } from '../../core/failure.ts';
import type { TokenVerifier } from '../../core/ports.ts';
import type { PrincipalRecords } from '../../core/principal-records.ts';
import { ok } from '../../core/result.ts';
import { logger } from '../logger.ts';
import { note } from '../metrics.ts';
import { inTraceOf } from '../spans.ts';
import {
  type ApiEvent,
  type ApiHandler,
  type ApiRequest,
  type ApiResult,
  type Handler,
  headerOf,
  type Reply,
} from './api-call.ts';
import { authenticate } from './authenticate.ts';
import { unlessKnown } from './entity-tag.ts';
import { readInput } from './read-input.ts';
import { readRoute } from './read-route.ts';
import { recordRefusal } from './record-refusal.ts';
import { requestLog } from './request-log.ts';

/**
 * Builds every API handler. It authenticates callers unless the route is open, reads and bounds what they
 * send, writes the log, and turns every failure into a problem document, also for a call of another Lambda
 * or of none.
 *
 * @param refusals for the calls that change something, which leave a record where they are refused
 * @param meanwhile What is begun before a token is verified, so that it takes no time of its own. It never fails.
 */
export function apiHandler<Lambda extends ApiLambda>(
  verify: TokenVerifier | null,
  routes: {
    readonly [Key in RoutesOf<Lambda>]: (typeof ROUTES)[Key]['open'] extends true
      ? Handler<ApiRequest>
      : Handler;
  },
  refusals: PrincipalRecords | null = null,
  meanwhile: () => unknown = () => null,
): ApiHandler {
  const handlers = new Map<string, Handler<ApiRequest> | Handler>(Object.entries(routes));

  const answer = async (event: ApiEvent): Promise<ApiResult> => {
    const route = readRoute(event);
    const handler = handlers.get(route?.key ?? '');
    if (route === null || handler === undefined) {
      return problemResult(noRoute(event.requestContext.http.method, event.rawPath));
    }
    meanwhile();
    const caller = ROUTES[route.key].open ? ok(null) : await authenticate(verify, event);
    if (!caller.ok) return problemResult(caller.error);
    const input = readInput(event, route, caller.value);
    if (!input.ok) return problemResult(input.error);
    const request: ApiRequest = { ...input.value, caller: caller.value };
    const reply = await (handler as Handler<ApiRequest>)(request);
    if (!reply.ok) {
      if (refusals !== null) await recordRefusal(refusals, request, reply.error);
      note(...measuresOfFailure(route.key, reply.error));
      return failureResult(reply.error);
    }
    if (reply.value.grantId !== undefined) logger.appendKeys({ grantId: reply.value.grantId });
    if (reply.value.file !== undefined) return fileResult(reply.value.status, reply.value.file);
    return reply.value.lines === undefined
      ? result(reply.value.status, {}, reply.value.body)
      : jsonLines(reply.value.body, reply.value.lines.next);
  };

  return middy<ApiEvent, ApiResult>()
    .use(requestLog())
    .onError((request) => {
      logger.error('unexpected error', { error: request.error });
      request.response = problemResult(unexpected(request.event));
    })
    .handler((event) =>
      inTraceOf(headerOf(event, 'traceparent'), async () =>
        unlessKnown(event, await answer(event)),
      ),
    ) as unknown as ApiHandler;
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

function fileResult(
  statusCode: number,
  { type, bytes, headers }: NonNullable<Reply['file']>,
): ApiResult {
  const isText = type === 'text/plain';
  return {
    statusCode,
    headers: {
      'content-type': isText ? 'text/plain; charset=utf-8' : type,
      'cache-control': 'no-store',
      ...headers,
    },
    body: Buffer.from(bytes).toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
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

function unexpected({ requestContext: { requestId } }: ApiEvent): Problem {
  const detail = `Internal error. Tell the platform team the id of this request: ${requestId}.`;
  return problem(500, 'unexpected', 'Unexpected error', detail);
}
