import { expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../../core/audit.ts';
import { ANA, BEN, exported, period, time } from '../../support/evidence-trail.ts';

/** Access reviews in an export. */

const ID = `ar_${'0'.repeat(20)}`;
type Happening<T = PrincipalEvent> = T extends { readonly reviewId: string }
  ? Omit<T, 'id' | 'at' | 'principalId' | 'actor' | 'requestId' | 'sourceIp' | 'reviewId'>
  : never;

const step = (at: string, actor: typeof ANA, happening: Happening): PrincipalEvent =>
  ({
    ...{ id: `ev_${at}`, at: time(at), principalId: 'broker', actor, requestId: 'r-1' },
    ...{ sourceIp: '10.0.0.1', reviewId: ID, ...happening },
  }) as PrincipalEvent;

const started = step('19T09:00:00', ANA, {
  ...{ type: 'access-review-started', step: 1, reason: '', from: '2026-07-01', to: '2026-09-30' },
  ...{ entitlements: null, items: 3, listHash: 's', bundle: 'b', file: 'f' },
  checkpoint: { size: 1, root: 'r' },
});
const said = (item: number, decision: 'keep' | 'remove', reason: string) => ({
  ...{ item, entitlement: 'read', principal: 'people:zoe', policies: ['p', 'q'], decision, reason },
});
const first = step('20T09:00:00', ANA, {
  ...{ type: 'access-review-decided', step: 2, reason: '' },
  decisions: [said(1, 'keep', 'fine'), said(2, 'keep', 'fine')],
});
const second = step('20T10:00:00', BEN, {
  ...{ type: 'access-review-decided', step: 3, reason: '' },
  decisions: [said(1, 'remove', 'has left')],
});
const signed = step('21T09:00:00', BEN, {
  ...{ type: 'access-review-signed', step: 4, reason: 'agreed', listHash: 's', keep: 1, remove: 1 },
});

test('each decision is a row, in the order of the review, and says whether a later one replaced it', () => {
  // Entries of one review can have their places in another order than its steps.
  const { tables } = exported(period('20', '21'), [started, second, first, signed]);
  const rows = tables['access-reviews'];
  expect(
    rows.map(({ item, decision, replaced, by, entry }) => [item, decision, replaced, by, entry]),
  ).toEqual([
    [1, 'keep', 'yes', 'people:ana', 2],
    [2, 'keep', 'no', 'people:ana', 2],
    [1, 'remove', 'no', 'people:ben', 1],
  ]);
  expect(rows[0]).toMatchObject({
    ...{ review: ID, from: '2026-07-01', to: '2026-09-30', items: 3, undecided: 1 },
    ...{ startedBy: 'people:ana', startedAt: '2026-11-19T09:00:00Z', policies: 'p; q' },
    ...{ signedBy: 'people:ben', signedAt: '2026-11-21T09:00:00Z', comment: 'agreed' },
  });
});

test('a review is shown as it was at the end of the period', () => {
  const { tables } = exported(period('20'), [started, first, second, signed]);
  expect(tables['access-reviews']).toHaveLength(3);
  expect(tables['access-reviews'][0]).toMatchObject({ signedBy: null, comment: null });
});

test('a review that nobody worked on in the period is not in its export', () => {
  expect(exported(period('22'), [started, first]).tables['access-reviews']).toEqual([]);
  const begun = exported(period('19'), [started]).tables['access-reviews'];
  expect(begun).toMatchObject([{ review: ID, items: 3, undecided: 3, item: null }]);
});

test('a review makes no principal and no order', () => {
  const { tables } = exported(period('19', '21'), [started, first, signed]);
  expect(tables.principals).toEqual([]);
  expect(tables.orders).toEqual([]);
});
