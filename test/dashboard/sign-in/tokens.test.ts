import { expect, test } from '@jest/globals';
import { bearerFrom } from '../../../dashboard/sign-in/tokens.ts';

function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const AT = 1_795_000_000_000;
const OURS = jwt({
  aud: ['other', 'valetkey'],
  iat: 100,
  exp: 700,
  iss: 'https://login',
  sub: 'ana',
  name: 'Žofie',
});
const CLIENTS = jwt({ aud: 'valetkey-cli', iat: 100, exp: 700 });

test('the token for the audience is the bearer, whichever it is', () => {
  const found = { token: OURS, expiresAt: AT + 600_000, person: 'https://login ana' };
  expect(bearerFrom({ access_token: OURS, id_token: CLIENTS }, 'valetkey', AT)).toEqual(found);
  expect(bearerFrom({ access_token: CLIENTS, id_token: OURS }, 'valetkey', AT)).toEqual(found);
});

test('an access token that nobody can read is passed over', () => {
  const found = { token: OURS, expiresAt: AT + 600_000, person: 'https://login ana' };
  for (const access_token of ['opaque', 'a.b.c', 'a..c']) {
    expect(bearerFrom({ access_token, id_token: OURS }, 'valetkey', AT)).toEqual(found);
  }
});

test('without a token for the audience there is none', () => {
  expect(bearerFrom({ access_token: CLIENTS }, 'valetkey', AT)).toBeNull();
  expect(bearerFrom({}, 'valetkey', AT)).toBeNull();
  expect(bearerFrom({ id_token: jwt({ iat: 1, exp: 2 }) }, 'valetkey', AT)).toBeNull();
});

test('a token that does not say how long it lasts, lasts as long as the provider says', () => {
  const access_token = jwt({ aud: 'valetkey' });
  expect(bearerFrom({ access_token, expires_in: 60 }, 'valetkey', AT)?.expiresAt).toBe(AT + 60_000);
  expect(bearerFrom({ access_token }, 'valetkey', AT)?.expiresAt).toBe(AT);
});
