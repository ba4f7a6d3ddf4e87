import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import type { Answer } from '../support/api-call.ts';
import { type ApiUnderTest, startApi } from '../support/api-under-test.ts';
import { job } from '../support/callers.ts';
import { type Claims, newKey, type SigningKey, seconds, sign } from '../support/test-issuer.ts';

/** Keys that are published without `alg`, as many providers do: the token alone names the algorithm. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
const keys = new Map<string, SigningKey>();

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  for (const alg of ALGORITHMS) {
    const key = await newKey(alg, `${alg}-1`);
    const { alg: _, ...jwk } = key.jwk;
    keys.set(alg, { ...key, jwk });
  }
  api.issuer.publish(...Object.values(api.issuer.keys), ...keys.values());
});
afterAll(() => api.stop());

const whoami = (token: string): Promise<Answer> => api.call('GET /v1/whoami', { token });

function signed(claims: Claims = {}, header: object = {}): Promise<string> {
  const all = { iss: api.issuer.urls.people, sub: 'ana', ...claims };
  return sign(all, api.issuer.keys.RS256, header);
}

test.each(ALGORITHMS)('a token that is signed with %s is accepted', async (alg) => {
  const key = keys.get(alg);
  if (key === undefined) throw new Error(`no key for ${alg}`);
  const token = await sign({ iss: api.issuer.urls.people, sub: 'ana' }, key);
  expect(await whoami(token)).toMatchObject({ status: 200, body: { id: 'people:ana' } });
});

async function expectRefused(token: string, reason: RegExp): Promise<void> {
  const answer = await whoami(token);
  expect(answer).toMatchObject({
    status: 401,
    body: { detail: expect.stringMatching(reason) },
    headers: { 'www-authenticate': expect.stringContaining('error="invalid_token"') },
  });
  expect(answer.text).not.toContain(token);
}

describe('a token is accepted', () => {
  test.each(['RS256', 'ES256', 'EdDSA'] as const)('when it is signed with %s', async (alg) => {
    const claims = { iss: api.issuer.urls.people, sub: 'ana' };
    const answer = await whoami(await sign(claims, api.issuer.keys[alg]));
    expect(answer).toMatchObject({ status: 200, body: { id: 'people:ana', issuer: 'people' } });
  });

  test.each<[string, () => Claims]>([
    ['with several audiences, one of them the broker’s', () => ({ aud: ['other', 'valetkey'] })],
    ['50 seconds after it expired', () => ({ exp: seconds(-50) })],
    ['50 seconds before it becomes valid', () => ({ nbf: seconds(50) })],
  ])('%s: clocks may differ by a minute', async (_, claims) => {
    expect(await whoami(await signed(claims()))).toMatchObject({ status: 200 });
  });

  test('when it is from a job, whose id is made of several claims', async () => {
    const answer = await whoami(await job(api.issuer));
    expect(answer.body).toMatchObject({ type: 'Workload', id: 'github:1001/2002' });
  });
});

describe('a token is refused', () => {
  test.each<[string, () => Claims, RegExp]>([
    ['70 seconds after it expired', () => ({ exp: seconds(-70) }), /expired at 20/],
    ['70 seconds before it becomes valid', () => ({ nbf: seconds(70) }), /not valid before 20/],
    ['for another audience', () => ({ aud: 'other' }), /audience \(aud\) is not 'valetkey'/],
    ['for an audience that is a prefix of the broker’s', () => ({ aud: 'valet' }), /audience/],
    ['without an audience', () => ({ aud: null }), /aud/],
    ['from another issuer', () => ({ iss: 'https://evil.example' }), /issuer \(iss\)/],
    [
      'from an issuer that differs by a slash',
      () => ({ iss: `${api.issuer.urls.people}/` }),
      /issuer/,
    ],
    ['without an issuer', () => ({ iss: null }), /names no issuer/],
    ['with a list of issuers', () => ({ iss: [api.issuer.urls.people] }), /names no issuer/],
    ['without an expiry', () => ({ exp: null }), /'exp' is missing/],
    ['with an expiry that is not a number', () => ({ exp: '9999999999' }), /'exp'/],
  ])('%s', async (_, claims, reason) => {
    await expectRefused(await signed(claims()), reason);
  });

  test('when another key signed it under the same key id', async () => {
    const forged = await newKey('RS256', api.issuer.keys.RS256.kid);
    const token = await sign({ iss: api.issuer.urls.people, sub: 'ana' }, forged);
    await expectRefused(token, /signature is wrong/);
  });

  test('when its header contains its own key', async () => {
    const own = await newKey('RS256', api.issuer.keys.RS256.kid);
    const claims = { iss: api.issuer.urls.people, sub: 'ana' };
    const header = { jwk: own.jwk, jku: 'http://127.0.0.1:1/jwks', x5u: 'http://127.0.0.1:1/' };
    await expectRefused(await sign(claims, own, header), /signature is wrong/);
  });

  test('when its claims were changed after signing', async () => {
    const [header, , signature] = (await signed()).split('.');
    const claims = { iss: api.issuer.urls.people, sub: 'eve', aud: 'valetkey', exp: seconds(600) };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    await expectRefused(`${header}.${payload}.${signature}`, /signature is wrong/);
  });

  test('when it is not signed', async () => {
    const token = new UnsecuredJWT({ sub: 'ana' })
      .setIssuer(api.issuer.urls.people)
      .setAudience('valetkey')
      .setExpirationTime('10m')
      .encode();
    await expectRefused(token, /algorithm|well-formed/);
  });

  test('when its HMAC was made with the public key', async () => {
    const { jwk, kid } = api.issuer.keys.RS256;
    const publicKey = await importJWK({ ...jwk, ext: true }, 'RS256', { extractable: true });
    if (publicKey instanceof Uint8Array) throw new Error('not a public key');
    const token = await new SignJWT({ sub: 'ana' })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setIssuer(api.issuer.urls.people)
      .setAudience('valetkey')
      .setExpirationTime('10m')
      .sign(new TextEncoder().encode(await exportSPKI(publicKey)));
    await expectRefused(token, /algorithm \(alg\) is not one of RS256, RS384/);
  });

  test.each([
    ['an unknown critical extension', { crit: ['exp-soon'], 'exp-soon': true }],
    ['a key id that is not a string', { kid: 7 }],
    ['an algorithm other than that of its key', { alg: 'ES256' }],
  ])('when its header names %s', async (_, change) => {
    const [, payload, signature] = (await signed()).split('.');
    const { kid } = api.issuer.keys.RS256;
    const header = JSON.stringify({ alg: 'RS256', kid, typ: 'JWT', ...change });
    await expectRefused(
      `${Buffer.from(header).toString('base64url')}.${payload}.${signature}`,
      /not accepted/,
    );
  });

  test('when it is longer than any real token', async () => {
    await expectRefused(await signed({ padding: 'x'.repeat(12_000) }), /too long/);
  });
});
