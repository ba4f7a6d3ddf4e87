import { changesOf } from '../../../dashboard/lists/changes.ts';

const row = (id: string, second: number, status = 'active') => ({
  ...{ id, status },
  createdAt: `2026-11-27T00:00:${String(second).padStart(2, '0')}.000Z`,
});

test('new rows wait, and the shown ones stay where they are, each as it is now', () => {
  const shown = [row('c', 3), row('b', 2), row('a', 1)];
  const read = [row('e', 5), row('d', 4), row('c', 3, 'revoked'), row('b', 2)];
  const { rows, fresh, gone } = changesOf(shown, read);
  expect(rows.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'c revoked',
    'b active',
    'a active',
  ]);
  expect(fresh).toBe(2);
  expect(gone.size).toBe(0);
});

test('a row that no longer matches is told; one that newer rows have only pushed down is not', () => {
  const shown = [row('c', 3), row('b', 2), row('a', 1)];
  const { gone, fresh } = changesOf(shown, [row('d', 4), row('b', 2)]);
  expect([...gone]).toEqual(['c']);
  expect(fresh).toBe(1);
});

test('older rows that move up from the next page are not new', () => {
  const shown = [row('c', 3), row('b', 2)];
  expect(changesOf(shown, [row('c', 3), row('a', 1)])).toMatchObject({
    ...{ fresh: 0, gone: new Set(['b']) },
  });
});

test('where nothing matches any more, all are gone', () => {
  expect(changesOf([row('a', 1)], []).gone).toEqual(new Set(['a']));
});
