import { expect, test } from '@jest/globals';
import { groupBy } from '../../core/group-by.ts';

test('items are grouped by key, in the order of their first', () => {
  expect([...groupBy(['b1', 'a1', 'b2'], (item) => item[0])]).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1']],
  ]);
  expect([...groupBy([], String)]).toEqual([]);
});
