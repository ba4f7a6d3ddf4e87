import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { CONFLICTING, scrubbed } from '../../../cli/credentials/child-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-environment-'));
const config = join(folder, 'config');
writeFileSync(config, '[profile other]\nregion = eu-west-3\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a child inherits no variable that would override its credentials, in any case', () => {
  const conflicting = CONFLICTING.flatMap((name) => [name, name.toLowerCase()]);
  const env = Object.fromEntries(conflicting.map((name) => [name, 'x']));
  expect(scrubbed({ ...env, AWS_REGION: 'eu-west-1', HOME: '/h' }, 'gr_1')).toEqual({
    AWS_REGION: 'eu-west-1',
    HOME: '/h',
    VALETKEY_GRANT: 'gr_1',
  });
});

test('a child does not inherit the token of the broker', () => {
  expect(scrubbed({ VALETKEY_TOKEN: 'a-token' }, 'gr_1')).toEqual({ VALETKEY_GRANT: 'gr_1' });
});

test.each([
  ['the Region of its profile', { AWS_PROFILE: 'other' }, 'eu-west-3'],
  ['the Region that is set', { AWS_PROFILE: 'other', AWS_REGION: 'us-east-1' }, 'us-east-1'],
  ['no Region if its profile has none', { AWS_PROFILE: 'missing' }, undefined],
])('a child keeps %s', (_, env, region) => {
  expect(scrubbed({ ...env, AWS_CONFIG_FILE: config }, 'gr_1')['AWS_REGION']).toBe(region);
});
