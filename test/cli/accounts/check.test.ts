import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, valetkeyWith, written } from '../command.ts';

afterAll(cleanUp);

const NO_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: '',
  AWS_PROFILE: '',
  AWS_CONFIG_FILE: '/nowhere',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: 'eu-central-1',
};
const check = (...more: readonly string[]) =>
  valetkeyWith(NO_CREDENTIALS, 'accounts', 'check', ...more);

test.each<[string, readonly string[], RegExp]>([
  ['a missing account of the broker', [], /account of the broker is missing or not 12 digits/],
  ['an invalid account of the broker', ['--broker-account', '1'], /missing or not 12 digits/],
  [
    'missing credentials',
    ['--broker-account', '222222222222'],
    /Cannot read the account: CredentialsProviderError/,
  ],
  ['a missing configuration', ['--config', '/nowhere'], /does not exist/],
  ['a missing bundle', ['--policy', '/nowhere'], /there is no folder|does not exist/],
])('%s is invalid usage, because nothing could be compared', async (_, args, message) => {
  const { code, out, err } = await check(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
  expect(err).not.toMatch(/ {4}at /);
});

test('what the SDK thinks of keys beside a profile stays out of the answer', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  const env = { ...NO_CREDENTIALS, ...keys, AWS_PROFILE: 'none' };
  const { code, err } = await valetkeyWith(
    env,
    ...['accounts', 'check', '--broker-account', '222222222222'],
  );
  expect(code).toBe(2);
  expect(err).toMatch(/^[^\n]*Cannot read the account: /);
  expect(err).not.toContain('WARNING');
});

test('a mistake in the configuration is reported with its line', async () => {
  const config = written('valetkey.yaml', "account: '1'\n");
  const { code, err } = await check('--config', config);
  expect(code).toBe(2);
  expect(err).toMatch(/valetkey\.yaml:1: account: is not an account id; write 12 digits in quotes/);
});
