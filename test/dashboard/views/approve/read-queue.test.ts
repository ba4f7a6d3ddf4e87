import { expect, test } from '@jest/globals';
import type { Grant, GrantPage } from '../../../../dashboard/api/types.ts';
import { readQueue } from '../../../../dashboard/views/approve/read-queue.ts';

const grant = (id: string): Grant => ({ id }) as Grant;

async function read(pages: readonly (readonly string[])[], enough = 3, most = 10) {
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses += 1;
  };
  const queue = await readQueue(
    async (cursor): Promise<GrantPage> => {
      const at = Number(cursor ?? 0);
      const next = at + 1 < pages.length ? String(at + 1) : null;
      return { grants: (pages[at] ?? []).map(grant), nextCursor: next };
    },
    { enough, most, pause },
  );
  return { ids: queue.grants.map(({ id }) => id), pages: queue.pages, more: queue.more, pauses };
}

test('empty pages are not the end', async () => {
  expect(await read([[], [], ['a'], []])).toEqual({ ids: ['a'], pages: 4, more: false, pauses: 3 });
});

test('the search stops once there are enough, and says that there may be more', async () => {
  expect(await read([['a'], ['b', 'c'], ['d']])).toMatchObject({
    ids: ['a', 'b', 'c'],
    more: true,
  });
});

test('the search stops after as many pages as may be read', async () => {
  expect(await read([[], [], [], ['a']], 3, 2)).toMatchObject({ ids: [], pages: 2, more: true });
});
