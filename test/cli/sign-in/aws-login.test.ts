import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { awsClaims, PERMISSION_SET } from '../../support/aws-claims.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import {
  KEY_ID,
  keysOfStandIn,
  SECRET,
  type StsAnswer,
  type StsStandIn,
  stsStandIn,
} from '../../support/sts-stand-in.ts';
import { type FakeServer, fakeServer } from '../fake-server.ts';

/** `valetkey login --aws`, against an STS and a broker on loopback. */

const ME = {
  type: 'User',
  id: 'aws-people:1',
  name: 'ana@acme.example',
  issuer: 'aws-people',
  groups: [],
  mfa: false,
  signedInAt: null,
  tags: {},
  claims: {},
};
const DISCOVERY = { apiVersion: 'v1', issuer: null, clientId: null, audience: 'valetkey' };
/** Of a broker where people also sign in with Google. */
const BESIDE = {
  ...{ apiVersion: 'v1', issuer: 'https://accounts.google.com', clientId: '1000-abc' },
  ...{ audience: '1000-abc', awsAudience: 'valetkey' },
};

const PORTAL_KEYS = { accessKeyId: KEY_ID, secretAccessKey: SECRET, sessionToken: 'session' };

let sts: StsStandIn;
let broker: FakeServer;
let home: Home;
let reply: StsAnswer;
let refusals = 0;
let discovered: object = DISCOVERY;

beforeAll(async () => {
  sts = await stsStandIn(() => reply);
  broker = await fakeServer((line) => {
    if (line.endsWith('/.well-known/valetkey')) return { body: discovered };
    if (refusals === 0) return { body: ME };
    refusals -= 1;
    return { status: 401, body: { type: 't', title: 't', status: 401, detail: 'Refused.' } };
  });
});
afterAll(async () => {
  await sts.close();
  await broker.close();
});
beforeEach(async () => {
  home = newHome();
  reply = { token: tokenOf({}) };
  discovered = DISCOVERY;
  await home.run(['configure', broker.url]);
});
afterEach(() => home.remove());

function tokenOf(claims: object, { aud = 'valetkey', seconds = 900 } = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const all = { ...awsClaims(claims), aud, iat: now, exp: now + seconds };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES384', typ: 'JWT' })}.${part(all)}.${part({})}`;
}

const login = (env: Readonly<Record<string, string>> = {}, ...args: readonly string[]) =>
  home.run(['login', '--aws', ...args], { ...keysOfStandIn(sts.url), ...env });

const sent = () => broker.requests.at(-1)?.headers.authorization;

