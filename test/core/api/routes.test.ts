import { describe, expect, test } from '@jest/globals';
import {
  DEFAULT_ROUTE,
  gatewayRoute,
  gatewayRoutes,
  isRouteKey,
  PRINCIPALS_ROUTE,
  ROUTES,
} from '../../../core/api/routes.ts';

test('a route is known by its method and path, as they are written', () => {
  for (const route of Object.keys(ROUTES)) expect(isRouteKey(route)).toBe(true);
  for (const other of ['', 'toString', 'get /v1/grants', 'PUT /v1/grants', DEFAULT_ROUTE]) {
    expect([other, isRouteKey(other)]).toEqual([other, false]);
  }
});

describe('the routes of the gateway', () => {
  test('are those of the calls, except that one takes all that name a principal', () => {
    expect(gatewayRoute('POST /v1/principals/{id}/suspend')).toBe(PRINCIPALS_ROUTE);
    expect(gatewayRoute('GET /v1/principals')).toBe('GET /v1/principals');
    const routes = gatewayRoutes();
    for (const [route, { lambda }] of Object.entries(ROUTES)) {
      expect([route, routes.get(gatewayRoute(route))]).toEqual([route, lambda]);
    }
    expect(routes.get(DEFAULT_ROUTE)).toBe('open');
  });
});
