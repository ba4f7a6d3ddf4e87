import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { err, ok, type Result } from '../../core/result.ts';

/** Which AWS session asks: the one that the SDK finds, or that of a profile. */
export type AwsSession = { readonly profile: string | null; readonly region: string | null };

export type WebIdentityToken = { readonly token: string; readonly region: string };

/** Why AWS gave no token. */
export type NoWebIdentityToken = {
  readonly code:
    | 'no-session'
    | 'session-expired'
    | 'no-region'
    | 'federation-disabled'
    | 'not-permitted'
    | 'unreachable'
    | 'refused';
  /** The name of the error, never its message, which repeats parts of the call. */
  readonly reason: string;
};

/** Sends a request over HTTP, as `fetch` does. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

const NO_REGION = { code: 'no-region', reason: 'no Region' } as const;

/** Short, because asking again is cheap; then what a session that ends soon may still ask for. */
const LIFETIMES_SECONDS = [900, 300, 60];

/**
 * Asks STS for a token that proves the identity of an AWS session to an audience (outbound identity federation).
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export async function webIdentityToken(
  audience: string,
  { profile, region }: AwsSession,
  send: Send,
): Promise<Result<WebIdentityToken, NoWebIdentityToken>> {
  const named = profile === null ? {} : { profile };
  const found = await attempt(async () => new STSClient(named).config.region(), 'no-region');
  const where = found.ok ? found.value : region;
  if (where === null || where === undefined) return found.ok ? err(NO_REGION) : found;
  const client = new STSClient({
    ...named,
    region: where,
    logger: SILENT,
    requestHandler: { handle: (request: SignedRequest) => sendSigned(send, request) },
  });
  // Looked up before the call, so that a refusal of it is not taken for one of an earlier link of the chain.
  const session = await attempt(() => client.config.credentials(), 'no-session');
  if (!session.ok) return session;
  const left = ((session.value.expiration?.getTime() ?? Infinity) - Date.now()) / 1000;
  const lifetimes = LIFETIMES_SECONDS.filter((seconds) => seconds <= left);
  let asked: Result<string, NoWebIdentityToken> = err({
    code: 'session-expired',
    reason: 'ends within a minute',
  });
  for (const seconds of lifetimes) {
    asked = await attempt(() => ask(client, audience, seconds), 'refused');
    // A token may not outlive the session of the role.
    if (asked.ok || asked.error.reason !== 'SessionDurationEscalationException') break;
  }
  return asked.ok ? ok({ token: asked.value, region: where }) : asked;
}

/** The SDK would print warnings among the command's own output, such as about keys beside a profile. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

async function ask(client: STSClient, audience: string, seconds: number): Promise<string> {
  const { WebIdentityToken } = await client.send(
    new GetWebIdentityTokenCommand({
      Audience: [audience],
      SigningAlgorithm: 'ES384',
      DurationSeconds: seconds,
    }),
  );
  if (!WebIdentityToken) throw new Error('STS sent no token');
  return WebIdentityToken;
}

async function attempt<T>(
  step: () => Promise<T>,
  otherwise: NoWebIdentityToken['code'],
): Promise<Result<T, NoWebIdentityToken>> {
  try {
    return ok(await step());
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown error';
    const known = CODES.find(([pattern]) => pattern.test(reason));
    const code = otherwise === 'refused' ? (known?.[1] ?? otherwise) : otherwise;
    return err({ code: isNetwork(error) ? 'unreachable' : code, reason });
  }
}

const CODES: readonly (readonly [RegExp, NoWebIdentityToken['code']])[] = [
  [/^OutboundWebIdentityFederationDisabled/, 'federation-disabled'],
  [/^AccessDenied/, 'not-permitted'],
  [
    /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|SessionDurationEscalation)/,
    'session-expired',
  ],
];

/** `fetch` wraps the cause of every failure on the network in a TypeError. */
function isNetwork(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.cause instanceof Error);
}

/** What the SDK's signer hands to whoever sends it. */
type SignedRequest = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly body?: unknown;
};

const TIMEOUT_MS = 30_000;

/** In place of the SDK's own handler, which knows no proxy. */
async function sendSigned(send: Send, request: SignedRequest) {
  const { protocol, hostname, port, path, method, query = {} } = request;
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values ?? ''].flat()) url.searchParams.append(name, value);
  }
  // `fetch` writes these two by itself, with the values that were signed.
  const { host: _, 'content-length': __, ...headers } = request.headers;
  const answer = await send(url.href, {
    method,
    headers,
    ...(method !== 'GET' && { body: request.body as BodyInit }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return {
    response: {
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: new Uint8Array(await answer.arrayBuffer()),
    },
  };
}
