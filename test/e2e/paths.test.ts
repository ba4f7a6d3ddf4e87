import { describe, expect, test } from '@jest/globals';
import { principalInPath } from '../../core/principal-path.ts';
import { ARTIFACTS, call, person, stack, tokenFor, vend } from './support.ts';

/** What a gateway does to paths, with the routes of the deployed API. */

describe('a principal whose id has slashes and percent signs', () => {
  test.each(['team/ana', 'a%2Fb', '100%/x', 'spiffe://acme.example/ns%252F1', 'q+8/Zm9v=='])(
    '%s is suspended by its id, percent-encoded once, and resumed by its base64url',
    async (prefix) => {
      const sub = `${prefix}-${Math.random().toString(36).slice(2)}`;
      const id = `people:${sub}`;
      const admin = await person(['security']);
      const ana = await tokenFor('people', {
        sub,
        email: 'ana@acme.example',
        groups: ['platform'],
      });
      const { grant } = await vend(ana, ARTIFACTS);
      const once = `/v1/principals/${encodeURIComponent(id)}`;
      const suspended = await call('POST', `${once}/suspend`, admin, { reason: 'a test' });
      expect(suspended).toMatchObject({
        status: 200,
        body: { principal: { id, suspended: { reason: 'a test' } }, grants: [{ id: grant.id }] },
      });
      const refused = await call('POST', '/v1/credentials', ana, ARTIFACTS);
      expect(refused).toMatchObject({ status: 403, body: { title: 'Suspended' } });
      const resumed = await call('POST', `/v1/principals/${principalInPath(id)}/resume`, admin, {});
      expect(resumed).toMatchObject({ status: 200, body: { principal: { id, suspended: null } } });
      await vend(ana, ARTIFACTS);
    },
  );

  test('is not the one of which its id is an escape', async () => {
    const token = await tokenFor('people', { sub: 'x/y', email: 'x@acme.example' });
    const path = `/v1/principals/${encodeURIComponent('people:x%2Fy')}/revoke`;
    expect((await call('POST', path, token, {})).status).toBe(403);
    const own = `/v1/principals/${encodeURIComponent('people:x/y')}/revoke`;
    expect((await call('POST', own, token, {})).status).toBe(200);
  });
});

describe('a call that there is not gets a problem document', () => {
  const send = async (method: string, path: string) => {
    const { status, headers, ...answer } = await fetch(`${stack().apiUrl}${path}`, { method }).then(
      async (response) => ({
        status: response.status,
        headers: response.headers,
        body: method === 'HEAD' ? {} : ((await response.json()) as Record<string, unknown>),
      }),
    );
    expect(headers.get('content-type')).toContain('application/problem+json');
    return { status, allow: headers.get('allow'), detail: answer.body['detail'] };
  };

  test.each([
    ['DELETE', '/v1/grants', 'GET, POST'],
    ['GET', '/v1/credentials', 'POST'],
    ['GET', '/v1/principals/people%3Aa%2Fb/suspend', 'POST'],
    ['PUT', '/.well-known/valetkey', 'GET'],
  ])('%s %s: 405', async (method, path, allow) => {
    expect(await send(method, path)).toMatchObject({ status: 405, allow });
  });

  test.each([
    ['POST', '/v1/grants/', 'did you mean /v1/grants?'],
    ['GET', '/v1//whoami', 'did you mean /v1/whoami?'],
    ['POST', '/v1/principals/people%3Aana/suspend/', 'did you mean'],
    ['POST', '/v1/principals/people%3Aana', '/v1/principals/{id}/revoke'],
    ['GET', '/v1/nothing', 'There is no such call.'],
  ])('%s %s: 404', async (method, path, says) => {
    expect(await send(method, path)).toMatchObject({
      status: 404,
      detail: expect.stringContaining(says),
    });
  });
});
