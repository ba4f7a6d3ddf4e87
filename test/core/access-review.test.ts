import { expect, test } from '@jest/globals';
import { type AccessReview, REVIEW_ID, statusOf } from '../../core/access-review.ts';

const SIGNED = {} as NonNullable<AccessReview['signed']>;

test.each([
  ['incomplete', 0, null],
  ['incomplete', 2, null],
  ['open', 3, null],
  ['signed', 3, SIGNED],
])('a review of three items is %s once %i have come', (status, received, signed) => {
  expect(statusOf({ received, signed, scope: { items: 3 } } as AccessReview)).toBe(status);
});

const ID = `ar_${'0z'.repeat(10)}`;

test.each([
  [ID, true],
  ['', false],
  [`x${ID}`, false],
  [`${ID}0`, false],
  [`${ID}\n`, false],
  [ID.slice(0, -1), false],
  [ID.replace('z', 'l'), false],
  [ID.replace('z', 'Z'), false],
  [ID.replace('ar_', 'gr_'), false],
])('%j is the id of a review: %j', (text, is) => {
  expect(REVIEW_ID.test(text)).toBe(is);
});