describe('a sign-in with an AWS session', () => {
  test('asks STS, with a signed call, for a short token for the audience of the broker', async () => {
    const { code, out, err } = await login();
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'Signed in to default as ana@acme.example.\n',
      err: '',
    });
    expect(sts.unsigned).toEqual([]);
    expect(sts.calls.at(-1)).toMatchObject({
      Action: 'GetWebIdentityToken',
      'Audience.member.1': 'valetkey',
      SigningAlgorithm: 'ES384',
      DurationSeconds: '900',
    });
    expect('token' in reply && sent()).toBe(`Bearer ${'token' in reply && reply.token}`);
  });

  test('is kept like others, and asks again when its token has expired, as the same profile', async () => {
    await login();
    const asked = sts.calls.length;
    expect((await home.run(['whoami'], keysOfStandIn(sts.url))).code).toBe(0);
    expect(sts.calls).toHaveLength(asked);
    makeOld();
    reply = { token: tokenOf({}, { seconds: 600 }) };
    expect((await home.run(['whoami'], keysOfStandIn(sts.url))).code).toBe(0);
    expect(sts.calls).toHaveLength(asked + 1);
    expect(sent()).toBe(`Bearer ${'token' in reply && reply.token}`);
  });

  test('asks again when the broker refuses the token', async () => {
    await login();
    refusals = 1;
    reply = { token: tokenOf({}, { seconds: 700 }) };
    expect((await home.run(['whoami'], keysOfStandIn(sts.url))).code).toBe(0);
    expect(sent()).toBe(`Bearer ${'token' in reply && reply.token}`);
  });

  test('is not renewed as somebody else, whose keys the shell may have', async () => {
    await login();
    makeOld();
    reply = { token: tokenOf({ principal_id: 'arn:aws:iam::111122223333:role/other' }) };
    const { code, err } = await home.run(['whoami'], keysOfStandIn(sts.url));
    expect(code).toBe(3);
    expect(err).toContain(`You signed in as ${PERMISSION_SET}`);
    expect(err).toContain('arn:aws:iam::111122223333:role/other');
  });

  test('asks STS each time, for the keys may be those of somebody else', async () => {
    await login();
    const other = 'arn:aws:iam::111122223333:role/other';
    reply = { token: tokenOf({ principal_id: other }) };
    const { code, out } = await login();
    expect({ code, out }).toEqual({ code: 0, out: 'Signed in to default as ana@acme.example.\n' });
    expect(sent()).toBe(`Bearer ${'token' in reply && reply.token}`);
  });

  test('asks for the audience of AWS sessions, where people also sign in elsewhere', async () => {
    discovered = BESIDE;
    await home.run(['configure', broker.url]);
    expect(await login()).toMatchObject({ code: 0 });
    expect(sts.calls.at(-1)).toMatchObject({ 'Audience.member.1': 'valetkey' });
  });

  test('is refused where another broker has the audience, for whichever of its issuers', async () => {
    for (const body of [
      DISCOVERY,
      BESIDE,
      { ...BESIDE, audience: 'valetkey', awsAudience: null },
    ]) {
      const other = await fakeServer(() => ({ body }));
      await home.run(['configure', other.url, '--name', 'other']);
      const { code, err } = await login();
      expect({ code, err }).toEqual({
        code: 3,
        err: expect.stringContaining('would receive the same tokens as other'),
      });
      await other.close();
    }
  });

  test('asks for less time where the session of the role ends sooner', async () => {
    const shortened = await stsStandIn(({ DurationSeconds }) =>
      DurationSeconds === '60' ? reply : { error: 'SessionDurationEscalationException' },
    );
    const { code } = await login({ AWS_ENDPOINT_URL_STS: shortened.url });
    expect(code).toBe(0);
    expect(shortened.calls.map((call) => call['DurationSeconds'])).toEqual(['900', '300', '60']);
    await shortened.close();
  });

  test('asks through the proxy, as it does the broker', async () => {
    const lines: string[] = [];
    const proxy = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (data) => {
          lines.push(data.toString().split('\r\n')[0] ?? '');
          const far = connect(Number(new URL(sts.url).port), '127.0.0.1').on(
            'error',
            () => undefined,
          );
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          far.pipe(socket).pipe(far);
        });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const { code } = await login({
      AWS_ENDPOINT_URL_STS: 'http://sts.acme.example',
      HTTP_PROXY: `http://127.0.0.1:${port}`,
    });
    expect({ code, lines }).toEqual({ code: 0, lines: ['CONNECT sts.acme.example:80 HTTP/1.1'] });
    expect(sts.unsigned).toEqual([]);
    proxy.close();
  });

  test('takes no token for another audience', async () => {
    reply = { token: tokenOf({}, { aud: 'other' }) };
    expect(await login()).toMatchObject({ code: 3 });
  });

  test('with one of our own profiles ends, instead of asking itself for keys', async () => {
    const script = join(home.folder, 'again.sh');
    const command = `${process.execPath} ${join(process.cwd(), 'cli/valetkey.ts')}`;
    writeFileSync(
      script,
      `#!/bin/sh\n${command} credential-process artifacts-read 2>> ${script}.err\n`,
    );
    writeFileSync(
      home.env['AWS_CONFIG_FILE'] ?? '',
      `[profile ours]\nregion = eu-central-1\ncredential_process = sh ${script}\n`,
    );
    const { code, err } = await home.run(['login', '--aws', '--profile', 'ours'], {
      AWS_ENDPOINT_URL_STS: sts.url,
    });
    expect(code).toBe(3);
    expect(err).toContain('no usable AWS session of the profile ours');
    expect(readFileSync(`${script}.err`, 'utf8')).toContain('gets its keys from valetkey');
  });
});

