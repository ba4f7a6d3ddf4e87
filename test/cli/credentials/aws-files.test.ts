import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import {
  linesOf,
  regionOf,
  sectionsWithCredentials,
  shieldFromFiles,
} from '../../../cli/credentials/aws-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-aws-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXT =
  '[default]\nregion=x\n[profile a]\nCREDENTIAL_PROCESS = y\ns3 =\n  region = z\n[ b ]\nrole_arn=r';

function filesWith(config: string, credentials: string) {
  const env = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  };
  writeFileSync(env.AWS_CONFIG_FILE, config);
  writeFileSync(env.AWS_SHARED_CREDENTIALS_FILE, credentials);
  return env;
}

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

test('sections with credentials include those that only say where to get them', () => {
  expect(sectionsWithCredentials(TEXT)).toEqual(['profile a', 'b']);
});

test('the Region of a profile is found, and a nested setting is not one', () => {
  const env = filesWith(TEXT, '');
  expect(regionOf('default', env)).toBe('x');
  expect(regionOf('a', env)).toBeNull();
  expect(regionOf('missing', env)).toBeNull();
});

test('a shield hides the credentials of the default profile, and nothing else', () => {
  const secret = 'aws_access_key_id = STATIC';
  const env = filesWith(
    `[default]\nregion = x\n${secret}\n[profile a]\nrole_arn = r\n`,
    `[default]\n${secret}\n`,
  );
  const shield = shieldFromFiles(env);
  expect(shield.passedOver).toEqual([env.AWS_SHARED_CREDENTIALS_FILE, env.AWS_CONFIG_FILE]);
  expect(shield.variables['AWS_SHARED_CREDENTIALS_FILE']).toBe(devNull);
  const copy = shield.variables['AWS_CONFIG_FILE'] ?? '';
  expect(readFileSync(copy, 'utf8')).toBe('[default]\nregion = x\n[profile a]\nrole_arn = r\n');
  shield.remove();
  expect(() => readFileSync(copy)).toThrow('ENOENT');
});

test('files without credentials of the default profile need no shield', () => {
  const env = filesWith('[profile a]\nrole_arn = r\n', '[a]\naws_access_key_id = x\n');
  expect(shieldFromFiles(env)).toMatchObject({ variables: {}, passedOver: [] });
});
