import { afterAll, expect, test } from '@jest/globals';
import { newHome } from '../../support/run-command.ts';

/** `valetkey accounts bootstrap` used wrongly; test/e2e/cdk-deploy.test.ts uses it rightly. */

const home = newHome();
afterAll(() => home.remove());
const ROLE = 'arn:aws:iam::111122223333:role/valetkey/shop-deploy';

test.each([
  ['no role', ['shop-deploy', 'Shop'], 'Resources: {}', 'is no ARN of a role'],
  ['a stack for all', [ROLE, '*'], 'Resources: {}', 'is no name of a stack'],
  ['no stack', [ROLE], 'Resources: {}', "missing required argument 'stack'"],
  ['another template', [ROLE, 'Shop'], 'Resources: {}', 'FilePublishingRole is missing'],
  ['nothing', [ROLE, 'Shop'], '', 'FilePublishingRole is missing'],
  ['no YAML', [ROLE, 'Shop'], 'a: [', 'neither YAML nor JSON'],
])('%s', async (_, args, input, message) => {
  const { code, out, err } = await home.run(['accounts', 'bootstrap', ...args], {}, input);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});
