import { describe, expect, test } from '@jest/globals';
import { type Issuer, issuerOf, mayFetch, subjectClaims, subjectShape } from '../../core/issuer.ts';

const issuer = (id: string): Issuer => ({
  ...{ id, type: 'User', url: 'https://x.example', audience: ['a'], subject: ['sub'], name: 'n' },
});
const ISSUERS = [issuer('people'), issuer('ci'), issuer('x')];

describe('the issuer of a principal', () => {
  test.each([
    ['people:ana', 'people'],
    ['ci:1/2', 'ci'],
    ['ci:arn:aws:iam::111122223333:role/deploy', 'ci'],
    ['people::', 'people'],
    ['x:1', 'x'],
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
    // Without its last character it would be an issuer's.
    'peoplex',
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
    ['https://[2001:4860::8888]/keys'],
    ['https://[3000::1]/keys'],
    // A name, although it begins like an address.
    ['https://10.0.0.1.example/keys'],
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
    ['https://[2001::1]/keys'],
    ['https://[2001:0:7f00:1::]/keys'],
    ['ftp://8.8.8.8/keys'],
    ['ws://accounts.example/keys'],
    ['https://[::ffff:127.0.0.1]/keys'],
    ['https://[fe80::1]/keys'],
    ['https://[fd00::1]/keys'],
    ['https://[64:ff9b::7f00:1]/keys'],
    ['https://[2002:7f00:1::]/keys'],
    ['file:///etc/passwd'],
    ['nonsense'],
  ])('but not %s', (address) => expect(mayFetch(address, ISSUER)).toBe(false));

  /** The neighbours of each range that is not public, which are public, and its own ends. */
  test.each<[string, readonly string[], readonly string[]]>([
    ['0.0.0.0/8', ['1.0.0.0'], ['0.0.0.1', '0.255.255.255']],
    ['10.0.0.0/8', ['9.255.255.255', '11.0.0.0'], ['10.0.0.0', '10.255.255.255']],
    [
      '100.64.0.0/10',
      ['100.63.255.255', '100.128.0.0', '99.64.0.1', '101.64.0.1'],
      ['100.64.0.0', '100.127.255.255'],
    ],
    ['127.0.0.0/8', ['126.255.255.255', '128.0.0.0'], ['127.0.0.0', '127.255.255.255']],
    [
      '169.254.0.0/16',
      ['169.253.255.255', '169.255.0.0', '168.254.0.1', '170.254.0.1'],
      ['169.254.0.0', '169.254.255.255'],
    ],
    [
      '172.16.0.0/12',
      ['172.15.255.255', '172.32.0.0', '171.16.0.1', '173.16.0.1'],
      ['172.16.0.0', '172.31.255.255'],
    ],
    [
      '192.168.0.0/16',
      ['192.167.255.255', '192.169.0.0', '191.168.0.1', '193.168.0.1'],
      ['192.168.0.0', '192.168.255.255'],
    ],
    ['192.0.0.0/16', ['192.1.0.0', '191.0.0.1', '193.0.0.1'], ['192.0.0.0', '192.0.2.1']],
    [
      '198.18.0.0/15',
      ['198.17.255.255', '198.20.0.0', '197.18.0.1', '199.19.0.1'],
      ['198.18.0.0', '198.19.255.255'],
    ],
    ['224.0.0.0/3', ['223.255.255.255'], ['224.0.0.0', '240.0.0.1', '255.255.255.255']],
  ])('but not in %s', (_, around, within) => {
    const fetched = (hosts: readonly string[]) =>
      hosts.filter((host) => mayFetch(`https://${host}/keys`, ISSUER));
    expect(fetched(around)).toEqual(around);
    expect(fetched(within)).toEqual([]);
  });

  test('a private one where the issuer itself is there, and plain HTTP on loopback alone', () => {
    expect(mayFetch('https://10.0.0.1/keys', 'https://10.0.0.1')).toBe(true);
    expect(mayFetch('https://10.0.0.2/keys', 'https://10.0.0.1')).toBe(false);
    expect(mayFetch('http://127.0.0.1:2/keys', 'http://127.0.0.1:1/people')).toBe(true);
    expect(mayFetch('http://127.0.0.1:2/keys', 'https://127.0.0.1/people')).toBe(false);
    expect(mayFetch('http://localhost:2/keys', 'http://127.0.0.1/people')).toBe(false);
    for (const host of ['127.10.20.30', '[::1]', 'localhost', 'localhost.', 'app.localhost']) {
      expect([host, mayFetch(`http://${host}/keys`, `http://${host}`)]).toEqual([host, true]);
    }
    for (const host of ['xlocalhost', 'localhost.example', 'localhostx', '128.0.0.1']) {
      expect([host, mayFetch(`http://${host}/keys`, `http://${host}`)]).toEqual([host, false]);
    }
    expect(mayFetch('http://10.0.0.1/keys', 'http://10.0.0.1')).toBe(false);
    expect(mayFetch('http://accounts.example/keys', 'http://accounts.example')).toBe(false);
    expect(mayFetch(ISSUER, 'nonsense')).toBe(false);
  });
});

describe('a subject', () => {
  const one = { subject: ['sub'] };
  const two = { subject: ['repository_owner_id', 'repository_id'] };

  test.each<[string, Pick<Issuer, 'subject'>, string, Readonly<Record<string, string>>]>([
    ['one claim', one, 'ana', { sub: 'ana' }],
    ['one claim, as it is', one, 'a/b%2', { sub: 'a/b%2' }],
    ['two', two, '1/2', { repository_owner_id: '1', repository_id: '2' }],
    ['two with a slash', two, 'a%2Fb/c', { repository_owner_id: 'a/b', repository_id: 'c' }],
  ])('is made of %s', (_, issuer, subject, claims) => {
    expect(subjectClaims(issuer, subject)).toEqual(claims);
  });

  test.each<[string, Pick<Issuer, 'subject'>, string]>([
    ['empty', one, ''],
    ['one claim too few', two, '1'],
    ['one claim too many', two, '1/2/3'],
    ['a claim that is empty', two, '1/'],
    ['another that is empty', two, '/2'],
    ['a broken escape', two, '%/2'],
    ['an escape that no broker writes', two, '%61/2'],
    ['another beside a right one', two, '1/a%2f'],
    ['a character that is never written so', two, '1/a b'],
  ])('of no token is %s', (_, issuer, subject) => {
    expect(subjectClaims(issuer, subject)).toBeNull();
  });

  test('has a shape to show', () => {
    expect(subjectShape(one)).toBe('<sub>');
    expect(subjectShape(two)).toBe('<repository_owner_id>/<repository_id>');
  });
});
