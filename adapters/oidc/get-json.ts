import { type ClientRequest, get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { IssuerUnreachable } from './issuer-unreachable.ts';

const MAX_BYTES = 512 * 1024;

/**
 * Gets a small JSON document, without following redirects: they could lead anywhere. It uses `node:https`, which the SDK
 * loads anyway, because the first `fetch` of a process adds milliseconds to every cold start.
 *
 * @throws IssuerUnreachable if no JSON document arrives within `timeoutMs`.
 */
export async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, signal);
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    return JSON.parse(await read(response)) as unknown;
  } catch (cause) {
    throw new IssuerUnreachable(url, { cause });
  }
}

function request(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const get = url.startsWith('https:') ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = get(
      url,
      { signal, headers: { accept: 'application/json' } },
      resolve,
    );
    sent.once('error', reject);
  });
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('the response is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
