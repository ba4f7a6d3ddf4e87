import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, valetkeyWith, written } from '../command.ts';

afterAll(cleanUp);

/** Nothing to find, and nobody to ask. */
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
  ['without the broker’s account', [], /name the broker’s account: 12 digits/],
  ['with an account that is none', ['--broker-account', '1'], /12 digits/],
  [
    'without credentials',
    ['--broker-account', '222222222222'],
    /the account cannot be read: CredentialsProviderError/,
  ],
  ['with a configuration that is not there', ['--config', '/nowhere'], /does not exist/],
  ['with a bundle that is not there', ['--policy', '/nowhere'], /there is no folder/],
])('%s nothing is compared, and the command says so', async (_, args, said) => {
  const { code, out, err } = await check(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(said);
  expect(err).not.toMatch(/ {4}at /);
});

test('a configuration with a mistake is told with its line', async () => {
  const config = written('valetkey.yaml', "account: '1'\n");
  const { code, err } = await check('--config', config);
  expect(code).toBe(2);
  expect(err).toMatch(/valetkey\.yaml:1: account: is not an account id; write 12 digits in quotes/);
});
