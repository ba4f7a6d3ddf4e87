import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  configFile,
  credentialsFile,
  linesOf,
  profileOf,
  sectionsWithCredentials,
  settingsOf,
  shadowing,
  textOfFile,
} from '../../../cli/credentials/aws-files.ts';
import { ODD_AWS_FILES, OLD_KEY } from '../../support/odd-aws-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-aws-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXT =
  '[default]\nregion=x\n[profile a]\nCREDENTIAL_PROCESS = y\ns3 =\n  region = z\n[ b ]\nrole_arn=r';

test('lines have their section and setting, as the AWS tools read them', () => {
  expect(linesOf(TEXT).map(({ section, setting }) => [section, setting])).toEqual([
    ['default', null],
    ['default', 'region'],
    ['profile a', null],
    ['profile a', 'credential_process'],
    ['profile a', 's3'],
    ['profile a', null],
    ['b', null],
    ['b', 'role_arn'],
  ]);
});

test.each([TEXT, '', '\n\n', '[a]\r\nb = c\r\n', '[a]\rb = c', '\uFEFF[a]\n \n# c\n'])(
  'the lines of %j are the file again',
  (text) => {
    expect(
      linesOf(text)
        .map((line) => line.text)
        .join('\n'),
    ).toBe(text);
  },
);

test('sections with credentials include those that only say where to get them', () => {
  expect(sectionsWithCredentials(TEXT)).toEqual(['profile a', 'b']);
});

test.each(
  ODD_AWS_FILES.flatMap(({ what, files }) =>
    Object.entries(files).flatMap(([name, text]) =>
      text.includes(OLD_KEY) && name !== 'old' ? [[what, name, text] as const] : [],
    ),
  ),
)('keys are seen that any SDK sees: %s (%s)', (_, __, text) => {
  expect(sectionsWithCredentials(text)).not.toEqual([]);
});

describe('the Region of a profile', () => {
  const regionIn = (text: string, profile: string): string | null => {
    const line = settingsOf(text).find(
      ({ section, setting }) => profileOf(section) === profile && setting === 'region',
    );
    return line?.value ?? null;
  };

  test('is found, and a nested setting is not one', () => {
    expect(regionIn(TEXT, 'default')).toBe('x');
    expect(regionIn(TEXT, 'a')).toBeNull();
    expect(regionIn(TEXT, 'missing')).toBeNull();
  });

  test.each([
    ['[profile "n1"]\nregion = x', 'n1'],
    ["[profile 'n1']\n  region: x # home", 'n1'],
    ['[profile "default"]\r\nregion = x\r\n', 'default'],
    ['[default]\nregion = x ; home', 'default'],
  ])('is found in %j', (text, profile) => {
    expect(regionIn(text, profile)).toBe('x');
  });
});

test('a path may begin with ~ or a variable, unless there is a file of that name', () => {
  expect(configFile({ AWS_CONFIG_FILE: '~/x/config' })).toBe(join(homedir(), 'x/config'));
  const env = { D: folder, AWS_SHARED_CREDENTIALS_FILE: '$D/keys' };
  expect(credentialsFile(env)).toBe(join(folder, 'keys'));
  expect(credentialsFile({ ...env, AWS_SHARED_CREDENTIALS_FILE: '${D}/keys' })).toBe(
    join(folder, 'keys'),
  );
  const literal = join(folder, '$D');
  writeFileSync(literal, '');
  expect(configFile({ D: 'elsewhere', AWS_CONFIG_FILE: literal })).toBe(literal);
});

test('a file that is not there is no error, and one that cannot be read is', () => {
  expect(textOfFile(join(folder, 'nowhere', 'x'))).toBeNull();
  mkdirSync(join(folder, 'a-folder'));
  expect(() => textOfFile(join(folder, 'a-folder'))).toThrow('it is a folder');
  writeFileSync(join(folder, 'latin'), Buffer.from([0x66, 0xfc, 0x72]));
  expect(textOfFile(join(folder, 'latin'))).toBe('für');
});

test.each([
  ['keys of its name in the credentials file', '', '[a]\n  aws_access_key_id: x\n', 'keys'],
  [
    'keys below "profile" in the credentials file',
    '',
    '[profile a]\naws_access_key_id=x\n',
    'keys',
  ],
  ['keys beside it in the config file', '[profile "a"]\n\taws_access_key_id = x\n', '', 'config'],
  ['another way to get keys, under its name', '', '[a]\nrole_arn = x\n', 'keys'],
  ['keys of another name', '[profile b]\naws_access_key_id = x\n', '[b]\nrole_arn = x\n', null],
])('whether a profile is shadowed: %s', (_, inConfig, inCredentials, by) => {
  const env = {
    AWS_CONFIG_FILE: join(folder, 'shadowing-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'shadowing-keys'),
  };
  writeFileSync(env.AWS_CONFIG_FILE, inConfig);
  writeFileSync(env.AWS_SHARED_CREDENTIALS_FILE, inCredentials);
  expect(shadowing('a', env)).toBe(by === null ? null : join(folder, `shadowing-${by}`));
});
