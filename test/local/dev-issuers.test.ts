import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { type DevIssuers, startDevIssuers } from '../../local/dev-issuers.ts';
import {
  Browser,
  beginDevice,
  CLIENT_ID,
  pollDevice,
  postForm,
  signInWithBrowser,
  type Tokens,
} from './issuer-client.ts';

const POLICY = fileURLToPath(new URL('../../policy', import.meta.url));
const ANA = { user: 'ana', groups: 'platform, developers', mfa: 'on' };
const CALLBACK = 'http://127.0.0.1:45678/callback';

let issuers: DevIssuers;
let people: string;
let github: string;

beforeAll(async () => {
  issuers = await startDevIssuers(POLICY);
  people = issuers.urls['people'] ?? '';
  github = issuers.urls['github'] ?? '';
});

afterAll(() => issuers.stop());

async function verified(token: string, issuer = people): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  return (await jwtVerify(token, keys, { issuer, audience: 'valetkey' })).payload;
}

async function devToken(issuer: string, claims: unknown): Promise<string> {
  const body = JSON.stringify(claims);
  const answer = await fetch(`${issuer}/dev/token`, { method: 'POST', body });
  return ((await answer.json()) as { token: string }).token;
}

const unsigned = (token: string): JWTPayload =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;

describe('discovery', () => {
  test('every issuer of the bundle has its own document and keys', async () => {
    for (const issuer of [people, github]) {
      const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
      const found = (await answer.json()) as Record<string, string>;
      expect(found).toMatchObject({ issuer, jwks_uri: `${issuer}/jwks` });
      const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: object[] };
      expect(keys).toEqual([expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' })]);
      expect(keys[0]).not.toHaveProperty('d');
    }
  });

  test('an issuer that is not in the bundle does not exist', async () => {
    const answer = await fetch(people.replace('people', 'strangers'));
    expect(answer.status).toBe(404);
  });

  test('only issuers of people offer the device flow', async () => {
    const found = await Promise.all(
      [people, github].map(async (issuer) =>
        Object.keys(
          (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as object,
        ),
      ),
    );
    expect(found.map((fields) => fields.includes('device_authorization_endpoint'))).toEqual([
      true,
      false,
    ]);
  });
});

describe('development tokens', () => {
  test('a token has four default claims, the given ones, and nothing else', async () => {
    const token = await devToken(people, { sub: 'ana' });
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    const claims = await verified(token);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sub']);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
  });

  test('given claims win over the defaults, and null removes one', async () => {
    const given = { aud: 'somebody-else', iss: 'https://evil.example', iat: 1, exp: 'never' };
    expect(unsigned(await devToken(github, given))).toEqual(given);
    expect(unsigned(await devToken(github, { exp: null }))).not.toHaveProperty('exp');
  });

  test("one issuer's key does not verify another's token", async () => {
    const token = await devToken(github, { iss: people });
    await expect(verified(token)).rejects.toThrow('signature verification failed');
  });

  test.each(['not json', '[]', '"ana"', 'null', `{"a":"${'x'.repeat(70_000)}"}`])(
    'a body that is not a JSON object of claims is refused (%#)',
    async (body) => {
      const answer = await fetch(`${people}/dev/token`, { method: 'POST', body });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ error: expect.any(String) });
    },
  );

  test('a request that breaks off does not stop the issuers', async () => {
    await new Promise<void>((resolve) => {
      const half = request(`${people}/dev/token`, {
        method: 'POST',
        headers: { 'content-length': '100' },
      });
      half.once('error', () => resolve());
      half.write('{', () => setTimeout(() => half.destroy(new Error('gone')), 20));
    });
    await expect(verified(await devToken(people, { sub: 'ana' }))).resolves.toBeDefined();
  });
});

