import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { ROUTES, type RouteKey } from '../../core/api/routes.ts';
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
  readonly query?: string;
  readonly sourceIp?: string;
  readonly requestId?: string;
  readonly base64?: boolean;
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

function apiEvent(route: string, call: ApiCall): APIGatewayProxyEventV2 {
  const [method = '', path = ''] = route.split(' ');
  const { token, id = '', sourceIp = SOURCE_IP, requestId = 'request-1', query = '' } = call;
  const body = typeof call.body === 'string' ? call.body : JSON.stringify(call.body);
  const rawPath = path.replace('{id}', encodeURIComponent(id));
  return {
    version: '2.0',
    routeKey: route,
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
      routeKey: route,
      stage: '$default',
      time: '23/Nov/2026:20:00:00 +0000',
      timeEpoch: 0,
    },
    ...(path.includes('{id}') && { pathParameters: { id } }),
    ...(body !== undefined && { body: call.base64 === true ? btoa(body) : body }),
    isBase64Encoded: call.base64 === true,
  };
}
