import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import type { RouteKey } from '../../core/api/routes.ts';
import type { Json } from '../../core/api/wire.ts';
import type { Call } from '../../core/call.ts';
import type { Failure } from '../../core/failure.ts';
import type { Caller } from '../../core/principal.ts';
import type { Result } from '../../core/result.ts';

/** A request as handlers see it: parsed, bounded, and without the bearer token. */
export type ApiRequest<Signed extends Caller | null = Caller | null> = Omit<Call, 'caller'> & {
  /** Null only on open routes. */
  readonly caller: Signed;
  readonly route: RouteKey;
  /** The `{id}` of the path, as the gateway decoded it; empty where the route has none. */
  readonly pathId: string;
  /** The `{event}` of the path; empty where the route has none. */
  readonly pathEvent: string;
  readonly query: Readonly<Record<string, string>>;
  /** The `Accept` header. */
  readonly accept: string;
  /** The `Accept-Encoding` header. */
  readonly acceptEncoding: string;
  readonly body: unknown;
};

/** A `Call` with everything else that came with it. */
export type SignedIn = ApiRequest<Caller>;

/** `grantId` is added to the log lines of the call. */
export type Reply = {
  readonly status: number;
  readonly body: Json;
  readonly grantId?: string;
  /** Send these bytes instead of the body. */
  readonly file?: {
    readonly type: string;
    readonly bytes: Uint8Array;
    /** Besides the type; without one of its own, no cache may store the answer. */
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Send each element of the body on a line of its own; `next` is the path of the next page. */
  readonly lines?: { readonly next: string | null };
};

export type Handler<Request = SignedIn> = (
  request: Request,
) => Promise<Result<Reply, Failure>> | Result<Reply, Failure>;

export type ApiEvent = APIGatewayProxyEventV2;
export type ApiResult = APIGatewayProxyStructuredResultV2;
export type ApiHandler = (event: ApiEvent, context: Context) => Promise<ApiResult>;

export function headerOf(event: ApiEvent, name: string): string | undefined {
  const found = Object.entries(event.headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}
