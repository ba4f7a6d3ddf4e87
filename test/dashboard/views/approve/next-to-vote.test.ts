import { expect, test } from '@jest/globals';
import { nextToVote, stepFrom } from '../../../../dashboard/views/approve/next-to-vote.ts';

test('after a vote comes the request below, else the nearest above, else none', () => {
  expect(nextToVote(['a', 'b', 'c'], ['a', 'c'], 'b')).toBe('c');
  expect(nextToVote(['a', 'b', 'c'], ['a', 'b'], 'c')).toBe('b');
  expect(nextToVote(['a'], [], 'a')).toBeNull();
});

test('a vote that did not decide yet still leads on', () => {
  expect(nextToVote(['a', 'b'], ['a', 'b'], 'a')).toBe('b');
  expect(nextToVote(['a'], ['a'], 'a')).toBe('a');
});

test('what others decided meanwhile is passed over, and a request by link leads to the list', () => {
  expect(nextToVote(['a', 'b', 'c', 'd'], ['a', 'd'], 'b')).toBe('d');
  expect(nextToVote(['a', 'b'], ['a', 'b'], 'x')).toBe('a');
});

test('stepping stays at the ends', () => {
  expect(stepFrom(['a', 'b'], 'a', 1)).toBe('b');
  expect(stepFrom(['a', 'b'], 'b', 1)).toBe('b');
  expect(stepFrom(['a', 'b'], 'a', -1)).toBe('a');
  expect(stepFrom(['a', 'b'], null, 1)).toBe('a');
  expect(stepFrom([], null, 1)).toBeNull();
});
