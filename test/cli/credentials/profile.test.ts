import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { addProfile, shadowedBy } from '../../../cli/credentials/profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-profile-'));
const config = join(folder, 'config');
const credentials = join(folder, 'credentials');
const before = {
  AWS_CONFIG_FILE: process.env['AWS_CONFIG_FILE'],
  AWS_SHARED_CREDENTIALS_FILE: process.env['AWS_SHARED_CREDENTIALS_FILE'],
};
beforeEach(() => {
  process.env['AWS_CONFIG_FILE'] = config;
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = credentials;
  rmSync(config, { force: true });
});
afterAll(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true, force: true });
});

const PROGRAM = ['/usr/bin/node', '/opt/valetkey.cjs'];
const add = (name: string, args: readonly string[] = ['e'], replace = false) =>
  addProfile({ name, args, region: undefined }, PROGRAM, replace);

test('a profile is added to an empty file, with quotes only where needed', () => {
  add('releases', ['artifacts-read', '--reason', 'Daily report']);
  expect(readFileSync(config, 'utf8')).toBe(
    '[profile releases]\ncredential_process = /usr/bin/node /opt/valetkey.cjs credential-process artifacts-read --reason "Daily report"\n',
  );
});

test('an existing profile is replaced only on request, and the others stay', () => {
  const other = '[profile other]\nregion = x\n';
  writeFileSync(config, `[profile releases]\nregion = y\n\n${other}`);
  expect(() => add('releases')).toThrow('Profile "releases" already exists');
  add('releases', ['e'], true);
  const text = readFileSync(config, 'utf8');
  expect(text.startsWith(other)).toBe(true);
  expect(text.match(/\[profile releases\]/g)).toHaveLength(1);
});

test('a link to the file is followed', () => {
  const target = join(folder, 'target');
  writeFileSync(target, '# mine\n');
  symlinkSync(target, config);
  add('default');
  expect(readFileSync(target, 'utf8')).toMatch(/^# mine\n\n\[default\]\n/);
});

test.each(['', '-x', 'a b', 'a]', 'a\nb'])('%j is not a valid profile name', (name) => {
  expect(() => add(name)).toThrow('is not a valid profile name.');
});

test.each(['$(x)', '`x`', 'a "b"', 'a\\b', 'a!', 'two\nlines', 'é'])(
  '%j is not written, because a shell could expand it',
  (word) => {
    expect(() => add('p', [word])).toThrow('cannot be written');
  },
);

test('static credentials of the same name take precedence', () => {
  writeFileSync(credentials, '[releases]\naws_access_key_id = x\n[empty]\nregion = x\n');
  expect(shadowedBy('releases')).toBe(credentials);
  expect(shadowedBy('empty')).toBeNull();
});
