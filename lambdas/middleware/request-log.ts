import type middy from '@middy/core';
import { GRANT_ID } from '../../core/ids.ts';
import { logger, setLogKeys } from '../logger.ts';
import type { ApiEvent, ApiResult } from './api-call.ts';
import { readRoute } from './read-route.ts';

/** One line per call, with request id and grant id on every line, and nothing of headers or bodies. */
export function requestLog(): middy.MiddlewareObj<ApiEvent, ApiResult> {
  let start = 0;
  const finish = (status: number | undefined): void => {
    logger.info('answered', { status, milliseconds: Math.round(performance.now() - start) });
  };
  return {
    before: ({ event }) => {
      start = performance.now();
      const { key: route = event.routeKey, id = '' } = readRoute(event) ?? {};
      setLogKeys({
        requestId: event.requestContext.requestId,
        route,
        ...(GRANT_ID.test(id) && { grantId: id }),
      });
    },
    after: ({ response }) => finish(response?.statusCode),
    onError: ({ response }) => finish(response?.statusCode),
  };
}
