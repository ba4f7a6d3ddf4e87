import { expect, test } from '@jest/globals';
import { didYouMean } from '../../core/did-you-mean.ts';

test.each([
  ['peple', 'people'],
  ['People', 'people'],
  ['poeple', 'people'],
  ['githbu', 'github'],
  ['gitlab', 'gitlab'],
])('%s may be meant as %s', (text, meant) => {
  expect(didYouMean(text, ['people', 'github', 'gitlab'])).toBe(`; did you mean '${meant}'?`);
});

test.each(['corp', '', 'buildkite', 'hub', 'persons'])('%s is like none of them', (text) => {
  expect(didYouMean(text, ['people', 'github', 'gitlab'])).toBe('');
});
