import { describe, expect, test } from '@jest/globals';
import { err, ok } from '../../../core/result.ts';
import { allItems, listReviews, readReview } from '../../../core/reviewing/read-reviews.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { ANA } from '../../support/memory-ports.ts';
import { itemOf, reviewWorld, SAM, startedIn } from '../../support/review-world.ts';

const ITEMS = [1, 2, 3].map((item) => itemOf(item));
const NOT_YOURS = { error: { code: 'forbidden' } };

describe('an access review is read', () => {
  test.each([
    ['a page of it', { after: 0, limit: 2 }, [1, 2], 2],
    ['the rest', { after: 2, limit: 2 }, [3], null],
    ['all at once', { after: 0, limit: 3 }, [1, 2, 3], null],
    ['nothing after the last', { after: 3, limit: 3 }, [], null],
  ])('with its items: %s', async (_, page, numbers, next) => {
    const world = reviewWorld();
    const review = startedIn(world, ITEMS);
    expect(await readReview(world.ports, SAM, review.id, page)).toEqual(
      ok({ review, next, items: numbers.map((item) => ({ item: itemOf(item), decided: null })) }),
    );
  });

  test('whose items have not all come has no next page after those that have', async () => {
    const world = reviewWorld();
    const review = startedIn(world, ITEMS, { received: 2 });
    const read = await readReview(world.ports, SAM, review.id, { after: 0, limit: 5 });
    expect(read).toMatchObject({ value: { items: { length: 2 }, next: null } });
  });

  test('by those who may audit', async () => {
    const world = reviewWorld();
    const review = startedIn(world, ITEMS);
    const page = { after: 0, limit: 2 };
    expect(await readReview(world.ports, ANA, review.id, page)).toMatchObject(NOT_YOURS);
    expect(await listReviews(world.ports, ANA, { limit: 2, after: null })).toMatchObject(NOT_YOURS);
    expect(await listReviews(world.ports, SAM, { limit: 2, after: null })).toEqual(
      ok({ reviews: [review], next: null }),
    );
  });

  test('completely, or not at all', async () => {
    const page = { after: 0, limit: 2 };
    const unfound = reviewWorld({ find: async () => err(NO_STORE) });
    startedIn(unfound, ITEMS);
    expect(await readReview(unfound.ports, SAM, 'ar_1', page)).toEqual(err(NO_STORE));
    const bare = reviewWorld({ items: async () => err(NO_STORE) });
    startedIn(bare, ITEMS);
    expect(await readReview(bare.ports, SAM, 'ar_1', page)).toEqual(err(NO_STORE));
  });
});

test('all items of a review are asked for from the first one on', async () => {
  const asked: unknown[] = [];
  const world = reviewWorld({
    items: async (...of) => {
      asked.push(of);
      return ok([]);
    },
  });
  const review = startedIn(world, ITEMS);
  expect(await allItems(world.ports, review)).toEqual(ok([]));
  expect(asked).toEqual([['ar_1', { after: 0, limit: 10_000 }]]);
});
