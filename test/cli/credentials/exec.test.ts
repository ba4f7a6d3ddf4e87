import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { newHome } from '../../support/run-command.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from '../fake-server.ts';

/** `valetkey exec` and the AWS files and variables of its command. */

const home = newHome();
const FOLDER = join(home.folder, 'valetkey', 'cache', 'exec');
const config = join(home.folder, 'aws-config');
let server: FakeServer;
beforeEach(async () => {
  writeFileSync(config, '[default]\nregion = eu-west-3\n');
  server = await fakeServer((line) =>
    line.endsWith('/revoke')
      ? { body: { ...GRANT, status: 'revoked', endReason: 'released by the requester' } }
      : { body: { grant: GRANT, credentials: CREDENTIALS } },
  );
});
afterEach(() => server.close());
afterAll(() => home.remove());

const EXEC = ['exec', 'artifacts-read', '--for', '15m', '--reason', 'x'];
const env = () => ({ VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url });
const exec = (script: string, more = {}, ...options: readonly string[]) =>
  home.run([...EXEC, ...options, '--', 'sh', '-c', script], { ...env(), ...more });

describe('the AWS files of the command', () => {
  test('are gone when it has ended', async () => {
    const { out } = await exec('cat "$AWS_CONFIG_FILE"');
    expect(out).toMatch(/^# Written by valetkey .*\n\[default\]\nregion = eu-west-3\n$/);
    expect(readdirSync(FOLDER)).toEqual([]);
  });

  test('need no folder for temporary files', async () => {
    const { code, err } = await exec('true', { TMPDIR: join(home.folder, 'nowhere') });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('are also there for keys as variables', async () => {
    writeFileSync(config, '[default]\nrole_arn = r\nsource_profile = default\n');
    const { out } = await exec('cat "$AWS_CONFIG_FILE"; echo "$AWS_ACCESS_KEY_ID"', {}, '--env');
    expect(out).toMatch(new RegExp(`\\[default\\]\n${CREDENTIALS.accessKeyId}\n$`));
  });

  test('that a killed exec left are removed by the next one, and no others', async () => {
    await exec('true');
    const dead = `${hostname()}-999999999-0`;
    const others = [`${hostname()}-${process.pid}-0`, 'another-machine-999999999-0'];
    for (const name of [dead, ...others]) mkdirSync(join(FOLDER, name));
    await exec('true');
    expect(readdirSync(FOLDER).toSorted()).toEqual(others.toSorted());
  });

  test('may be changed by it, and what is lost is named, without values', async () => {
    const script = `
      printf 'output = json\\ns3 =\\n  addressing_style = path\\n' >> "$AWS_CONFIG_FILE"
      printf '[new]\\naws_secret_access_key = hidden\\n' >> "$AWS_SHARED_CREDENTIALS_FILE"`;
    const { code, err } = await exec(script);
    expect(code).toBe(0);
    expect(err).toContain(
      'the command set [default] output, [default] s3, [default] s3.addressing_style, [new] aws_secret_access_key in AWS files that were only its own',
    );
    expect(err).not.toContain('hidden');
  });

  test('leave out what is not known to be harmless, and it is named', async () => {
    writeFileSync(config, '[default]\ncolor = red\nregion = eu-west-3\n');
    expect((await exec('true')).err).toContain('does not get these AWS settings: color');
    expect((await exec('true', {}, '--quiet')).err).toBe('');
  });
});

describe('the variables of the command', () => {
  test('say which grant it has, for which entitlement, until when', async () => {
    const script = 'echo "$VALETKEY_GRANT $VALETKEY_ENTITLEMENT $VALETKEY_EXPIRES_AT"';
    expect((await exec(script)).out).toBe(`${GRANT.id} artifacts-read 2099-01-01T00:00:00Z\n`);
  });

  test('show exec within exec, which is allowed, and told', async () => {
    const outer = { VALETKEY_GRANT: 'gr_11111111111111111111' };
    const { code, out, err } = await exec('echo "$VALETKEY_GRANT"', outer);
    expect({ code, out }).toEqual({ code: 0, out: `${GRANT.id}\n` });
    expect(err).toContain(
      `this is within exec of gr_11111111111111111111; the command gets the keys of ${GRANT.id}`,
    );
  });
});

test('with --grant the command is what follows --, and the grant stays', async () => {
  const { code, out } = await home.run(
    ['exec', '--grant', GRANT.id, '--', 'echo', 'one', 'two'],
    env(),
  );
  expect({ code, out }).toEqual({ code: 0, out: 'one two\n' });
  expect(server.requests.map(({ line }) => line)).toEqual([
    `POST /v1/grants/${GRANT.id}/credentials`,
  ]);
});

test('a container on the network of its host needs no more than the variables in the recipe', async () => {
  const page = readFileSync('docs/developer.md', 'utf8');
  const [, recipe = ''] = /```yaml\n(# compose.yaml\n[\s\S]*?)```/.exec(page) ?? [];
  const { app } = (parse(recipe) as Compose).services;
  expect(app.network_mode).toBe('host');
  const passed = app.environment.map((name) => `"${name}=$${name}"`).join(' ');
  const script = `
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
    fetch(url, { headers: { authorization } }).then((answer) => answer.json())
      .then(({ AccessKeyId }) => console.log(AccessKeyId, process.env.AWS_REGION, process.env.HOME));`;
  const { out } = await exec(`env -i ${passed} '${process.execPath}' -e '${script}'`);
  expect(out).toBe(`${CREDENTIALS.accessKeyId} eu-west-3 undefined\n`);
});

type Compose = {
  readonly services: {
    readonly app: { readonly network_mode: string; readonly environment: readonly string[] };
  };
};

describe('--record', () => {
  const file = join(home.folder, 'run.json');
  const read = () => JSON.parse(readFileSync(file, 'utf8'));

  test('notes grant, keys and times, and no secret, also of a command that fails', async () => {
    const { code, err } = await exec('exit 7', {}, '--record', file);
    expect({ code, err }).toEqual({ code: 7, err: `valetkey: the recording is ${file}\n` });
    expect(read()).toMatchObject({
      ...{ version: 1, grant: GRANT.id, entitlement: GRANT.entitlement },
      accessKeyIds: [CREDENTIALS.accessKeyId],
    });
    expect(Date.parse(read().until)).toBeGreaterThanOrEqual(Date.parse(read().from));
    const text = readFileSync(file, 'utf8');
    for (const secret of [CREDENTIALS.secretAccessKey, CREDENTIALS.sessionToken, 'a-token']) {
      expect(text).not.toContain(secret);
    }
  });

  test('overwrites nothing, and asks for no keys then', async () => {
    const before = readFileSync(file, 'utf8');
    const { code, err } = await exec('true', {}, '--record', file);
    expect(code).toBe(2);
    expect(err).toContain('nothing is overwritten');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('does not change how a command ends whose recording cannot be written', async () => {
    const { code, err } = await exec('exit 3', {}, '--record', join(config, 'run.json'));
    expect(code).toBe(3);
    expect(err).toContain('Cannot write');
  });
});
