/**
 * Every call of the HTTP API, with the Lambda that answers it: one Lambda per privilege. A route is
 * authenticated unless it is `open`. The CDK app makes the gateway's routes from this list, the API handler
 * authenticates by it and refuses query parameters where a route takes none, and the OpenAPI document
 * describes it.
 */
export const ROUTES = {
  'GET /': { lambda: 'page', open: true, query: true },
  'GET /assets/{file}': { lambda: 'page', open: true },
  'GET /.well-known/valetkey': { lambda: 'open', open: true },
  'GET /v1/openapi.json': { lambda: 'open', open: true },
  'GET /v1/whoami': { lambda: 'read', open: false },
  'GET /v1/entitlements': { lambda: 'read', open: false },
  'GET /v1/entitlements/{id}': { lambda: 'read', open: false },
  'GET /v1/entitlements/{id}/usage': { lambda: 'read', open: false, query: true },
  'POST /v1/evaluate': { lambda: 'read', open: false },
  'GET /v1/grants': { lambda: 'read', open: false, query: true },
  'GET /v1/grants/{id}': { lambda: 'read', open: false },
  'GET /v1/grants/{id}/events': { lambda: 'read', open: false, query: true },
  'GET /v1/grants/{id}/usage': { lambda: 'read', open: false },
  'GET /v1/grants/{id}/events/{event}/proof': { lambda: 'audit', open: false },
  'GET /v1/decisions': { lambda: 'read', open: false, query: true },
  'GET /v1/audit/checkpoints': { lambda: 'audit', open: false, query: true },
  'GET /v1/audit/events/{event}': { lambda: 'audit', open: false, query: true },
  'GET /v1/audit/events/{event}/proof': { lambda: 'audit', open: false },
  'POST /v1/audit/exports': { lambda: 'request', open: false },
  'GET /v1/audit/ledger/{path}': { lambda: 'audit', open: false },
  'GET /v1/audit/access-reviews': { lambda: 'reviews', open: false, query: true },
  'GET /v1/audit/access-reviews/{id}': { lambda: 'reviews', open: false, query: true },
  'POST /v1/audit/access-reviews': { lambda: 'reviews', open: false },
  'POST /v1/audit/access-reviews/{id}/items': { lambda: 'reviews', open: false },
  'POST /v1/audit/access-reviews/{id}/decisions': { lambda: 'reviews', open: false },
  'POST /v1/audit/access-reviews/{id}/sign': { lambda: 'reviews', open: false },
  'POST /v1/grants': { lambda: 'request', open: false },
  'POST /v1/grants/{id}/approve': { lambda: 'request', open: false },
  'POST /v1/grants/{id}/deny': { lambda: 'request', open: false },
  'POST /v1/grants/{id}/withdraw': { lambda: 'request', open: false },
  'POST /v1/grants/{id}/cancel': { lambda: 'request', open: false },
  'POST /v1/grants/{id}/extend': { lambda: 'request', open: false },
  'POST /v1/grants/{id}/review': { lambda: 'request', open: false },
  'POST /v1/grants/{id}/revoke': { lambda: 'revoke', open: false },
  'GET /v1/stats': { lambda: 'audit', open: false, query: true },
  'GET /v1/quarantine': { lambda: 'read', open: false },
  'POST /v1/quarantine': { lambda: 'revoke', open: false },
  'POST /v1/quarantine/release': { lambda: 'revoke', open: false },
  'GET /v1/principals': { lambda: 'read', open: false, query: true },
  'POST /v1/principals/{id}/revoke': { lambda: 'revoke', open: false },
  'POST /v1/principals/{id}/suspend': { lambda: 'revoke', open: false },
  'POST /v1/principals/{id}/resume': { lambda: 'revoke', open: false },
  'POST /v1/credentials': { lambda: 'vend', open: false },
  'POST /v1/grants/{id}/credentials': { lambda: 'vend', open: false },
} as const satisfies Record<string, { lambda: string; open: boolean; query?: true }>;

export type RouteKey = keyof typeof ROUTES;
export type ApiLambda = (typeof ROUTES)[RouteKey]['lambda'];

/** The routes that one Lambda answers. */
export type RoutesOf<Lambda extends ApiLambda> = {
  [Key in RouteKey]: (typeof ROUTES)[Key]['lambda'] extends Lambda ? Key : never;
}[RouteKey];

export function isRouteKey(key: string): key is RouteKey {
  return Object.hasOwn(ROUTES, key);
}

/**
 * The routes on principals as the gateway has them. It decodes a path before it matches routes, so an id
 * with a slash would match none that ends in its own name; one greedy route takes them all.
 */
export const PRINCIPALS_ROUTE = 'POST /v1/principals/{proxy+}';

/** The route on the files of the log, whose paths have slashes. */
export const LEDGER_ROUTE = 'GET /v1/audit/ledger/{proxy+}';

/** The page and its files. Who misspells a call is not meant to find them. */
export const PAGE_ROUTES: readonly string[] = ['GET /', 'GET /assets/{file}'];

/** Every call that no other route takes, so that it gets a problem document as well. */
export const DEFAULT_ROUTE = '$default';

/** The route of the gateway that brings the calls of this one. */
export function gatewayRoute(route: string): string {
  if (route === 'GET /v1/audit/ledger/{path}') return LEDGER_ROUTE;
  return route.startsWith('POST /v1/principals/{id}/') ? PRINCIPALS_ROUTE : route;
}

/**
 * Those that end access, by the names that the gateway has for them. They never share a limit with other calls, so that
 * a flood of those holds up none of these.
 */
export const ENDING_ROUTES: readonly string[] = [
  'POST /v1/grants/{id}/cancel',
  'POST /v1/grants/{id}/revoke',
  'POST /v1/quarantine',
  PRINCIPALS_ROUTE,
];

/** The routes of the gateway, each with its Lambda. */
export function gatewayRoutes(): ReadonlyMap<string, ApiLambda> {
  const routes = Object.entries(ROUTES).map(([route, { lambda }]): [string, ApiLambda] => [
    gatewayRoute(route),
    lambda,
  ]);
  return new Map([...routes, [DEFAULT_ROUTE, 'open']]);
}
