import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ApiResult } from '../../lambdas/middleware/api-call.ts';
import { apiEvent, CONTEXT } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { PAGE, SCRIPT } from '../support/lambda-environment.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const BROWSER = { 'accept-encoding': 'gzip, deflate, br, zstd' };

type Headers = Readonly<Record<string, string>>;

async function load(
  file: string | null,
  headers: Headers = BROWSER,
  query = '',
): Promise<ApiResult> {
  const handler = await api.handler('page');
  const route = file === null ? 'GET /' : 'GET /assets/{file}';
  return handler(apiEvent(route, { headers, query, id: file ?? '' }), CONTEXT);
}

function textOf({ body, isBase64Encoded, headers }: ApiResult): string {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  const packed = headers?.['content-encoding'] === 'br';
  return (packed ? brotliDecompressSync(bytes) : bytes).toString();
}

describe('the page', () => {
  test('comes with a policy that lets it load itself alone, and ask the provider alone', async () => {
    const { statusCode, headers } = await load(null);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = String(headers?.['content-security-policy']);
    const { origin } = new URL(api.issuer.urls.people);
    expect(policy).toContain(`connect-src 'self' ${origin};`);
    expect(policy).toContain("default-src 'none';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|https?:(?!\/\/127)/);
  });

  test('is sent packed to who takes that, and as it is to others', async () => {
    const packed = await load(null);
    expect(packed.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(textOf(packed)).toBe(PAGE);
    for (const accepted of ['', 'gzip', 'broken, brx']) {
      const plain = await load(null, { 'accept-encoding': accepted });
      expect(plain.headers).not.toHaveProperty('content-encoding');
      expect(textOf(plain)).toBe(PAGE);
    }
  });

  test('takes what the provider sends back with somebody who signed in, and logs none of it', async () => {
    const { statusCode } = await load(null, BROWSER, 'code=s3cret-code&state=abc&iss=x');
    expect(statusCode).toBe(200);
    expect(JSON.stringify(api.log.lines())).not.toContain('s3cret-code');
  });

  test('is not sent again to who has it', async () => {
    const { headers } = await load(null);
    const again = await load(null, {
      ...BROWSER,
      'if-none-match': `"other", ${headers?.['etag']}`,
    });
    expect(again).toMatchObject({ statusCode: 304, headers: { 'cache-control': 'no-cache' } });
    expect(again.body).toBeUndefined();
    expect((await load(null, { ...BROWSER, 'if-none-match': '"other"' })).statusCode).toBe(200);
  });
});

describe('a file of the page', () => {
  test('never changes, so a browser keeps it', async () => {
    const answer = await load('start-AAAA.js');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(textOf(answer)).toBe(SCRIPT);
  });

  test.each([
    'start-BBBB.js',
    '../index.html',
    '..%2Findex.html',
    'start-AAAA.js.br',
    '',
    '__proto__',
  ])('is only one that there is: %p', async (file) => {
    const answer = await load(file);
    expect(answer).toMatchObject({ statusCode: 404, headers: { 'cache-control': 'no-store' } });
    expect(JSON.parse(answer.body ?? '')).toMatchObject({
      detail: 'The page has no such file, or no longer. Load the page again.',
    });
  });
});
