import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { credentialsEndpoint, type Endpoint } from '../../../cli/credentials/endpoint.ts';
import { KEYS } from '../fake-server.ts';

/** The credentials endpoint of `exec`: for the child, and for nobody else on the machine. */

let endpoint: Endpoint;
let answer: () => Promise<typeof KEYS> = async () => KEYS;
beforeAll(async () => {
  endpoint = await credentialsEndpoint(() => answer());
});
afterAll(() => endpoint.close());

type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};

function ask(
  headers: Readonly<Record<string, string>>,
  { method = 'GET', path = '/credentials' } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(endpoint.url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => {
        body += data.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    call.on('error', reject).end();
  });
}

describe('whoever has the token', () => {
  test('gets keys as SDKs read them', async () => {
    const { status, body } = await ask({ authorization: endpoint.token });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      AccessKeyId: KEYS.accessKeyId,
      SecretAccessKey: KEYS.secretAccessKey,
      Token: KEYS.sessionToken,
      Expiration: KEYS.expiration,
    });
  });

  test('is told why there are none', async () => {
    answer = () => Promise.reject(new Error('The grant is revoked\u001b[2J.'));
    const { status, body } = await ask({ authorization: endpoint.token });
    answer = async () => KEYS;
    expect(status).toBe(404);
    expect(JSON.parse(body)).toEqual({ Code: 'NoKeys', Message: 'The grant is revoked [2J.' });
  });
});

describe('nobody else gets any', () => {
  const token = () => ({ authorization: endpoint.token });
  test.each<[string, () => Readonly<Record<string, string>>, { method?: string; path?: string }]>([
    ['without a token', () => ({}), {}],
    ['with another token', () => ({ authorization: 'x'.repeat(43) }), {}],
    ['with half of it', () => ({ authorization: endpoint.token.slice(0, 20) }), {}],
    ['under another name: DNS rebinding', () => ({ ...token(), host: 'evil.example' }), {}],
    ['under localhost, which may be rebound, too', () => ({ ...token(), host: 'localhost' }), {}],
    ['from a web page', () => ({ ...token(), origin: 'https://evil.example' }), {}],
    ['from a browser', () => ({ ...token(), 'sec-fetch-site': 'cross-site' }), {}],
    ['by POST', token, { method: 'POST' }],
    ['by OPTIONS', token, { method: 'OPTIONS' }],
    ['at another path', token, { path: '/' }],
    ['at a path with a query', token, { path: '/credentials?x' }],
  ])('%s', async (_, headers, how) => {
    const { status, body, headers: answered } = await ask(headers(), how);
    expect(status).toBe(403);
    expect(body).not.toContain(KEYS.secretAccessKey);
    expect(answered['access-control-allow-origin']).toBeUndefined();
  });

  test('outside this machine: it listens on loopback', () => {
    expect(new URL(endpoint.url).hostname).toBe('127.0.0.1');
    expect(endpoint.token.length).toBeGreaterThanOrEqual(43);
  });
});
