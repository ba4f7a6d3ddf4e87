import { describe, expect, test } from '@jest/globals';
import { noRoute } from '../../../core/api/no-route.ts';

const detail = (method: string, path: string) => noRoute(method, path).body['detail'];

describe('a call that no route takes', () => {
  test('with the path of others names their methods', () => {
    expect(noRoute('DELETE', '/v1/grants')).toMatchObject({
      status: 405,
      headers: { 'content-type': 'application/problem+json', allow: 'GET, POST' },
      body: {
        ...{ type: 'urn:valetkey:problem:method-not-allowed', title: 'Method not allowed' },
        detail: '/v1/grants takes GET, POST, not DELETE.',
      },
    });
    expect(noRoute('PUT', '/v1/grants/gr_1/revoke')).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    });
  });

  test('has the path of others letter by letter', () => {
    expect(noRoute('PUT', '/v1/openapi.json').headers).toMatchObject({ allow: 'GET' });
    expect(noRoute('PUT', '/v1/openapixjson').status).toBe(404);
  });

  test('whose method only lacks capitals has a path that nothing takes', () => {
    expect(noRoute('post', '/v1/grants').status).toBe(404);
    expect(detail('post', '/v1/grants')).toMatch(/^There is no such call\./);
  });

  test('is found behind a stage or the path of a custom domain', () => {
    expect(noRoute('PUT', '/prod/v1/grants').status).toBe(405);
    expect(noRoute('PUT', '/a/b/v1/grants').status).toBe(405);
    expect(noRoute('PUT', 'x/v1/grants').status).toBe(404);
    expect(noRoute('PUT', '/v1/grants/more').status).toBe(405);
    expect(noRoute('PUT', '/v1/grants/gr_1/more').status).toBe(404);
  });

  test.each([
    ['/v1/grants/', '/v1/grants'],
    ['//v1//grants', '/v1/grants'],
    ['/v1/grants//gr_1/revoke/', '/v1/grants/gr_1/revoke'],
  ])('with superfluous slashes (%s) is told the path without them', (path, meant) => {
    expect(noRoute('POST', path).status).toBe(404);
    expect(detail('POST', path)).toBe(
      `There is no ${path}; did you mean ${meant}? GET /v1/openapi.json lists all calls.`,
    );
  });

  test('on a principal is told which calls there are, and how the id is written', () => {
    expect(detail('GET', '/v1/principals/people:ana/grants')).toMatch(
      /^A call on a principal is POST/,
    );
    expect(detail('GET', '/v2/principals/people:ana')).toMatch(/^There is no such call\./);
  });

  test('on a principal may have an id with slashes and line breaks', () => {
    expect(noRoute('GET', '/v1/principals/ci:a\nb/suspend').status).toBe(405);
    expect(noRoute('GET', '/v1/principals/ci:acme/shop:ref/suspend')).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    });
  });

  test('that nothing is like is told where all calls are listed', () => {
    expect(noRoute('GET', '/login')).toMatchObject({
      status: 404,
      body: {
        ...{ type: 'urn:valetkey:problem:not-found', title: 'Not found' },
        detail: 'There is no such call. GET /v1/openapi.json lists all calls.',
      },
    });
    expect(detail('GET', '/v1/openapi-json/')).toMatch(/^There is no such call/);
  });

  test('is shown shortened, without what a terminal would carry out', () => {
    const long = `/v1/grants/${'x'.repeat(200)}`;
    expect(detail('PUT', long)).toContain(`${long.slice(0, 128)}… takes GET, not PUT.`);
    const at = `/v1/grants/${'x'.repeat(117)}`;
    expect(detail('PUT', at)).toContain(`${at} takes`);
    expect(detail('PUT', '/v1/grants/a\u001b[31mb')).toContain('/v1/grants/a[31mb takes');
    const emoji = `/v1/grants/${'x'.repeat(116)}😀`;
    expect(detail('PUT', emoji)).toContain(`${emoji.slice(0, 127)}… takes`);
    expect(detail('P\nT', '/v1/grants/a\ud800')).toBe('/v1/grants/a takes GET, not PT.');
  });
});
