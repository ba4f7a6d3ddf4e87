import { describe, expect, test } from '@jest/globals';
import { type Issuer, issuerOf, mayFetch } from '../../core/issuer.ts';

const issuer = (id: string): Issuer => ({
  ...{ id, type: 'User', url: 'https://x.example', audience: ['a'], subject: ['sub'], name: 'n' },
});
const ISSUERS = [issuer('people'), issuer('ci')];

describe('the issuer of a principal', () => {
  test.each([
    ['people:ana', 'people'],
    ['ci:1/2', 'ci'],
    ['ci:arn:aws:iam::111122223333:role/deploy', 'ci'],
    ['people::', 'people'],
  ])('of %s is %s', (id, expected) => {
    expect(issuerOf(id, ISSUERS)?.id).toBe(expected);
  });

  test.each([
    '',
    'people',
    'people:',
    ':ana',
    'People:ana',
    'robots:ana',
    'peopl:ana',
    'people/ana',
  ])('is unknown for %p', (id) => {
    expect(issuerOf(id, ISSUERS)).toBeNull();
  });
});

describe('an address is fetched for an issuer', () => {
  const ISSUER = 'https://accounts.example';

  test.each([
    [ISSUER],
    ['https://accounts.example/.well-known/openid-configuration'],
    // Google's keys, for example, are not on the host of its issuer.
    ['https://www.keys.example/oauth2/v3/certs'],
    ['https://8.8.8.8/keys'],
    ['https://[2606:4700::1]/keys'],
    ['https://172.32.0.1/keys'],
    ['https://100.128.0.1/keys'],
  ])('%s', (address) => expect(mayFetch(address, ISSUER)).toBe(true));

  test.each([
    ['http://accounts.example/keys'],
    ['http://127.0.0.1/keys'],
    ['https://127.0.0.1/keys'],
    ['https://0x7f.1/keys'],
    ['https://2130706433/keys'],
    ['https://localhost/keys'],
    ['https://localhost./keys'],
    ['https://a.localhost/keys'],
    ['https://intranet/keys'],
    ['https://0.0.0.0/keys'],
    ['https://10.1.2.3/keys'],
    ['https://100.64.0.1/keys'],
    ['https://169.254.169.254/keys'],
    ['https://172.16.0.1/keys'],
    ['https://172.31.255.255/keys'],
    ['https://192.168.1.1/keys'],
    ['https://192.0.0.1/keys'],
    ['https://198.19.0.1/keys'],
    ['https://224.0.0.1/keys'],
    ['https://[::1]/keys'],
    ['https://[::ffff:127.0.0.1]/keys'],
    ['https://[fe80::1]/keys'],
    ['https://[fd00::1]/keys'],
    ['https://[64:ff9b::7f00:1]/keys'],
    ['https://[2002:7f00:1::]/keys'],
    ['file:///etc/passwd'],
    ['nonsense'],
  ])('but not %s', (address) => expect(mayFetch(address, ISSUER)).toBe(false));

  test('a private one where the issuer itself is there, and plain HTTP on loopback alone', () => {
    expect(mayFetch('https://10.0.0.1/keys', 'https://10.0.0.1')).toBe(true);
    expect(mayFetch('https://10.0.0.2/keys', 'https://10.0.0.1')).toBe(false);
    expect(mayFetch('http://127.0.0.1:2/keys', 'http://127.0.0.1:1/people')).toBe(true);
    expect(mayFetch('http://10.0.0.1/keys', 'http://10.0.0.1')).toBe(false);
    expect(mayFetch('http://accounts.example/keys', 'http://accounts.example')).toBe(false);
    expect(mayFetch(ISSUER, 'nonsense')).toBe(false);
  });
});
