import type { AccessReview, DecidedItem, ReviewItem } from '../access-review.ts';
import type { Call } from '../call.ts';
import type { Failure } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { changeReview } from './change-review.ts';
import { itemsHash } from './items-hash.ts';
import { allItems } from './read-reviews.ts';
import type { ReviewPorts } from './review-ports.ts';

/**
 * Takes the next items of the list. With the last of them the hash of all must be the one that the review was started
 * with, so nothing is decided on another list.
 */
export function receiveItems(
  ports: ReviewPorts,
  call: Call,
  id: string,
  items: readonly ReviewItem[],
): Promise<Result<AccessReview, Failure>> {
  return changeReview(ports, call, id, async (review) => {
    if (review.starter.who.id !== call.caller.principal.id) {
      return err({ code: 'forbidden', detail: 'Only who started the review sends its items.' });
    }
    const misplaced = items.find(({ item }, index) => item !== review.received + index + 1);
    const received = review.received + items.length;
    if (misplaced !== undefined || received > review.scope.items) {
      const detail = `The review has ${review.received} of ${review.scope.items} items. Send the next ones, in their order.`;
      return err({ code: 'review-state', detail });
    }
    if (received === review.scope.items) {
      const before = await allItems(ports, review);
      if (!before.ok) return before;
      const hash = itemsHash([...before.value.map(({ item }) => item), ...items]);
      if (hash !== review.scope.listHash) return err(OTHER_ITEMS);
    }
    const rows = items.map((item): DecidedItem => ({ item, decided: null }));
    const next = { ...review, received, version: review.version + 1 };
    return ok({ review: next, items: rows, event: null });
  });
}

const OTHER_ITEMS: Failure = {
  code: 'review-state',
  detail: 'These are not the items whose hash the review was started with. Start another review.',
};
