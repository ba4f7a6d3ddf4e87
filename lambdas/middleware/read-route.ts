import {
  isRouteKey,
  LEDGER_ROUTE,
  PRINCIPALS_ROUTE,
  type RouteKey,
} from '../../core/api/routes.ts';
import { principalFromPath } from '../../core/principal-path.ts';
import type { ApiEvent } from './api-call.ts';

/** The call that an event is for, with the `{id}`, `{path}` or `{file}` of its path, and its `{event}`; empty where it has none. */
export type Route = { readonly key: RouteKey; readonly id: string; readonly event: string };

/** Everything after it is the path of a file. */
const LEDGER_FILE = /\/v1\/audit\/ledger\/(?<path>.*)$/s;

/** The order ends the path. What is before it is the id, slashes included. */
const ORDER = /\/v1\/principals\/(?<id>.+)\/(?<order>[a-z]+)$/s;

/**
 * The only place that reads a path. The gateway has decoded it, and nothing decodes it again: for
 * principals the id is a part of `rawPath`, because a path parameter may have been decoded once more.
 *
 * @returns null where the event is for no call of the API
 */
export function readRoute(event: ApiEvent): Route | null {
  const { routeKey, rawPath, pathParameters } = event;
  if (routeKey === LEDGER_ROUTE) {
    const { path = '' } = LEDGER_FILE.exec(rawPath)?.groups ?? {};
    return { key: 'GET /v1/audit/ledger/{path}', id: path, event: '' };
  }
  if (routeKey !== PRINCIPALS_ROUTE) {
    const { file = '', id = file, event: of = '' } = pathParameters ?? {};
    return isRouteKey(routeKey) ? { key: routeKey, id, event: of } : null;
  }
  // A stage or the base path of a custom domain may stand in front.
  const { id: text = '', order } = ORDER.exec(rawPath)?.groups ?? {};
  const key = `POST /v1/principals/{id}/${order}`;
  const id = principalFromPath(text);
  return isRouteKey(key) && id !== null ? { key, id, event: '' } : null;
}
