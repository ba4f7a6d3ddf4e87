import { expect, test } from '@jest/globals';
import { leftOutInWords } from '../../../core/usage/left-out.ts';

test('what a report has no room for is named', () => {
  const none = { actions: 0, unmapped: 0, networks: 0, agents: 0, chained: 0 };
  expect(leftOutInWords({ ...none, actions: 5, networks: 1 })).toBe('5 actions, 1 network');
  expect(leftOutInWords({ ...none, unmapped: 2, agents: 1, chained: 3 })).toBe(
    '2 calls of unknown action, 1 client, 3 chained roles',
  );
});
