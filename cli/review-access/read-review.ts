import type * as z from 'zod/mini';
import { REVIEW_ID } from '../../core/access-review.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import { type ItemAnswer, type ReviewAnswer, reviewPage, reviewWithItems } from './answers.ts';

export type WholeReview = { readonly review: ReviewAnswer; readonly items: readonly ItemAnswer[] };

/** A review with all of its items. */
export async function wholeReview(broker: Broker, id: string): Promise<WholeReview> {
  if (!REVIEW_ID.test(id)) {
    throw new UsageError(
      `"${id}" is no id of an access review.`,
      'See the reviews: valetkey review-access list',
    );
  }
  const items: ItemAnswer[] = [];
  for (let cursor = ''; ; ) {
    const query = new URLSearchParams({ limit: '500', ...(cursor !== '' && { cursor }) });
    const page: z.infer<typeof reviewWithItems> = await broker.get(
      `/v1/audit/access-reviews/${id}?${query}`,
      reviewWithItems,
    );
    items.push(...page.items);
    if (page.nextCursor === null) return { review: page.review, items };
    cursor = page.nextCursor;
  }
}

/** All reviews, the newest first. */
export async function allReviews(broker: Broker): Promise<readonly ReviewAnswer[]> {
  const found: ReviewAnswer[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: '50', ...(cursor !== '' && { cursor }) });
    const page: z.infer<typeof reviewPage> = await broker.get(
      `/v1/audit/access-reviews?${query}`,
      reviewPage,
    );
    found.push(...page.reviews);
    cursor = page.nextCursor;
  }
  return found;
}
