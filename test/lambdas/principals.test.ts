import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { ana, job } from '../support/callers.ts';
import type { Claims } from '../support/test-issuer.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const TOO_LONG = 'x'.repeat(513);

describe('a valid token whose claims make no principal is refused, and the answer names the claim', () => {
  test.each<[string, Claims, string]>([
    ['no subject', { sub: null }, "'sub'"],
    ['an empty subject', { sub: '' }, "'sub'"],
    ['a subject with a line break', { sub: 'ana\nroot' }, "'sub'"],
    ['a subject that is too long', { sub: TOO_LONG }, "'sub'"],
    ['groups that are not a list of names', { groups: [{ admin: true }] }, "'groups'"],
    ['groups that are a number', { groups: 7 }, "'groups'"],
    ['a group with half a character', { groups: ['a\ud800'] }, "'groups'"],
    ['a subject with half a character', { sub: 'ana\udc00' }, "'sub'"],
    ['a subject too wide for the table', { sub: '東'.repeat(400) }, "'sub'"],
  ])('a person with %s', async (_, claims, named) => {
    const answer = await api.call('GET /v1/whoami', { token: await ana(api.issuer, claims) });
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringContaining('invalid_token') },
      body: { detail: expect.stringContaining(named) },
    });
  });

  test.each<[string, Claims, string]>([
    ['no repository id', { repository_id: null }, "'repository_id'"],
    ['an empty owner id', { repository_owner_id: '' }, "'repository_owner_id'"],
    ['a list for a repository id', { repository_id: ['2002'] }, "'repository_id'"],
    ['half a character in a tag', { ref: '\ud800' }, "'ref'"],
  ])('a job with %s', async (_, claims, named) => {
    const answer = await api.call('GET /v1/whoami', { token: await job(api.issuer, claims) });
    expect(answer).toMatchObject({ status: 401, body: { detail: expect.stringContaining(named) } });
  });
});

describe('whoami', () => {
  test('shows the principal as policies see it, with only the claims that were used', async () => {
    const claims = { amr: ['pwd', 'otp'], auth_time: 1_795_000_000, nonce: 'n', phone: '123' };
    const { body } = await api.call('GET /v1/whoami', { token: await ana(api.issuer, claims) });
    expect(body).toEqual({
      type: 'User',
      id: 'people:ana',
      issuer: 'people',
      name: 'ana@acme.example',
      key: expect.stringMatching(/^ana-[0-9a-z]{16}$/),
      groups: ['people:platform'],
      tags: {},
      mfa: true,
      may: [],
      signedInAt: new Date(1_795_000_000_000).toISOString().replace('.000', ''),
      claims: {
        iss: api.issuer.urls.people,
        aud: 'valetkey',
        sub: 'ana',
        email: 'ana@acme.example',
        groups: ['platform'],
        amr: ['pwd', 'otp'],
        auth_time: 1_795_000_000,
      },
      missingClaims: [],
    });
  });

  test('names the claims that the issuer’s entry uses and the token lacks', async () => {
    const token = await ana(api.issuer, { groups: undefined, amr: undefined });
    const { body } = await api.call('GET /v1/whoami', { token });
    expect(body['missingClaims']).toEqual(['groups', 'amr', 'auth_time']);
  });

  test('qualifies groups by their issuer, so that no issuer can claim the groups of another', async () => {
    const token = await ana(api.issuer, { groups: ['github:admins', 'people:security'] });
    const { body } = await api.call('GET /v1/whoami', { token });
    expect(body['groups']).toEqual(['people:github:admins', 'people:people:security']);
  });

  test('gives different repositories different ids, however their claims are split', async () => {
    const ids = [
      { repository_owner_id: '1/2', repository_id: '3' },
      { repository_owner_id: '1', repository_id: '2/3' },
      { repository_owner_id: '1%2F2', repository_id: '3' },
    ].map(async (claims) => {
      const answer = await api.call('GET /v1/whoami', { token: await job(api.issuer, claims) });
      return answer.body['id'];
    });
    expect(new Set(await Promise.all(ids)).size).toBe(3);
  });

  test('shows a name that holds half a character, or is cut, in whole characters', async () => {
    for (const email of ['a\ud800na', `${'x'.repeat(255)}😀😀`]) {
      const { body } = await api.call('GET /v1/whoami', {
        token: await ana(api.issuer, { email }),
      });
      expect(String(body['name']).isWellFormed()).toBe(true);
    }
  });

  test('shows the id of who has a name that shows nothing', async () => {
    const token = await ana(api.issuer, { email: '\u200b\u3164' });
    const { body } = await api.call('GET /v1/whoami', { token });
    expect(body).toMatchObject({ id: 'people:ana', name: 'people:ana' });
  });

  test('knows no sign-in that lies ahead', async () => {
    const auth_time = Math.floor(Date.now() / 1000) + 3600;
    const token = await ana(api.issuer, { amr: ['otp'], auth_time });
    const { body } = await api.call('GET /v1/whoami', { token });
    expect(body).toMatchObject({ mfa: true, signedInAt: null });
  });

  test('does not count a password alone as a second factor', async () => {
    const token = await ana(api.issuer, { amr: ['pwd'], acr: 'mfa', mfa: true });
    const { body } = await api.call('GET /v1/whoami', { token });
    expect(body).toMatchObject({ mfa: false, signedInAt: null });
  });
});
