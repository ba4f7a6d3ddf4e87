import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/**
 * An OIDC issuer on loopback: discovery, rotating keys, a record of its requests, and signed
 * tokens.
 */

type Algorithm = 'RS256' | 'ES256' | 'EdDSA';
type AnyAlgorithm =
  | Algorithm
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES384'
  | 'ES512'
  | 'Ed25519';
type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
export type SigningKey = {
  readonly privateKey: PrivateKey;
  readonly jwk: JWK;
  readonly alg: AnyAlgorithm;
  readonly kid: string;
};
export type Claims = Readonly<Record<string, unknown>>;

export type TestIssuer = {
  /** The URLs by issuer id, as in `ISSUER_URLS`. */
  readonly urls: { readonly people: string; readonly github: string };
  /** The paths of its requests, in order. */
  readonly requests: string[];
  readonly keys: Readonly<Record<Algorithm, SigningKey>>;
  /** While true, it answers every request with status 500. */
  broken: boolean;
  /** Where the discovery documents say that the keys are, if elsewhere than at the issuer. */
  keysAt: string | null;
  readonly publish: (...keys: readonly SigningKey[]) => void;
  readonly stop: () => Promise<void>;
};

export async function newKey(alg: AnyAlgorithm, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, alg, kid, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export async function startIssuer(): Promise<TestIssuer> {
  const [rsa, ec, ed] = await Promise.all([
    newKey('RS256', 'rsa-1'),
    newKey('ES256', 'ec-1'),
    newKey('EdDSA', 'ed-1'),
  ]);
  let published: readonly SigningKey[] = [rsa, ec, ed];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const issuer = `${origin}/${path.split('/')[1]}`;
    const document = path.endsWith('/jwks')
      ? { keys: published.map(({ jwk }) => jwk) }
      : { issuer, jwks_uri: issued.keysAt ?? `${issuer}/jwks` };
    response.writeHead(issued.broken ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issued: TestIssuer = {
    urls: { people: `${origin}/people`, github: `${origin}/github` },
    requests,
    keys: { RS256: rsa, ES256: ec, EdDSA: ed },
    broken: false,
    keysAt: null,
    publish: (...keys) => {
      published = keys;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issued;
}

/** Seconds since the epoch, as JWTs have them. */
export function seconds(fromNow = 0): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}

/** A token with these claims and some defaults; null removes a default. */
export function sign(claims: Claims, key: SigningKey, header: object = {}): Promise<string> {
  const all = { aud: 'valetkey', iat: seconds(), exp: seconds(600), ...claims };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return new SignJWT(given)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}
