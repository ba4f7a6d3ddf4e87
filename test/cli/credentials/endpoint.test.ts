import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  credentialsEndpoint,
  type Endpoint,
  verifyEndpoint,
} from '../../../cli/credentials/endpoint.ts';
import { CREDENTIALS } from '../fake-server.ts';

/** The credentials endpoint of `exec`, which only the child may use. */

let endpoint: Endpoint;
let answer: () => Promise<typeof CREDENTIALS> = async () => CREDENTIALS;
beforeAll(async () => {
  endpoint = await credentialsEndpoint(() => answer());
});
afterAll(() => endpoint.close());

type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};

function get(
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

describe('a caller with the token', () => {
  test('gets credentials in the format of the SDKs', async () => {
    const { status, body } = await get({ authorization: endpoint.token });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      AccessKeyId: CREDENTIALS.accessKeyId,
      SecretAccessKey: CREDENTIALS.secretAccessKey,
      Token: CREDENTIALS.sessionToken,
      Expiration: CREDENTIALS.expiration,
    });
  });

  test('gets the reason if there are none', async () => {
    answer = () => Promise.reject(new Error('The grant is revoked\u001b[2J.'));
    const { status, body } = await get({ authorization: endpoint.token });
    answer = async () => CREDENTIALS;
    expect(status).toBe(404);
    expect(JSON.parse(body)).toEqual({ Code: 'NoKeys', Message: 'The grant is revoked [2J.' });
  });
});

describe('no other caller gets credentials', () => {
  const token = () => ({ authorization: endpoint.token });
  test.each<[string, () => Readonly<Record<string, string>>, { method?: string; path?: string }]>([
    ['without a token', () => ({}), {}],
    ['with another token', () => ({ authorization: 'x'.repeat(43) }), {}],
    ['with half of the token', () => ({ authorization: endpoint.token.slice(0, 20) }), {}],
    ['after DNS rebinding', () => ({ ...token(), host: 'evil.example' }), {}],
    ['as localhost, which can be rebound as well', () => ({ ...token(), host: 'localhost' }), {}],
    ['from a web page', () => ({ ...token(), origin: 'https://evil.example' }), {}],
    ['from a browser', () => ({ ...token(), 'sec-fetch-site': 'cross-site' }), {}],
    ['with POST', token, { method: 'POST' }],
    ['with OPTIONS', token, { method: 'OPTIONS' }],
    ['at another path', token, { path: '/' }],
    ['at a path with a query', token, { path: '/credentials?x' }],
  ])('%s', async (_, headers, options) => {
    const { status, body, headers: answered } = await get(headers(), options);
    expect(status).toBe(403);
    expect(body).not.toContain(CREDENTIALS.secretAccessKey);
    expect(answered['access-control-allow-origin']).toBeUndefined();
  });

  test('from another machine: the endpoint listens on loopback', () => {
    expect(new URL(endpoint.url).hostname).toBe('127.0.0.1');
    expect(endpoint.token.length).toBeGreaterThanOrEqual(43);
  });
});

describe('before the command starts', () => {
  const current = async () => CREDENTIALS;
  const other = { ...CREDENTIALS, accessKeyId: 'B'.repeat(16) };

  test('it is verified that it would obtain what was vended', async () => {
    answer = current;
    await expect(verifyEndpoint(endpoint, current)).resolves.toBeUndefined();
  });

  test.each([
    ['other keys', async () => other, {}],
    ['no keys', () => Promise.reject(new Error('the grant has ended')), {}],
    ['to others only', current, { token: 'another-token' }],
  ])('an endpoint that serves %s is an error', async (_, served, more) => {
    answer = served;
    const call = verifyEndpoint({ ...endpoint, ...more }, current);
    await expect(call).rejects.toThrow('could not get its keys from 127.0.0.1');
  });

  test('an endpoint where nothing answers is an error with the cause', async () => {
    const closed = await credentialsEndpoint(current);
    closed.close();
    await expect(verifyEndpoint(closed, current)).rejects.toThrow('ECONNREFUSED');
  });
});
