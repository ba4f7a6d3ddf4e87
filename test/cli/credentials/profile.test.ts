import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, newHome } from '../../support/run-command.ts';

/** `profile add|list|remove`, as the whole command changes the files. */

let home: Home;
let config: string;
beforeEach(() => {
  home = newHome();
  config = join(home.folder, 'aws-config');
});
afterEach(() => home.remove());

const text = () => readFileSync(config, 'latin1');
const REQUEST = ['artifacts-read', '-p', 'prefix=releases/1', '--for', '15m'];
const add = (name: string, more: readonly string[] = REQUEST, env = {}) =>
  home.run(['profile', 'add', name, ...more], env);
/** What the SDKs would run. */
const command = () => /^credential_process = (.*)$/m.exec(text())?.[1] ?? '';

describe('profile add', () => {
  test('writes a line with nothing but a name, whatever the request says', async () => {
    const reason = 'fix #4711; "ä" $(touch x) `x` \\ !\nnext';
    expect(await add('releases', [...REQUEST, '--reason', reason])).toMatchObject({
      code: 0,
      err: '',
    });
    expect(command()).toBe(
      `${join(home.folder, 'valetkey', 'bin', 'valetkey')} credential-process @releases`,
    );
    const [saved] = JSON.parse((await home.run(['saved', 'list', '--json'])).out) as object[];
    expect(saved).toMatchObject({ name: 'releases', entitlement: 'artifacts-read', reason });
    expect(existsSync(join(home.folder, 'x'))).toBe(false);
  });

  test('writes a line that a tool with a short PATH and no variables can run', async () => {
    await add('releases', [...REQUEST, '--broker', 'http://127.0.0.1:9']);
    let failure: unknown = null;
    try {
      execFileSync('/bin/sh', ['-c', command()], {
        env: { PATH: '/usr/bin:/bin', HOME: home.folder, VALETKEY_TOKEN: 'a-token' },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    } catch (error) {
      failure = error;
    }
    // It got as far as the broker of the saved request.
    expect(failure).toMatchObject({ status: 5, stderr: expect.stringContaining('127.0.0.1:9') });
  });

  test('names a saved request, unless the options change it', async () => {
    await home.run(['save', 'release', ...REQUEST]);
    const broker = { VALETKEY_BROKER: 'http://127.0.0.1:9' };
    await add('a', ['@release'], broker);
    expect(command()).toMatch(/ @release$/);
    await add('b', ['@release', '-p', 'prefix=b']);
    expect(text()).toMatch(/\[profile b\]\n.*\n.* credential-process @b\n/);
    await add('c', REQUEST, broker);
    const all = JSON.parse((await home.run(['saved', 'list', '--json'])).out) as object[];
    expect(all).toMatchObject([
      { name: 'b', parameters: { prefix: 'b' } },
      { name: 'c', broker: broker.VALETKEY_BROKER },
      { name: 'release' },
    ]);
  });

  test('replaces only on request, and keeps other settings', async () => {
    writeFileSync(config, '[profile "releases"]\noutput = json\nsso_session = work\n# mine');
    expect(await add('releases')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--replace'),
    });
    expect(text()).not.toContain('valetkey');
    const { code, err } = await add('releases', [...REQUEST, '--replace']);
    expect({ code, err }).toEqual({ code: 0, err: 'It replaces sso_session of the profile.\n' });
    expect(text()).toMatch(/^\[profile "releases"\]\noutput = json\n# valetkey begin.*\n# mine$/s);
    expect(text()).not.toContain('sso_session');
  });

  test('does not replace another saved request of that name silently', async () => {
    await home.run(['save', 'releases', 'database-admin']);
    const { code, err } = await add('releases');
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('saved as "@releases"'),
    });
    expect(existsSync(config)).toBe(false);
  });

  test('keeps bytes of any encoding, the mode, and a link', async () => {
    const target = join(home.folder, 'dotfiles', 'config');
    mkdirSync(join(home.folder, 'dotfiles'));
    const before = Buffer.from('# caf\xe9\r\n[default]\r\nregion=x\r\n', 'latin1');
    writeFileSync(target, before, { mode: 0o640 });
    symlinkSync('dotfiles/config', config);
    expect((await add('releases')).code).toBe(0);
    expect(lstatSync(config).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(readFileSync(target).subarray(0, before.length)).toEqual(before);
    expect(text().replaceAll('\r\n', '')).not.toContain('\n');
    expect(readdirSync(join(home.folder, 'dotfiles'))).toEqual(['config']);
  });

  test('follows a link to a file that does not exist yet', async () => {
    symlinkSync(join(home.folder, 'later'), config);
    expect((await add('releases')).code).toBe(0);
    expect(lstatSync(config).isSymbolicLink()).toBe(true);
    expect(text()).toContain('[profile releases]');
  });

  test('does not rewrite a file that is read-only', async () => {
    writeFileSync(config, '# mine\n', { mode: 0o400 });
    const { code, err } = await add('releases');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`chmod u+w ${config}`) });
    expect(text()).toBe('# mine\n');
    chmodSync(config, 0o600);
  });

  test('refuses a folder, and a file that has the profile twice', async () => {
    mkdirSync(config);
    expect((await add('releases')).err).toContain(`Cannot read ${config}: it is a folder.`);
    config = join(home.folder, 'twice');
    writeFileSync(config, '[profile a]\n[profile "a"]\n');
    const { err } = await add('a', [...REQUEST, '--replace'], { AWS_CONFIG_FILE: config });
    expect(err).toContain('has profile "a" 2 times');
  });

  test('finds the file where ~ stands for the home folder', async () => {
    expect((await add('releases', REQUEST, { AWS_CONFIG_FILE: '~/aws-config' })).code).toBe(0);
    expect(text()).toContain('[profile releases]');
    expect(readdirSync(home.folder)).not.toContain('~');
  });

  test.each(['', '-x', 'a b', 'a]', 'a\nb', '__proto__'])('refuses the name %j', async (name) => {
    const { code } = await home.run(['profile', 'add', '--', name, 'artifacts-read']);
    expect(code).toBe(2);
  });

  test.each(['us-east-1\n[default]', 'x', ''])('refuses the Region %j', async (region) => {
    const { code, err } = await add('a', [...REQUEST, '--region', region]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--region') });
    expect(existsSync(config)).toBe(false);
  });

  test.each(['a "b"', 'a$b', 'a`b', 'a;b', 'a #b'])(
    'refuses a settings folder that SDKs would read differently: %j',
    async (name) => {
      const { code, err } = await add('a', REQUEST, { VALETKEY_HOME: join(home.folder, name) });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('VALETKEY_HOME') });
    },
  );

  test('loses no profile when several are added at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    writeFileSync(config, '# mine\n');
    const all = await Promise.all(names.map((name) => add(name)));
    expect(all.map(({ code }) => code)).toEqual(names.map(() => 0));
    const { out } = await home.run(['profile', 'list', '--json']);
    const found = (JSON.parse(out) as { profile: string }[]).map(({ profile }) => profile);
    expect(found.toSorted()).toEqual(names);
    expect(readdirSync(home.folder).toSorted()).toEqual(['aws-config', 'valetkey']);
  });
});

