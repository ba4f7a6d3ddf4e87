import { type AccessReview, type DecidedItem, MOST_ITEMS } from '../access-review.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { Caller } from '../principal.ts';
import { ok, type Result } from '../result.ts';
import { findReview, mayAudit } from './change-review.ts';
import type { ReviewPlace, ReviewPorts, ReviewStore } from './review-ports.ts';

type ReadPorts = Pick<ReviewPorts, 'engine' | 'reviews'>;

export type ReviewPage = {
  readonly review: AccessReview;
  readonly items: readonly DecidedItem[];
  /** The number of the last item, if more follow. */
  readonly next: number | null;
};

export async function readReview(
  ports: ReadPorts,
  caller: Caller,
  id: string,
  page: { readonly after: number; readonly limit: number },
): Promise<Result<ReviewPage, Failure>> {
  const may = mayAudit(ports.engine, caller);
  if (!may.ok) return may;
  const review = await findReview(ports, id);
  if (!review.ok) return review;
  const items = await ports.reviews.items(id, page);
  if (!items.ok) return items;
  const last = items.value.at(-1)?.item.item ?? page.after;
  const next = last < review.value.received ? last : null;
  return ok({ review: review.value, items: items.value, next });
}

export async function listReviews(
  ports: ReadPorts,
  caller: Caller,
  page: { readonly limit: number; readonly after: ReviewPlace | null },
): Promise<Awaited<ReturnType<ReviewStore['list']>> | Result<never, Failure>> {
  const may = mayAudit(ports.engine, caller);
  return may.ok ? ports.reviews.list(page) : may;
}

/** All items that have come, in their order. */
export async function allItems(
  { reviews }: Pick<ReviewPorts, 'reviews'>,
  { id }: AccessReview,
): Promise<Result<readonly DecidedItem[], Unavailable>> {
  return reviews.items(id, { after: 0, limit: MOST_ITEMS });
}
