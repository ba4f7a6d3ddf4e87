import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { actionNamesModule } from '../../tools/action-names.ts';

test('the list of actions is the published one; npm run reference writes it anew', async () => {
  expect(readFileSync('core/usage/action-names.ts', 'utf8')).toBe(await actionNamesModule());
});
