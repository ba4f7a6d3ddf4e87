import { type AccessReview, type DecidedItem, REVIEW_ID, statusOf } from '../access-review.ts';
import { formatInstant } from '../instant.ts';
import type { ReviewPlace } from '../reviewing/review-ports.ts';
import type { Json } from './wire.ts';

/** Access reviews as the HTTP API shows them: without what tells their participants apart. */

export function reviewJson(review: AccessReview): { readonly [key: string]: Json } {
  const { id, scope, starter, startedAt, deciders, received, decided, signed } = review;
  return {
    id,
    status: statusOf(review),
    ...scope,
    received,
    decided,
    startedBy: { ...starter.who },
    startedAt: formatInstant(startedAt),
    deciders: deciders.map(({ who }) => ({ ...who })),
    signed: signed && { ...signed, by: { ...signed.by }, at: formatInstant(signed.at) },
  };
}

export function decidedItemJson({ item, decided }: DecidedItem): Json {
  return {
    item: { ...item, principal: item.principal && { ...item.principal } },
    decided: decided && { ...decided, by: { ...decided.by }, at: formatInstant(decided.at) },
  };
}

export function encodeReviewCursor({ at, id }: ReviewPlace): string {
  return Buffer.from(`${at}/${id}`).toString('base64url');
}

/** @returns null for a text that `encodeReviewCursor` cannot have made. */
export function decodeReviewCursor(cursor: string): ReviewPlace | null {
  const [at = '', id = '', ...more] = textOf(cursor).split('/');
  const fits = /^[0-9]{1,15}$/.test(at) && REVIEW_ID.test(id) && more.length === 0;
  return fits ? { at: Number(at), id } : null;
}

/** The number of the last item of a page. */
export function encodeItemCursor(item: number): string {
  return Buffer.from(String(item)).toString('base64url');
}

/** @returns null for a text that `encodeItemCursor` cannot have made. */
export function decodeItemCursor(cursor: string): number | null {
  const text = textOf(cursor);
  return /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : null;
}

function textOf(cursor: string): string {
  return /^[A-Za-z0-9_-]+$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString() : '';
}
