import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { tokenVerifier } from '../../../adapters/oidc/token-verifier.ts';
import type { Issuer } from '../../../core/issuer.ts';
import { testClock } from '../../support/test-clock.ts';
import {
  newKey,
  type SigningKey,
  sign,
  startIssuer,
  type TestIssuer,
} from '../../support/test-issuer.ts';

/** How often the keys of an issuer are fetched, and what happens while it does not answer. */

const PEOPLE: Issuer = {
  id: 'people',
  type: 'User',
  url: 'https://login.acme.example',
  audience: ['valetkey'],
  subject: ['sub'],
  name: 'email',
};

const clock = testClock();
let issuer: TestIssuer;
let later = 0;
beforeEach(async () => {
  issuer = await startIssuer();
  later = 0;
  const start = performance.now();
  jest.spyOn(performance, 'now').mockImplementation(() => start + later);
});
afterEach(async () => {
  clock.restart();
  jest.restoreAllMocks();
  await issuer.stop();
});

/** Moves both clocks of the adapter. */
function wait(seconds: number): void {
  later += seconds * 1000;
  clock.forward(seconds);
}

const verifier = () =>
  tokenVerifier(
    [PEOPLE],
    () => issuer.urls.people,
    () => Date.now(),
  );
const tokenOf = (key: SigningKey): Promise<string> =>
  sign({ iss: issuer.urls.people, sub: 'ana' }, key);
const fetches = (path: string): number =>
  issuer.requests.filter((request) => request.endsWith(path)).length;

const REFUSED = { ok: false, error: { code: 'token-refused' } };
const UNAVAILABLE = { ok: false, error: { code: 'unavailable', what: 'issuer' } };

test('the keys are fetched before the first token arrives, and only once', async () => {
  const verify = verifier();
  await verify.ready;
  for (let calls = 0; calls < 20; calls += 1) {
    expect(await verify(await tokenOf(issuer.keys.RS256))).toMatchObject({ ok: true });
  }
  expect(issuer.requests).toEqual(['/people/.well-known/openid-configuration', '/people/jwks']);
});

test('a rotated key is found', async () => {
  const verify = verifier();
  await verify.ready;
  const rotated = await newKey('RS256', 'rsa-2');
  issuer.publish(issuer.keys.RS256, rotated);
  wait(31);
  expect(await verify(await tokenOf(rotated))).toMatchObject({ ok: true });
  expect(await verify(await tokenOf(issuer.keys.RS256))).toMatchObject({ ok: true });
});

test('tokens that come at once with a rotated key are all accepted, after one fetch', async () => {
  const verify = verifier();
  await verify.ready;
  const rotated = await newKey('RS256', 'rsa-2');
  issuer.publish(rotated);
  wait(31);
  const token = await tokenOf(rotated);
  const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
  for (const answer of answers) expect(answer).toMatchObject({ ok: true });
  expect(fetches('/jwks')).toBe(2);
});

test('a withdrawn key is trusted for at most ten more minutes', async () => {
  const verify = verifier();
  await verify.ready;
  issuer.publish(issuer.keys.ES256);
  wait(601);
  expect(await verify(await tokenOf(issuer.keys.RS256))).toMatchObject(REFUSED);
});

test('50 tokens with an unknown key id fetch the keys at most twice', async () => {
  const verify = verifier();
  await verify.ready;
  const stranger = await tokenOf(await newKey('RS256', 'nobody'));
  for (let calls = 0; calls < 25; calls += 1) expect(await verify(stranger)).toMatchObject(REFUSED);
  wait(31);
  const many = await Promise.all(Array.from({ length: 25 }, () => verify(stranger)));
  for (const answer of many) expect(answer).toMatchObject(REFUSED);
  expect(fetches('/jwks')).toBeLessThanOrEqual(2);
});

test('tokens that arrive together before the keys share one fetch', async () => {
  const verify = verifier();
  const token = await tokenOf(issuer.keys.RS256);
  const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
  for (const answer of answers) expect(answer).toMatchObject({ ok: true });
  expect(issuer.requests).toHaveLength(2);
});

describe('an issuer that does not answer', () => {
  test('makes its tokens unavailable, not refused, until it is back', async () => {
    issuer.broken = true;
    const verify = verifier();
    await verify.ready;
    const token = await tokenOf(issuer.keys.RS256);
    expect(await verify(token)).toEqual(UNAVAILABLE);
    issuer.broken = false;
    wait(4);
    expect(await verify(token)).toMatchObject({ ok: true });
  });

  test('is found again although tokens keep arriving', async () => {
    issuer.broken = true;
    const verify = verifier();
    const token = await tokenOf(issuer.keys.RS256);
    for (let calls = 0; calls < 10; calls += 1) {
      expect(await verify(token)).toEqual(UNAVAILABLE);
      wait(1);
    }
    issuer.broken = false;
    wait(3);
    expect(await verify(token)).toMatchObject({ ok: true });
  });

  test('is not called for every token', async () => {
    issuer.broken = true;
    const verify = verifier();
    const token = await tokenOf(issuer.keys.RS256);
    for (let calls = 0; calls < 50; calls += 1) await verify(token);
    expect(issuer.requests.length).toBeLessThanOrEqual(2);
  });

  test('is not called for every token when only its keys are down', async () => {
    const verify = verifier();
    await verify.ready;
    issuer.broken = true;
    wait(601);
    const token = await tokenOf(issuer.keys.RS256);
    for (let calls = 0; calls < 50; calls += 1) expect(await verify(token)).toEqual(UNAVAILABLE);
    expect(fetches('/jwks')).toBeLessThanOrEqual(2);
    issuer.broken = false;
    wait(4);
    expect(await verify(token)).toMatchObject({ ok: true });
  });

  test('does not delay the refusal of tokens from unknown issuers', async () => {
    issuer.broken = true;
    const token = await sign({ iss: 'https://evil.example', sub: 'ana' }, issuer.keys.RS256);
    expect(await verifier()(token)).toMatchObject(REFUSED);
  });
});

test('a discovery document that names another issuer is not used', async () => {
  const verify = tokenVerifier(
    [PEOPLE],
    () => `${issuer.urls.people}/../github`,
    () => Date.now(),
  );
  const claims = { iss: `${issuer.urls.people}/../github`, sub: 'ana' };
  expect(await verify(await sign(claims, issuer.keys.RS256))).toEqual(UNAVAILABLE);
  expect(fetches('/jwks')).toBe(0);
});

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost:1/jwks',
  'http://login.acme.example/jwks',
  'https://10.0.0.1/jwks',
  'file:///etc/passwd',
  'not a URL',
])('keys are not fetched from %s', async (keysAt) => {
  issuer.keysAt = keysAt;
  const verify = verifier();
  await verify.ready;
  expect(await verify(await tokenOf(issuer.keys.RS256))).toEqual(UNAVAILABLE);
  const discoveries = fetches('/.well-known/openid-configuration');
  expect(issuer.requests).toHaveLength(discoveries);
});
