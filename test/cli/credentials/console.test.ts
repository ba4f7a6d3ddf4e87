import { expect, test } from '@jest/globals';
import { consoleUrl, refuseLocal } from '../../../cli/credentials/console.ts';
import { CREDENTIALS, fakeServer, GRANT } from '../fake-server.ts';

const VENDED = { grant: GRANT, credentials: CREDENTIALS };
const TO = 'https://console.aws.amazon.com/s3';

test('a console link has a sign-in token, and no secret', async () => {
  const server = await fakeServer(() => ({ body: { SigninToken: 'a token' } }));
  const url = new URL(await consoleUrl(VENDED, TO, server.url));
  expect(Object.fromEntries(url.searchParams)).toEqual({
    Action: 'login',
    Issuer: `valetkey ${GRANT.id}`,
    Destination: TO,
    SigninToken: 'a token',
  });
  expect(url.href).not.toContain(CREDENTIALS.secretAccessKey);
  await server.close();
});

test('an error of AWS sign-in does not reveal the credentials', async () => {
  const server = await fakeServer(() => ({ status: 400, body: 'no' }));
  const failed = consoleUrl(VENDED, TO, server.url);
  await expect(failed).rejects.toThrow('did not accept the keys (400)');
  await expect(failed).rejects.not.toThrow(CREDENTIALS.secretAccessKey);
  await server.close();
});

test('the local stack is refused, because it has no console', () => {
  expect(() => refuseLocal('http://127.0.0.1:1/x')).toThrow('no AWS console');
  expect(refuseLocal('https://valetkey.acme.example')).toBeUndefined();
});
