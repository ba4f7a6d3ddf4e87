import { expect, test } from '@jest/globals';
import { batches } from '../../../cli/review-access/decide.ts';
import { chunks } from '../../../cli/review-access/start.ts';
import type { ReviewItem } from '../../../core/access-review.ts';
import { check, MAX_BODY_BYTES } from '../../../core/api/requests.ts';
import { decisionsBody, itemsBody } from '../../../core/api/review-requests.ts';
import type { NewDecision } from '../../../core/reviewing/decide-items.ts';

/** What is sent in several calls fits into each, in its order, and nothing is left out. */

const itemOf = (item: number, length: number): ReviewItem => ({
  ...{ item, entitlement: 'read', members: null, could: true, marks: [] },
  principal: { type: 'User', id: `people:${'x'.repeat(length)}`, name: 'ana' },
  ...{ requests: 1, denials: 0, grants: 1, vends: 1, lastUse: null, lines: [] },
});

test.each([
  ['short', 5],
  ['long', 900],
])('%s items', (_, length) => {
  const items = Array.from({ length: 100 }, (__, index) => itemOf(index + 1, length));
  const sent = chunks(items);
  expect(sent.flat()).toEqual(items);
  for (const some of sent) {
    expect(JSON.stringify({ items: some }).length).toBeLessThan(MAX_BODY_BYTES);
    expect(check(itemsBody, { items: some })).toMatchObject({ ok: true });
  }
});

test.each([
  ['short', 'ok', 5],
  ['long', 'ü'.repeat(500), 900],
])('%s reasons', (_, reason, length) => {
  const decisions = Array.from(
    { length: 50 },
    (__, index): NewDecision => ({ item: index + 1, decision: 'keep', reason }),
  );
  const items = decisions.map(({ item }) => ({ item: itemOf(item, length) }));
  const sent = batches(decisions, items);
  expect(sent.flat()).toEqual(decisions);
  for (const some of sent) {
    expect(Buffer.byteLength(JSON.stringify({ decisions: some }))).toBeLessThan(MAX_BODY_BYTES);
    expect(check(decisionsBody, { decisions: some })).toMatchObject({ ok: true });
    const recorded = some.map((one) => ({ ...one, ...items[one.item - 1]?.item }));
    expect(Buffer.byteLength(JSON.stringify(recorded))).toBeLessThan(16_000);
  }
});
