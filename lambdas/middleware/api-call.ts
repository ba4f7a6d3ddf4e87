import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import type { RouteKey } from '../../core/api/routes.ts';
import type { Json } from '../../core/api/wire.ts';
import type { Failure } from '../../core/failure.ts';
import type { Call } from '../../core/grants/request-grant.ts';
import type { Caller } from '../../core/principal.ts';
import type { Result } from '../../core/result.ts';

/** A request as handlers see it: signed in, parsed, and never the bearer token. */
export type ApiRequest = Call & {
  readonly route: RouteKey;
  /** Null only on open routes. */
  readonly caller: Caller | null;
  readonly pathId: string;
  /** The same as the gateway delivered it. */
  readonly pathText: string;
  readonly query: Readonly<Record<string, string>>;
  /** What the caller wants back, as in the `Accept` header. */
  readonly accept: string;
  readonly body: unknown;
};

export type SignedIn = ApiRequest & { readonly caller: Caller };

/** `grantId` goes on to the log lines. */
export type Reply = {
  readonly status: number;
  readonly body: Json;
  readonly grantId?: string;
  /** Each element of the body on a line of its own, and where the next page is. */
  readonly lines?: { readonly next: string | null };
};

export type Handler<Request = SignedIn> = (
  request: Request,
) => Promise<Result<Reply, Failure>> | Result<Reply, Failure>;

export type ApiEvent = APIGatewayProxyEventV2;
export type ApiResult = APIGatewayProxyStructuredResultV2;
export type ApiHandler = (event: ApiEvent, context: Context) => Promise<ApiResult>;
