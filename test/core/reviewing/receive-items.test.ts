import { describe, expect, test } from '@jest/globals';
import { err, ok } from '../../../core/result.ts';
import { receiveItems } from '../../../core/reviewing/receive-items.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { callOf } from '../../support/memory-ports.ts';
import { itemOf, MIA, reviewWorld, SAM, scopeOf, startedIn } from '../../support/review-world.ts';

const ITEMS = [1, 2, 3].map((item) => itemOf(item));
const [ONE, TWO, THREE] = [itemOf(1), itemOf(2), itemOf(3)];
const rowsOf = (items: typeof ITEMS) => items.map((item) => ({ item, decided: null }));
const state = (detail: string) => err({ code: 'review-state', detail });
const OTHERS = state(
  'These are not the items whose hash the review was started with. Start another review.',
);

describe('the items of a review', () => {
  test('come in portions, in their order, and are kept without a decision or an event', async () => {
    const world = reviewWorld();
    const review = startedIn(world, ITEMS, { received: 0 });
    const some = { ...review, received: 2, version: 4 };
    expect(await receiveItems(world.ports, callOf(SAM), review.id, [ONE, TWO])).toEqual(ok(some));
    expect(await receiveItems(world.ports, callOf(SAM), review.id, [THREE])).toEqual(
      ok({ ...some, received: 3, version: 5 }),
    );
    expect(world.writes).toMatchObject([
      { items: rowsOf([ONE, TWO]), event: null },
      { items: rowsOf([THREE]), event: null },
    ]);
  });

  test('come from who started the review', async () => {
    const world = reviewWorld();
    const { id } = startedIn(world, ITEMS, { received: 0 });
    expect(await receiveItems(world.ports, callOf(MIA), id, ITEMS)).toEqual(
      err({ code: 'forbidden', detail: 'Only who started the review sends its items.' }),
    );
  });

  test.each([
    ['those that have come', [ONE]],
    ['a gap', [THREE]],
    ['a gap behind the next one', [TWO, itemOf(4)]],
    ['the wrong order', [THREE, TWO]],
    ['more than there are', [TWO, THREE, itemOf(4)]],
  ])('are refused as %s', async (_, items) => {
    const world = reviewWorld();
    const { id } = startedIn(world, ITEMS, { received: 1 });
    expect(await receiveItems(world.ports, callOf(SAM), id, items)).toEqual(
      state('The review has 1 of 3 items. Send the next ones, in their order.'),
    );
    expect(world.writes).toEqual([]);
  });

  test('are refused with the last of them where they are not those that were pinned', async () => {
    const world = reviewWorld();
    const { id } = startedIn(world, ITEMS, { received: 2 });
    const changed = [itemOf(3, { vends: 9 })];
    expect(await receiveItems(world.ports, callOf(SAM), id, changed)).toEqual(OTHERS);
    const scope = scopeOf(ITEMS, { listHash: scopeOf([THREE]).listHash });
    const pinned = reviewWorld();
    startedIn(pinned, ITEMS, { received: 2, scope });
    expect(await receiveItems(pinned.ports, callOf(SAM), id, [THREE])).toEqual(OTHERS);
    expect([...world.writes, ...pinned.writes]).toEqual([]);
  });

  test('are looked at as a whole once, with the last of them', async () => {
    const world = reviewWorld({ items: async () => err(NO_STORE) });
    const { id } = startedIn(world, ITEMS, { received: 0 });
    expect(await receiveItems(world.ports, callOf(SAM), id, [ONE, TWO])).toMatchObject({
      ok: true,
    });
    expect(await receiveItems(world.ports, callOf(SAM), id, [THREE])).toEqual(err(NO_STORE));
  });
});
