import { afterAll, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';

/** Errors of `valetkey accounts bootstrap`; `test/e2e/cdk-deploy.test.ts` has the success. */

const home = newHome();
afterAll(() => home.remove());
const ROLE = 'arn:aws:iam::111122223333:role/valetkey/shop-deploy';

test.each([
  ['a role without an ARN', ['deploy', 'Shop'], '', '<role>: "deploy" is not the ARN of a role'],
  [
    'a wildcard as the broker’s stack',
    [ROLE, 'Shop', '--broker-stack', '*'],
    '',
    '--broker-stack: "*" is not a valid stack name',
  ],
  ['a wildcard as stack', [ROLE, '*'], '', '<stack>: "*" is not a valid stack name'],
  ['a missing stack', [ROLE], '', "missing required argument 'stack'"],
  ['another template', [ROLE, 'Shop'], 'Resources: {}', 'FilePublishingRole is missing'],
  ['an empty input', [ROLE, 'Shop'], '', 'FilePublishingRole is missing'],
  ['an input that is not YAML', [ROLE, 'Shop'], 'a: [', 'neither YAML nor JSON'],
])('%s is invalid usage', async (_, args, input, message) => {
  const { code, out, err } = await home.run(['accounts', 'bootstrap', ...args], {}, input);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
