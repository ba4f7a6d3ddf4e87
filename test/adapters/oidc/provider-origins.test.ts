import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { providerOrigins } from '../../../adapters/oidc/provider-origins.ts';

let server: Server;
let issuer = '';
let asked = 0;
let answer: () => { readonly status: number; readonly body: string };
let time = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    const { status, body } = answer();
    response
      .writeHead(request.url === '/.well-known/openid-configuration' ? status : 404)
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  asked = 0;
  time = 0;
});

const metadata = (token_endpoint: unknown) => () => ({
  status: 200,
  body: JSON.stringify({ token_endpoint }),
});
const clock = (): number => time;

test('the page may ask the issuer, and where it is elsewhere, the token endpoint', async () => {
  answer = metadata('https://oauth2.acme.example/token');
  expect(await providerOrigins(issuer, clock)()).toEqual([issuer, 'https://oauth2.acme.example']);
  answer = metadata(`${issuer}/token`);
  expect(await providerOrigins(`${issuer}/`, clock)()).toEqual([issuer]);
});

test('nothing else comes from the provider into the policy', async () => {
  for (const odd of ['javascript:alert(1)', "x; script-src 'unsafe-inline'", 7, null, 'data:,x']) {
    answer = metadata(odd);
    expect(await providerOrigins(issuer, clock)()).toEqual([issuer]);
  }
});

test('it asks once an hour, and at once again where the provider did not answer', async () => {
  const origins = providerOrigins(issuer, clock);
  answer = () => ({ status: 500, body: '' });
  expect(await origins()).toEqual([issuer]);
  answer = metadata('https://oauth2.acme.example/token');
  expect(await origins()).toHaveLength(2);
  await origins();
  expect(asked).toBe(2);
  time = 3_600_000;
  await origins();
  expect(asked).toBe(3);
});

test('where people cannot sign in, there is nobody to ask', async () => {
  expect(await providerOrigins(null, clock)()).toEqual([]);
  expect(asked).toBe(0);
});
