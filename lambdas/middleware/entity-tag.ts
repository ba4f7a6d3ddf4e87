import { sha256 } from '../../core/ids.ts';
import { type ApiEvent, type ApiResult, headerOf } from './api-call.ts';

/**
 * Gives what is read an entity tag, and leaves the body out where the caller has it already (RFC 9110, section 13.1.2).
 * The page keeps answers in memory and asks again and again; no cache may store them.
 */
export function unlessKnown(event: ApiEvent, result: ApiResult): ApiResult {
  const { statusCode, body, headers } = result;
  if (event.requestContext.http.method !== 'GET' || statusCode !== 200) return result;
  const etag = `"${sha256(body ?? '').slice('sha256:'.length, 39)}"`;
  const known = (headerOf(event, 'if-none-match') ?? '').split(/\s*,\s*/).includes(etag);
  return known
    ? { statusCode: 304, headers: { etag, 'cache-control': 'no-store', ...cacheOf(headers) } }
    : { ...result, headers: { ...headers, etag } };
}

function cacheOf(headers: ApiResult['headers']): Record<string, string> {
  const kept = headers?.['cache-control'];
  return kept === undefined ? {} : { 'cache-control': String(kept) };
}
