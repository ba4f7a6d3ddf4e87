import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { gatewayRoute, PRINCIPALS_ROUTE, ROUTES, type RouteKey } from '../../core/api/routes.ts';
import type { ApiHandler } from '../../lambdas/middleware/api-call.ts';

/** Calls a handler as API Gateway does (payload format 2.0): `send` returns the parsed answer. */

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The whole answer as text, to search for secrets. */
  readonly text: string;
};

export type ApiCall = {
  readonly token?: string;
  /** A string is sent unchanged, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly id?: string;
  /** The whole path, where it is not that of the route. */
  readonly path?: string;
  readonly query?: string;
  readonly sourceIp?: string;
  readonly requestId?: string;
  readonly base64?: boolean;
  /** A body that is already in base64, instead of `body`. */
  readonly encodedBody?: string;
  /** The route of the gateway, where it is not that of the call. */
  readonly routeKey?: string;
};

const SOURCE_IP = '203.0.113.7';
export const CONTEXT = { awsRequestId: 'lambda-request-1' } as Context;

export const ALL_ROUTES = Object.keys(ROUTES) as RouteKey[];

export async function send(
  handler: ApiHandler,
  route: string,
  call: ApiCall = {},
): Promise<Answer> {
  const answer = await handler(apiEvent(route, call), CONTEXT);
  const text = answer.body ?? '';
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers ?? {},
    body: JSON.parse(text) as Answer['body'],
    text: JSON.stringify(answer),
  };
}

export function apiEvent(route: string, call: ApiCall): APIGatewayProxyEventV2 {
  const [method = '', path = ''] = route.split(' ');
  const { token, id = '', sourceIp = SOURCE_IP, requestId = 'request-1', query = '' } = call;
  const body = typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
  // As the gateway delivers it: decoded.
  const rawPath = call.path ?? path.replace(/\{(id|file)\}/, () => id);
  const routeKey = call.routeKey ?? gatewayRoute(route);
  const pathParameters =
    routeKey === PRINCIPALS_ROUTE
      ? { proxy: rawPath.slice('/v1/principals/'.length) }
      : { [path.includes('{file}') ? 'file' : 'id']: id };
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...call.headers },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: 'test' },
      requestId,
      routeKey,
      stage: '$default',
      time: '23/Nov/2026:20:00:00 +0000',
      timeEpoch: 0,
    },
    ...(/[{]/.test(path) && { pathParameters }),
    ...(body !== undefined && { body: call.base64 === true ? btoa(body) : body }),
    ...(call.encodedBody !== undefined && { body: call.encodedBody }),
    isBase64Encoded: call.base64 === true || call.encodedBody !== undefined,
  };
}