describe('signing in', () => {
  async function expectAna(tokens: Tokens): Promise<void> {
    const { payload, protectedHeader } = await jwtVerify(
      tokens.access_token,
      createRemoteJWKSet(new URL(`${people}/jwks`)),
      { issuer: people, audience: 'valetkey' },
    );
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: 'ana',
      email: 'ana@acme.example',
      name: 'ana',
      groups: ['platform', 'developers'],
      amr: ['mfa'],
      auth_time: expect.any(Number),
    });
  }

  test('the authorisation code flow with PKCE shows one form and gives a JWT as access token', async () => {
    const browser = new Browser();
    const tokens = await signInWithBrowser(people, CALLBACK, ANA, browser);
    await expectAna(tokens);
    expect(browser.logins).toBe(1);
  });

  test('any port of localhost is accepted, and the token shows that no second factor was used', async () => {
    const form = { user: 'ben@acme.example', groups: '' };
    const tokens = await signInWithBrowser(people, 'http://localhost:1234/callback', form);
    expect(await verified(tokens.access_token)).toMatchObject({
      email: 'ben@acme.example',
      groups: [],
      amr: ['pwd'],
    });
  });

  test('the same browser can sign in as another person', async () => {
    const browser = new Browser();
    await signInWithBrowser(people, CALLBACK, ANA, browser);
    const tokens = await signInWithBrowser(people, CALLBACK, { user: 'cleo' }, browser);
    expect(await verified(tokens.access_token)).toMatchObject({ sub: 'cleo', amr: ['pwd'] });
  });

  test('no code is given to another host, or without PKCE', async () => {
    const query = { client_id: CLIENT_ID, response_type: 'code', scope: 'openid' };
    const pkce = { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' };
    const authorize = (more: object) =>
      fetch(`${people}/auth?${new URLSearchParams({ ...query, ...more })}`, { redirect: 'manual' });
    const elsewhere = await authorize({ ...pkce, redirect_uri: 'http://192.0.2.1:1/callback' });
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([400, null]);
    const bare = await authorize({ redirect_uri: CALLBACK });
    expect(bare.headers.get('location')).toContain('error=invalid_request');
  });

  test('a refresh token gives another access token', async () => {
    const { refresh_token } = await signInWithBrowser(people, CALLBACK, ANA);
    const form = { grant_type: 'refresh_token', client_id: CLIENT_ID, refresh_token };
    await expectAna((await (await postForm(`${people}/token`, form)).json()) as Tokens);
  });

  test('the device flow gives tokens only after a sign-in with the code elsewhere', async () => {
    const device = await beginDevice(people);
    const early = await pollDevice(people, device);
    expect(await early.json()).toMatchObject({ error: 'authorization_pending' });
    await new Browser().signIn(device.verification_uri_complete, ANA);
    const answer = await pollDevice(people, device);
    expect(answer.status).toBe(200);
    await expectAna((await answer.json()) as Tokens);
  });

  test('an issuer of workloads offers no sign-in', async () => {
    const query = new URLSearchParams({ client_id: CLIENT_ID, response_type: 'code' });
    expect((await fetch(`${github}/auth?${query}`)).status).toBe(400);
  });
});

test('whoever signs in has the claims that the entry of the issuer reads', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-issuers-'));
  const entry = {
    ...{ id: 'staff', type: 'User', url: 'https://login.acme.example', audience: 'valetkey' },
    ...{ clientId: CLIENT_ID, subject: ['tid', 'oid'], name: 'email', groups: 'roles' },
    ...{ claims: { roles: ['realm_access', 'roles'] }, when: { idtyp: 'user' } },
  };
  writeFileSync(join(folder, 'issuers.yaml'), JSON.stringify({ issuers: [entry] }));
  const own = await startDevIssuers(folder);
  try {
    const staff = own.urls['staff'] ?? '';
    const tokens = await signInWithBrowser(staff, CALLBACK, ANA);
    expect(await verified(tokens.access_token, staff)).toMatchObject({
      ...{ sub: 'ana', tid: 'ana', oid: 'ana', idtyp: 'user' },
      realm_access: { roles: ['platform', 'developers'] },
    });
  } finally {
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
