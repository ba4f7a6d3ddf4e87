import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hasControlCodes } from '../../core/text.ts';
import { type Answer, send } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

/** As the gateway's `$default` route brings it to the Lambda `open`. */
async function call(method: string, path: string): Promise<Answer> {
  return send(await api.handler('open'), `${method} ${path}`, { path, routeKey: '$default' });
}

describe('a known path with another method is a 405 that lists its methods', () => {
  test.each([
    ['DELETE', '/v1/grants', 'GET, POST'],
    ['HEAD', '/v1/whoami', 'GET'],
    ['OPTIONS', '/v1/credentials', 'POST'],
    ['GET', '/v1/grants/gr_00000000000000000000/approve', 'POST'],
    ['PUT', '/v1/entitlements/artifacts-read', 'GET'],
    ['POST', '/.well-known/valetkey', 'GET'],
    ['GET', '/v1/principals/people:a/b%2Fc/suspend', 'POST'],
    ['PATCH', '/keys/v1/grants', 'GET, POST'],
  ])('%s %s', async (method, path, allow) => {
    const answer = await call(method, path);
    expect(answer).toMatchObject({
      status: 405,
      headers: { allow, 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: { type: 'urn:valetkey:problem:method-not-allowed', status: 405 },
    });
    expect(answer.body['detail']).toBe(`${path} takes ${allow}, not ${method}.`);
  });
});

describe('an unknown path is a 404 that says which one is meant', () => {
  test.each([
    ['/v1/grants/', 'There is no /v1/grants/; did you mean /v1/grants?'],
    ['/v1//grants', 'There is no /v1//grants; did you mean /v1/grants?'],
    ['/v1/grants/gr_1/approve//', 'did you mean /v1/grants/gr_1/approve?'],
    ['/v1/principals/people:ana/suspend/', 'did you mean /v1/principals/people:ana/suspend?'],
    ['/v1/principals/people:ana', 'POST /v1/principals/{id}/revoke, /suspend or /resume'],
    ['/', 'There is no such call.'],
    ['/v2/grants', 'There is no such call.'],
    ['/v1/grants/a/b/c', 'There is no such call.'],
    ['/v1/Grants', 'There is no such call.'],
    ['/well-known/valetkey', 'There is no such call.'],
    ['/xwell-known/valetkey', 'There is no such call.'],
  ])('%s', async (path, says) => {
    const answer = await call('POST', path);
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
      body: { type: 'urn:valetkey:problem:not-found', detail: expect.stringContaining(says) },
    });
    expect(answer.body['detail']).toMatch(/GET \/v1\/openapi\.json lists all calls\.$/);
  });

  test('and shows of a hostile path neither control characters nor all of it', async () => {
    const { status, body } = await call('POST', `//v1/grants/\u001b[2J\u202e${'x'.repeat(3000)}/`);
    expect(status).toBe(404);
    expect(hasControlCodes(String(body['detail']))).toBe(false);
    expect(body['detail']).not.toContain('\u202e');
    expect(String(body['detail']).length).toBeLessThan(600);
  });
});
