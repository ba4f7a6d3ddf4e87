import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ana } from '../support/callers.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => api.aws.acceptAll());

const SUBJECTS = [
  'a/b',
  'a%2Fb',
  'a%252Fb',
  '100%',
  'spiffe://acme.example/ns/shop',
  'arn:aws:iam::111122223333:role/team/deploy',
  'q/8+Zm9v+/YmFy==',
  'a b?c#d&e;f',
  'x/revoke',
  '/v1/principals/people:b/revoke',
  'a/',
  '~YQ',
  'Zoë 東京 😀',
];

/** Everybody may end their own grants, so the answer shows which id was read. */
async function revokeOwn(sub: string, path: string): Promise<Answer> {
  const token = await ana(api.issuer, { sub });
  return api.call('POST /v1/principals/{id}/revoke', { token, path });
}

describe('an order on a principal is for exactly the id in its path', () => {
  test.each(SUBJECTS)('%s, which the gateway has decoded', async (sub) => {
    const id = `people:${sub}`;
    const answer = await revokeOwn(sub, `/v1/principals/${id}/revoke`);
    expect(answer).toMatchObject({ status: 200, body: { principal: { id } } });
  });

  test.each(SUBJECTS)('%s, as a tilde and base64url', async (sub) => {
    const id = `people:${sub}`;
    const text = `~${Buffer.from(id).toString('base64url')}`;
    const answer = await revokeOwn(sub, `/v1/principals/${text}/revoke`);
    expect(answer).toMatchObject({ status: 200, body: { principal: { id } } });
  });

  test('behind a stage or the base path of a domain', async () => {
    const answer = await revokeOwn('ana', '/keys/v1/principals/people:ana/revoke');
    expect(answer).toMatchObject({ status: 200, body: { principal: { id: 'people:ana' } } });
  });

  test('so the escapes of another id are not decoded to it', async () => {
    const answer = await revokeOwn('a/b', '/v1/principals/people:a%2Fb/revoke');
    expect(answer.status).toBe(403);
  });
});

describe('a path on principals that is no order is not found, with what to do', () => {
  test.each([
    '/v1/principals/people:ana',
    '/v1/principals/people:ana/delete',
    '/v1/principals/people:ana/suspend/now',
    '/v1/principals//suspend',
    '/v1/principals/~/suspend',
    '/v1/principals/~%/suspend',
  ])('%s', async (path) => {
    const token = await ana(api.issuer);
    const answer = await api.call('POST /v1/principals/{id}/revoke', { token, path });
    expect(answer).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('/v1/principals/{id}/revoke') },
    });
    expect(api.aws.calls()).toEqual([]);
  });

  test('a slash at the end says which path is meant', async () => {
    const token = await ana(api.issuer);
    const path = '/v1/principals/people:ana/revoke/';
    const answer = await api.call('POST /v1/principals/{id}/revoke', { token, path });
    expect(answer).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('did you mean /v1/principals/people:ana/revoke?') },
    });
  });
});

describe('an id that is too long for a key of the table is not found, without a look', () => {
  /** What was read besides the caller's own suspension. */
  const looks = () =>
    api.aws.calls().filter(({ input }) => !JSON.stringify(input).includes('SUSPENSION'));

  test.each([
    'POST /v1/principals/{id}/suspend',
    'GET /v1/grants/{id}',
    'GET /v1/entitlements/{id}',
  ])('%s', async (route) => {
    const token = await ana(api.issuer, { groups: ['security'] });
    const id = `people:${'é'.repeat(1000)}`;
    const answer = await api.call(route as 'GET /v1/grants/{id}', { token, id });
    expect(answer.status).toBe(404);
    expect(looks()).toEqual([]);
  });

  test('and as a requester it is a 400', async () => {
    const token = await ana(api.issuer, { groups: ['security'] });
    const query = `requester=people:${'%C3%A9'.repeat(580)}`;
    const answer = await api.call('GET /v1/grants', { token, query });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/requester' }] } });
    expect(looks()).toEqual([]);
  });
});
