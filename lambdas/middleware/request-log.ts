import type middy from '@middy/core';
import { measuresOfAnswer } from '../../core/api/answer-measures.ts';
import { GRANT_ID } from '../../core/ids.ts';
import { followTrace, logger, setLogKeys } from '../logger.ts';
import { beginMeasures, elapsed, note, publishMeasures } from '../metrics.ts';
import { type ApiEvent, type ApiResult, headerOf } from './api-call.ts';
import { readRoute } from './read-route.ts';

/**
 * One line per call, with request id and grant id on every line, and nothing of headers or bodies; and the metrics of
 * the call.
 */
export function requestLog(): middy.MiddlewareObj<ApiEvent, ApiResult> {
  let called = '';
  const finish = (answer: ApiResult | null | undefined): void => {
    const milliseconds = elapsed();
    const status = answer?.statusCode;
    logger.info('answered', { status, milliseconds: Math.round(milliseconds) });
    note(...measuresOfAnswer(called, status ?? 500, milliseconds, problemType(answer)));
    publishMeasures();
  };
  return {
    before: ({ event }) => {
      beginMeasures();
      const { key: route = event.routeKey, id = '' } = readRoute(event) ?? {};
      called = route;
      const { requestId } = event.requestContext;
      const keys = { requestId, route, ...(GRANT_ID.test(id) && { grantId: id }) };
      setLogKeys(keys);
      followTrace(headerOf(event, 'traceparent'));
    },
    after: ({ response }) => finish(response),
    onError: ({ response }) => finish(response),
  };
}

/** Of a 503 alone, because only there it says more than the status. */
function problemType(answer: ApiResult | null | undefined): unknown {
  if (answer?.statusCode !== 503) return null;
  return (JSON.parse(answer.body ?? '{}') as { readonly type?: unknown }).type;
}
