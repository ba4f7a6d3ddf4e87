import { expect, test } from '@jest/globals';
import { consoleUrl, refuseLocal, signInFor } from '../../../cli/credentials/console.ts';
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

test.each([
  [TO, 'https://signin.aws.amazon.com/federation'],
  ['https://eu-central-1.console.aws.amazon.com/', 'https://signin.aws.amazon.com/federation'],
  ['https://console.amazonaws.cn/s3', 'https://signin.amazonaws.cn/federation'],
  ['https://console.amazonaws-us-gov.com/', 'https://signin.amazonaws-us-gov.com/federation'],
  // Keys go to no host that only looks like one of AWS's.
  ['https://console.evilamazonaws.cn/', 'https://signin.aws.amazon.com/federation'],
  ['not a URL', 'https://signin.aws.amazon.com/federation'],
])('the page %s is opened by %s', (page, signIn) => expect(signInFor(page)).toBe(signIn));
