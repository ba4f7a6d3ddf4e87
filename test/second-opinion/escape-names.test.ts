import { expect, test } from '@jest/globals';
import { ESCAPE_PATHS } from '../../core/bundle/escape-paths.ts';
import { isKnownAction } from './simulate.ts';

const ACTIONS = [...new Set(ESCAPE_PATHS.flatMap(({ actions }) => actions))];

test.each(ACTIONS)('AWS has the action %s', async (action) => {
  expect(await isKnownAction(action)).toBe(true);
});

test.each(['lambda:Nope', 'nope:CreateFunction'])('AWS has no action %s', async (action) => {
  expect(await isKnownAction(action)).toBe(false);
});
