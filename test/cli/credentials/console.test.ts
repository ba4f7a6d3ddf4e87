import { describe, expect, test } from '@jest/globals';
import { consoleUrl, refuseLocal } from '../../../cli/credentials/console.ts';
import { consolePage, type PageOptions } from '../../../cli/credentials/console-page.ts';
import { handToBrowser } from '../../../cli/credentials/hand-to-browser.ts';
import { CREDENTIALS, fakeServer, GRANT } from '../fake-server.ts';

const VENDED = { grant: GRANT, credentials: CREDENTIALS };
const TO = 'https://console.aws.amazon.com/s3';

test('a console link has a sign-in token, and no secret', async () => {
  const server = await fakeServer(() => ({ body: { SigninToken: 'a token' } }));
  const url = new URL(await consoleUrl(VENDED, { destination: TO, federation: server.url }));
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
  const failed = consoleUrl(VENDED, { destination: TO, federation: server.url });
  await expect(failed).rejects.toThrow('did not accept the keys (400)');
  await expect(failed).rejects.not.toThrow(CREDENTIALS.secretAccessKey);
  await server.close();
});

test('the local stack is refused, because it has no console', () => {
  expect(() => refuseLocal('http://127.0.0.1:1/x')).toThrow('no AWS console');
  expect(refuseLocal('https://valetkey.acme.example')).toBeUndefined();
});

const page = (options: PageOptions, env = {}) => {
  const { destination, federation } = consolePage(options, env);
  return [destination, federation.replace('/federation', '')];
};

describe('the page to open', () => {
  test.each([
    [{}, 'https://console.aws.amazon.com/', 'https://signin.aws.amazon.com'],
    [{ service: 's3' }, 'https://console.aws.amazon.com/s3/home', 'https://signin.aws.amazon.com'],
    [
      { region: 'eu-central-1' },
      'https://eu-central-1.console.aws.amazon.com/console/home?region=eu-central-1',
      'https://signin.aws.amazon.com',
    ],
    [
      { service: 'ec2', region: 'cn-north-1' },
      'https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1',
      'https://signin.amazonaws.cn',
    ],
    [
      { service: 'ec2', region: 'us-gov-west-1' },
      'https://us-gov-west-1.console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1',
      'https://signin.amazonaws-us-gov.com',
    ],
    [
      { service: 'ec2', region: 'eusc-de-east-1' },
      'https://eusc-de-east-1.console.amazonaws-eusc.eu/ec2/home?region=eusc-de-east-1',
      'https://eusc-de-east-1.signin.amazonaws-eusc.eu',
    ],
  ])('for %j is that of the partition', (options, destination, signIn) => {
    expect(page(options)).toEqual([destination, signIn]);
  });

  test('is in the Region of the environment, if none is named', () => {
    expect(page({}, { AWS_REGION: 'eusc-de-east-1' })[1]).toContain('eusc-de-east-1.signin');
    expect(page({}, { AWS_DEFAULT_REGION: 'eu-west-1' })[0]).toContain('eu-west-1.console');
  });

  test.each([
    [TO, 'https://signin.aws.amazon.com'],
    ['https://eu-central-1.console.aws.amazon.com/', 'https://signin.aws.amazon.com'],
    ['https://console.amazonaws.cn/s3', 'https://signin.amazonaws.cn'],
    ['https://console.amazonaws-us-gov.com/', 'https://signin.amazonaws-us-gov.com'],
    [
      'https://eusc-de-east-1.console.amazonaws-eusc.eu/s3',
      'https://eusc-de-east-1.signin.amazonaws-eusc.eu',
    ],
    [
      'https://111122223333-abc.us-east-1.console.aws.amazon.com/s3',
      'https://signin.aws.amazon.com',
    ],
  ])('%s is signed in to by %s', (to, signIn) => expect(page({ to })).toEqual([to, signIn]));

  test.each([
    // Keys go to no host that only looks like one of AWS's.
    [{ to: 'https://console.evilamazonaws.cn/' }, 'is no AWS console'],
    [{ to: 'https://console.aws.amazon.com.evil.example/' }, 'is no AWS console'],
    [{ to: 'http://console.aws.amazon.com/' }, 'is not an https URL'],
    [{ to: 'not a URL' }, 'is not an https URL'],
    [{ to: 'https://console.amazonaws-eusc.eu/' }, 'signs in by Region'],
    [{ region: 'us-iso-east-1' }, 'isolated partition'],
    [{ region: 'eu-isoe-west-1' }, 'isolated partition'],
    [{ region: 'mars-north-1' }, 'no partition that valetkey knows'],
    [{ region: 'x.evil.example/' }, 'no partition that valetkey knows'],
    [{ service: '../x?y' }, 'not the name of a service'],
  ])('%j is refused', (options, why) => expect(() => page(options)).toThrow(why));
});

describe('a browser', () => {
  const LINK = 'https://signin.aws.amazon.com/federation?SigninToken=secret';

  test('is led to the link once, by an address without the secret', async () => {
    const seen: string[] = [];
    const opened = await handToBrowser(LINK, async (url) => {
      const other = await fetch(new URL('/', url), { redirect: 'manual' });
      const first = await fetch(url, { redirect: 'manual' });
      const second = await fetch(url, { redirect: 'manual' });
      seen.push(
        url,
        String(other.status),
        first.headers.get('location') ?? '',
        String(second.status),
      );
      return true;
    });
    expect(opened).toBe(true);
    expect(seen).toEqual([expect.not.stringContaining('secret'), '404', LINK, '404']);
  });

  test('that does not start leaves the link to be printed', async () => {
    expect(await handToBrowser(LINK, async () => false)).toBe(false);
  });
});
