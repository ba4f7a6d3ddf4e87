import { expect, test } from '@jest/globals';
import { didYouMean, nearlyEqual } from '../../core/did-you-mean.ts';

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

test.each<[string, string, boolean]>([
  ['ab', 'a', true],
  ['a', 'ab', true],
  ['ab', 'ba', true],
  ['ab', 'cb', true],
  ['a', 'bc', false],
  ['abc', 'cab', false],
  ['baxy', 'abzw', false],
  ['abcdefg', 'abcdexx', false],
  ['ab', 'ca', false],
  ['ab', 'bc', false],
  ['abcdefgh', 'defgh', false],
  ['defghijk', 'abcdefghijk', false],
  ['abcdefgh', 'abcdefxx', true],
  ['abcdefgh', 'badcefgh', true],
  ['abcdefgh', 'abcdefghij', true],
  ['abcdefgh', 'cdefgh', true],
  ['abcdefgh', 'abcdexxx', false],
])(
  'a quarter of the characters, and always one, may differ: %s, %s: %j',
  (text, candidate, near) => {
    expect(nearlyEqual(text, [candidate])).toBe(near ? candidate : null);
  },
);

test('the nearest is meant, and the first of those that are as near', () => {
  expect(nearlyEqual('readonly', ['readable', 'read-only', 'readxxly'])).toBe('read-only');
  expect(nearlyEqual('readonly', ['readonlyxx', 'readonlyx'])).toBe('readonlyx');
  expect(nearlyEqual('ab', ['abc', 'abd'])).toBe('abc');
  expect(nearlyEqual('ab', [])).toBeNull();
});
