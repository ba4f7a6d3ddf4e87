import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';
import { proxyFor } from './proxy.ts';
import { callThrough, type RawAnswer } from './raw-call.ts';

/** HTTP calls that do not trust the server: no redirects, a time-out, a limited size. */

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxBytes?: number;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: RawAnswer['headers'];
  readonly bytes: Uint8Array;
  /** The parsed body; null if it is not JSON. */
  readonly json: unknown;
};

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** @throws Failure (`unreachable`) with the cause and what to check. */
export async function http(request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, headers = {}, body, maxBytes = MAX_BYTES } = request;
  try {
    const answer = await callThrough(url, {
      method,
      // Without it a server may compress as it likes (RFC 9110, section 12.5.3).
      headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const bytes = await readBody(answer, maxBytes);
    return { status: answer.status, headers: answer.headers, bytes, json: parsed(bytes) };
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** Just below the five minutes that AWS tolerates (`RequestTimeTooSkewed`). */
export const SKEW_WRONG_SECONDS = 240;

/** Seconds that our clock is ahead of the server's; null if the answer has no `Date`. */
export function clockOff(headers: RawAnswer['headers'], now: number): number | null {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? null : Math.round((now - date) / 1000);
}

async function readBody({ body }: RawAnswer, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved at the moment',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_SOCKET: 'the connection was closed',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (check your clock)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (set NODE_EXTRA_CA_CERTS)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed (set NODE_EXTRA_CA_CERTS)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is from an unknown authority (set NODE_EXTRA_CA_CERTS)',
};

export function unreachable(url: string, error: unknown): Failure {
  const { origin } = new URL(url);
  const proxy = proxyFor(url);
  const cause = causeOf(error);
  const through = proxy === null ? '' : ` through the proxy ${hostOf(proxy)}`;
  return new Failure(
    'unreachable',
    `Cannot reach ${origin}${through}: ${plain(cause)}.`,
    'Check the network, VPN and proxy (HTTPS_PROXY, NO_PROXY). `valetkey doctor` can help.',
  );
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const inner = error.cause instanceof Error ? error.cause : error;
  if ([error.name, inner.name].includes('TimeoutError')) {
    return `it did not answer within ${TIMEOUT_MS / 1000} s`;
  }
  const code = 'code' in inner ? String(inner.code) : '';
  return CAUSES[code] ?? (code || inner.message);
}

/** The proxy's host, without user and password. */
function hostOf(proxy: string): string {
  return URL.canParse(proxy) ? new URL(proxy).host : 'from the environment';
}