describe('profile list', () => {
  test('names the profiles of valetkey, with what they ask for', async () => {
    expect((await home.run(['profile', 'list'])).out).toContain('No profile in');
    writeFileSync(
      config,
      '[default]\nregion = x\n[profile old]\ncredential_process = /bin/node /x/valetkey.cjs credential-process a --reason "x y"\n',
    );
    await add('releases');
    expect((await home.run(['profile', 'list'])).out).toBe(
      `old       /bin/node /x/valetkey.cjs credential-process a --reason "x y"
releases  @releases  artifacts-read -p prefix=releases/1 --for 15m
`,
    );
  });

  test('says whose request is gone', async () => {
    await add('releases');
    writeFileSync(join(home.folder, 'valetkey', 'requests.json'), '{"requests":{}}');
    const { out } = await home.run(['profile', 'list']);
    expect(out).toContain('its request is not saved any more: valetkey save releases ENTITLEMENT');
  });
});

describe('profile remove', () => {
  test('restores the file, byte for byte', async () => {
    const before = '# mine\r\n[profile other]\r\nregion=eu-central-1\r\n\r\n  [default]\r\n';
    writeFileSync(config, before);
    await add('releases', [...REQUEST, '--region', 'us-east-1']);
    const { code, out } = await home.run(['profile', 'remove', 'releases']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('valetkey saved remove releases'),
    });
    expect(text()).toBe(before);
    expect((await home.run(['saved', 'remove', 'releases'])).code).toBe(0);
  });

  test('leaves settings that are not of valetkey, and names them', async () => {
    await add('releases');
    writeFileSync(config, text().replace('# valetkey end\n', '# valetkey end\noutput = json\n'));
    const { out } = await home.run(['profile', 'remove', 'releases']);
    expect(out).toContain('It still has output.');
    expect(text()).toBe('[profile releases]\noutput = json\n');
  });

  test('refuses other profiles', async () => {
    writeFileSync(config, '[profile a]\ncredential_process = other credential-process x\n');
    for (const [name, what] of [
      ['a', 'does not get its keys from valetkey'],
      ['b', 'There is no profile "b"'],
    ] as const) {
      const { code, err } = await home.run(['profile', 'remove', name]);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(what) });
    }
    expect(text()).toBe('[profile a]\ncredential_process = other credential-process x\n');
  });

  test('comes before its request is removed', async () => {
    await add('releases');
    const { code, err } = await home.run(['saved', 'remove', 'releases']);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('valetkey profile remove releases'),
    });
  });
});

test('static credentials of the same name take precedence', async () => {
  writeFileSync(join(home.folder, 'aws-credentials'), '[releases]\naws_access_key_id = x\n');
  expect((await add('releases')).err).toContain('take precedence. Remove them.');
  expect((await add('other')).err).toBe('');
});
