import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { providerOrigins } from '../adapters/oidc/provider-origins.ts';
import {
  ASSET_CACHE,
  COMMON_HEADERS,
  headersOfFile,
  PAGE_CACHE,
  PERMISSIONS_POLICY,
  pagePolicy,
  typeOfFile,
} from '../core/api/page.ts';
import { loginIssuer } from '../core/api/wire.ts';
import { err, ok } from '../core/result.ts';
import { bundle, issuerUrl } from './container/deciding.ts';
import { clock, pageFolder } from './container/environment.ts';
import type { ApiRequest, Handler, Reply } from './middleware/api-call.ts';
import { apiHandler } from './middleware/api-handler.ts';

/** The page for people, and its files. May do nothing but write its log. */

const PACKED = '.br';
const folder = pageFolder();
const assets = new Set(readdirSync(join(folder, 'assets')));

const login = loginIssuer(bundle().issuers);
const providers = providerOrigins(login === undefined ? null : issuerUrl(login), clock);

const getPage: Handler<ApiRequest> = async ({ acceptEncoding }) => {
  const policy = pagePolicy(await providers());
  return ok(
    fileReply('index.html', acceptEncoding, {
      'cache-control': PAGE_CACHE,
      'content-security-policy': policy,
      'permissions-policy': PERMISSIONS_POLICY,
    }),
  );
};

const getAsset: Handler<ApiRequest> = ({ pathId: name, acceptEncoding }) => {
  if (!assets.has(`${name}${PACKED}`)) return err(NO_SUCH_FILE);
  const headers = { 'cache-control': ASSET_CACHE, ...headersOfFile(name) };
  return ok(fileReply(join('assets', name), acceptEncoding, headers));
};

const NO_SUCH_FILE = {
  code: 'not-found',
  detail: 'The page has no such file, or no longer. Load the page again.',
} as const;

/** Files are packed with Brotli, which every browser takes (RFC 7932); others get them as they are. */
function fileReply(
  name: string,
  acceptEncoding: string,
  headers: Readonly<Record<string, string>>,
): Reply {
  const packed = readFileSync(join(folder, `${name}${PACKED}`));
  const takesPacked = /(^|[\s,])br($|[\s,;])/.test(acceptEncoding);
  return {
    status: 200,
    body: null,
    file: {
      type: typeOfFile(name),
      bytes: takesPacked ? packed : brotliDecompressSync(packed),
      headers: {
        ...COMMON_HEADERS,
        ...headers,
        vary: 'accept-encoding',
        ...(takesPacked && { 'content-encoding': 'br' }),
      },
    },
  };
}

export const handler = apiHandler<'page'>(null, {
  'GET /': getPage,
  'GET /assets/{file}': getAsset,
});
