import { marshall } from '@aws-sdk/util-dynamodb';
import type { AccessReview, DecidedItem } from '../../core/access-review.ts';
import type { Idempotency } from '../../core/call.ts';
import type { Instant } from '../../core/instant.ts';
import type { ReviewRefusal, ReviewWrite } from '../../core/reviewing/review-ports.ts';
import { type Item, principalEventItem } from './items.ts';
import { accessReviewKey, reviewItemKey, reviewListKey } from './keys.ts';
import { idempotencyKey } from './principal-keys.ts';
import type { Part } from './transaction.ts';
import { KEY_LIFETIME_SECONDS, notSuspended } from './transaction-parts.ts';

/** The writes of a step of an access review. */
export function reviewParts(
  table: string,
  { before, review, items, event, idempotency, unsuspended }: ReviewWrite,
  now: Instant,
  gate: number,
): readonly Part<ReviewRefusal>[] {
  const { id, startedAt: at } = review;
  return [
    ...(idempotency === null ? [] : [newKey(table, idempotency, id, now)]),
    notSuspended(table, unsuspended, gate),
    reviewPart(table, before, review),
    ...(before === null ? [put(table, marshall(reviewListKey({ at, id })))] : []),
    ...items.map((row) => put(table, itemRow(id, row))),
    ...(event === null ? [] : [put(table, principalEventItem(event))]),
  ];
}

function reviewPart(
  table: string,
  before: AccessReview | null,
  review: AccessReview,
): Part<ReviewRefusal> {
  return {
    write: {
      Put: {
        TableName: table,
        Item: marshall({ ...accessReviewKey(review.id), ...review }),
        ...(before === null
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'version = :version',
              ExpressionAttributeValues: marshall({ ':version': before.version }),
            }),
      },
    },
    refusal: () => ({ code: 'conflict' }),
  };
}

function itemRow(reviewId: string, row: DecidedItem): Item {
  return marshall({ ...reviewItemKey(reviewId, row.item.item), ...row });
}

/** An `Idempotency-Key` that nothing was done under. */
function newKey(
  table: string,
  { principal, key, fingerprint }: Idempotency,
  reviewId: string,
  now: Instant,
): Part<ReviewRefusal> {
  const seconds = Math.floor(now / 1000);
  const ttl = seconds + KEY_LIFETIME_SECONDS;
  return {
    write: {
      Put: {
        TableName: table,
        Item: marshall({ ...idempotencyKey(principal, key), fingerprint, reviewId, ttl }),
        ConditionExpression: 'attribute_not_exists(pk) OR #ttl < :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: marshall({ ':now': seconds }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    refusal: (found) => {
      const same = found?.['fingerprint']?.S === fingerprint;
      const used = found?.['reviewId']?.S;
      return same && used !== undefined
        ? { code: 'repeated', reviewId: used }
        : { code: 'key-reused' };
    },
  };
}

function put(table: string, item: Item): Part<never> {
  return { write: { Put: { TableName: table, Item: item } }, refusal: noCondition };
}

function noCondition(): never {
  throw new Error('a write without a condition cannot fail its condition');
}
