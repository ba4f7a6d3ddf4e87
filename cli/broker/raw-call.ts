import type { IncomingMessage } from 'node:http';
import { nodeHttp, nodeHttps } from '../node-http.ts';
import { proxyFor } from './proxy.ts';

/** What a call needs of an answer, whoever made it. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
};

export type RawRequest = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
};

/** Calls a URL, through the proxy that the environment names for it, if any. */
export async function callThrough(url: string, request: RawRequest): Promise<RawAnswer> {
  const proxy = proxyFor(url);
  if (proxy === null) return callDirectly(url, request);
  const { fetchThroughProxy } = await import('./through-proxy.ts');
  return fetchThroughProxy(proxy, url, { ...request, redirect: 'error' });
}

/**
 * Unlike `fetch`, this needs nothing but Node's own HTTP.
 *
 * @throws Error with the `code` of what failed; or for a redirect, which could lead the token elsewhere.
 */
async function callDirectly(url: string, { body, ...options }: RawRequest): Promise<RawAnswer> {
  const { request } = url.startsWith('https:') ? await nodeHttps() : await nodeHttp();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end(body);
  });
  const { statusCode: status = 0, headers } = answer;
  if (status >= 300 && status < 400) {
    answer.destroy();
    throw new Error('unexpected redirect');
  }
  const get = (name: string): string | null => headers[name]?.toString() ?? null;
  return { status, headers: { get }, body: answer };
}