describe('a sign-in with a profile of IAM Identity Center', () => {
  let portal: FakeServer;
  let secondsLeft = 3600;
  beforeAll(async () => {
    portal = await fakeServer((line) =>
      line === 'GET /federation/credentials'
        ? { body: { roleCredentials: { ...PORTAL_KEYS, expiration: soon(secondsLeft) } } }
        : { status: 404 },
    );
  });
  afterAll(() => portal.close());
  const soon = (seconds: number) => Date.now() + seconds * 1000;

  /** What `aws configure sso` and `aws sso login` leave behind. */
  function signedInToPortal(expiresAt: number): Readonly<Record<string, string>> {
    const profile = `[profile work]
region = eu-central-1
sso_session = acme
sso_account_id = 111122223333
sso_role_name = ValetKey
[sso-session acme]
sso_region = eu-central-1
sso_start_url = https://acme.example/start
`;
    writeFileSync(home.env['AWS_CONFIG_FILE'] ?? '', profile);
    const cache = join(home.folder, '.aws', 'sso', 'cache');
    mkdirSync(cache, { recursive: true });
    const name = createHash('sha1').update('acme').digest('hex');
    const token = { accessToken: 'portal', expiresAt: new Date(expiresAt).toISOString() };
    writeFileSync(join(cache, `${name}.json`), JSON.stringify(token));
    return { AWS_ENDPOINT_URL_SSO: portal.url, AWS_ENDPOINT_URL_STS: sts.url };
  }

  test('asks with the keys of the permission set, whatever other keys the shell has', async () => {
    secondsLeft = 3600;
    const env = signedInToPortal(soon(3600));
    const other = { AWS_ACCESS_KEY_ID: 'AKIAOTHER', AWS_SECRET_ACCESS_KEY: 'other' };
    const args = ['login', '--aws', '--profile', 'work'];
    expect(await home.run(args, { ...env, ...other })).toMatchObject({ code: 0, err: '' });
    const named = { ...env, ...other, AWS_PROFILE: 'work' };
    const again = await home.run(['login', '--aws', '--force'], named);
    expect(again).toMatchObject({ code: 0, err: '' });
    makeOld();
    // The profile was kept: it need not be named again.
    expect(await home.run(['whoami'], { ...env, ...other })).toMatchObject({ code: 0 });
    expect(sts.unsigned).toEqual([]);
  });

  test('asks for no longer than its keys last', async () => {
    secondsLeft = 400;
    const env = signedInToPortal(soon(3600));
    expect((await home.run(['login', '--aws', '--profile', 'work'], env)).code).toBe(0);
    expect(sts.calls.at(-1)).toMatchObject({ DurationSeconds: '300' });
  });

  test('that has ended says how to sign in again', async () => {
    const env = signedInToPortal(soon(-60));
    const { code, err } = await home.run(['login', '--aws', '--profile', 'work'], env);
    expect({ code, err }).toEqual({
      code: 3,
      err: expect.stringContaining('`aws sso login --profile work`'),
    });
  });
});

describe('a sign-in with an AWS session says what to do', () => {
  test.each([
    ['OutboundWebIdentityFederationDisabledException', 'enable-outbound-web-identity-federation'],
    ['AccessDenied', 'sts:GetWebIdentityToken'],
    ['AccessDeniedException', 'sts:GetWebIdentityToken'],
    ['ExpiredToken', 'aws sso login'],
    ['ExpiredTokenException', 'aws sso login'],
    ['SessionDurationEscalationException', 'aws sso login'],
    ['SignatureDoesNotMatch', 'Check your clock'],
  ])('when STS answers %s', async (error, hint) => {
    reply = { error };
    const { code, err } = await login();
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining(hint) });
    expect(err).not.toContain('undefined');
  });

  test('when there is no AWS session', async () => {
    const { code, err } = await home.run(['login', '--aws'], { AWS_REGION: 'eu-central-1' });
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('`aws sso login`') });
  });

  test('when the profile does not exist, and when there is no Region', async () => {
    const none = await home.run(['login', '--aws', '--profile', 'none'], { AWS_REGION: 'x' });
    expect(none.err).toContain('`aws sso login --profile none`');
    const { AWS_REGION: _, ...keys } = keysOfStandIn(sts.url);
    const { code, err } = await home.run(['login', '--aws'], keys);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('Set AWS_REGION') });
  });

  test('when STS cannot be reached', async () => {
    const { code, err } = await login({ AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' });
    expect({ code, err }).toEqual({
      code: 5,
      err: expect.stringContaining('Cannot reach AWS STS'),
    });
  });

  test('when the broker is configured, with the audience that AWS will be asked for', async () => {
    const { out } = await home.run(['configure', broker.url]);
    expect(out).toContain('audience valetkey');
    expect(out).toContain('Next: valetkey login --aws');
  });

  test('when a broker that takes AWS sessions is asked for a browser', async () => {
    const { code, err } = await home.run(['login']);
    expect({ code, err }).toEqual({
      code: 3,
      err: expect.stringContaining('valetkey login --aws'),
    });
  });
});

function makeOld(): void {
  const folder = join(home.folder, 'valetkey', 'tokens');
  for (const name of readdirSync(folder)) {
    const kept = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { obtainedAt: number };
    const old = { ...kept, obtainedAt: kept.obtainedAt - 3_600_000 };
    writeFileSync(join(folder, name), JSON.stringify(old));
  }
}
