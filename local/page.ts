import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ASSET_CACHE,
  COMMON_HEADERS,
  headersOfFile,
  PAGE_CACHE,
  PERMISSIONS_POLICY,
  pagePolicy,
  typeOfFile,
} from '../core/api/page.ts';
import { sha256 } from '../core/ids.ts';
import { buildPage, type Page } from '../lib/page-files.ts';
import { readState } from './state-folder.ts';

/**
 * `npm run page`: serves the page as its sources are now, beside a running `npm run local`, which answers its calls. Every
 * load of the page builds it anew.
 */

const state = readState(process.env['VALETKEY_STATE'] ?? '.valetkey');
const providers = Object.values(state.issuers).map((url) => new URL(url).origin);
let page: Page = buildPage();

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(500).end(error instanceof Error ? error.message : 'failed');
  });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname === '/') {
    page = buildPage();
    const headers = {
      'content-type': 'text/html',
      'content-security-policy': pagePolicy(providers),
      'permissions-policy': PERMISSIONS_POLICY,
      'cache-control': PAGE_CACHE,
      etag: `"${sha256(page.html)}"`,
    };
    const isKnown = request.headers['if-none-match'] === headers.etag;
    response
      .writeHead(isKnown ? 304 : 200, { ...COMMON_HEADERS, ...headers })
      .end(isKnown ? undefined : page.html);
    return;
  }
  const asset = page.assets.find(({ name }) => pathname === `/assets/${name}`);
  if (asset === undefined) return passOn(request, response);
  const type = { 'content-type': typeOfFile(asset.name), 'cache-control': ASSET_CACHE };
  response
    .writeHead(200, { ...COMMON_HEADERS, ...headersOfFile(asset.name), ...type })
    .end(asset.bytes);
}

/** Calls of the API go to the local stack. */
async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
  const reply = await fetch(`${state.apiUrl}${request.url}`, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  const {
    'content-encoding': ____,
    'content-length': _____,
    ...kept
  } = Object.fromEntries(reply.headers);
  response.writeHead(reply.status, kept).end(Buffer.from(await reply.arrayBuffer()));
}

server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`The page: http://127.0.0.1:${port}/`);
});
