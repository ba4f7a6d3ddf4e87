import { expect, test } from '@jest/globals';
import { consoleUrl, refuseLocal } from '../../../cli/credentials/console.ts';
import { fakeServer, GRANT, KEYS } from '../fake-server.ts';

const VENDED = { grant: GRANT, credentials: KEYS };
const TO = 'https://console.aws.amazon.com/s3';

test('a console link holds a sign-in token, and no key', async () => {
  const server = await fakeServer(() => ({ body: { SigninToken: 'a token' } }));
  const url = new URL(await consoleUrl(VENDED, TO, server.url));
  expect(Object.fromEntries(url.searchParams)).toEqual({
    Action: 'login',
    Issuer: `valetkey ${GRANT.id}`,
    Destination: TO,
    SigninToken: 'a token',
  });
  expect(url.href).not.toContain(KEYS.secretAccessKey);
  await server.close();
});

test('keys that AWS does not accept are told, without them', async () => {
  const server = await fakeServer(() => ({ status: 400, body: 'no' }));
  const failed = consoleUrl(VENDED, TO, server.url);
  await expect(failed).rejects.toThrow('did not accept the keys (400)');
  await expect(failed).rejects.not.toThrow(KEYS.secretAccessKey);
  await server.close();
});

test('the local stack has no console, and that is said before anything is asked for', () => {
  expect(() => refuseLocal('http://127.0.0.1:1/x')).toThrow('no AWS console');
  expect(refuseLocal('https://valetkey.acme.example')).toBeUndefined();
});
