import { describe, expect, test } from '@jest/globals';
import type { AccessReview, ReviewItem, Verdict } from '../../../core/access-review.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { signReview } from '../../../core/reviewing/sign-review.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { callOf, NOW } from '../../support/memory-ports.ts';
import {
  IVY,
  itemOf,
  MIA,
  participantIn,
  type ReviewWorld,
  reviewWorld,
  SAM,
  scopeOf,
  startedIn,
  tagged,
  tellingApartBy,
} from '../../support/review-world.ts';

const ITEMS = [1, 2, 3].map((item) => itemOf(item));
const { listHash } = scopeOf(ITEMS);
const state = (detail: string) => err({ code: 'review-state', detail });

/** A review that Mia has decided on: item by item, null where nobody has. */
function decidedIn(
  world: ReviewWorld,
  verdicts: readonly (Verdict | null)[],
  items: readonly ReviewItem[] = ITEMS,
  changes: Partial<AccessReview> = {},
): AccessReview {
  const review = startedIn(world, items, { deciders: [participantIn(MIA)], ...changes });
  for (const [index, decision] of verdicts.entries()) {
    const row = world.rows.get(index + 1);
    if (row === undefined || decision === null) continue;
    const decided = { decision, reason: 'x', by: participantIn(MIA).who, at: NOW };
    world.rows.set(index + 1, { ...row, decided });
  }
  return review;
}

const sign = ({ ports }: ReviewWorld, caller: Caller = IVY, hash = listHash) =>
  signReview(ports, callOf(caller), 'ar_1', { listHash: hash, comment: 'agreed' });

describe('a signature', () => {
  test('ends the review, in one write with its event', async () => {
    const world = reviewWorld();
    const review = decidedIn(world, ['keep', 'remove', 'keep']);
    const by = participantIn(IVY).who;
    const signed = { by, at: NOW, comment: 'agreed' };
    expect(await sign(world)).toEqual(ok({ ...review, signed, steps: 2, version: 4 }));
    expect(world.writes).toEqual([
      expect.objectContaining({
        items: [],
        event: {
          ...{ type: 'access-review-signed', id: expect.stringMatching(/^ev_/), at: NOW },
          ...{ principalId: 'broker', actor: by, requestId: 'r-1', sourceIp: '10.1.2.3' },
          ...{ reviewId: 'ar_1', step: 2, listHash, keep: 2, remove: 1, reason: 'agreed' },
        },
      }),
    ]);
  });

  test('comes once', async () => {
    const world = reviewWorld();
    const signed = { by: participantIn(IVY).who, at: NOW, comment: '' };
    decidedIn(world, ['keep', 'keep', 'keep'], ITEMS, { signed });
    expect(await sign(world)).toEqual(state('The review is signed already.'));
    expect(world.writes).toEqual([]);
  });

  test.each([
    ['started it', SAM],
    ['decided in it', MIA],
  ])('is refused of somebody who %s', async (part, caller) => {
    const world = reviewWorld();
    decidedIn(world, ['keep', 'keep', 'keep']);
    expect(await sign(world, caller)).toEqual(
      err({ code: 'forbidden', detail: `You ${part}, so somebody else has to sign this review.` }),
    );
    expect(world.writes).toEqual([]);
  });

  test('is refused of another account of such a person, and of whoever cannot be told apart', async () => {
    const world = reviewWorld({}, tellingApartBy(['employee']));
    const deciders = [
      { ...participantIn(SAM), marks: ['people:x', 'employee=6'] },
      { ...participantIn(MIA), marks: ['people:y', 'employee=7'] },
    ];
    decidedIn(world, ['keep', 'keep', 'keep'], ITEMS, { deciders });
    const other = tagged(IVY, { employee: '7' });
    expect(await sign(world, other)).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringContaining('You decided in it') },
    });
    expect(await sign(world)).toMatchObject({
      error: { code: 'forbidden', detail: expect.stringContaining('employee') },
    });
    expect(await sign(world, tagged(IVY, { employee: '8' }))).toMatchObject({ ok: true });
  });

  test('is refused while items are missing, and where they cannot be read', async () => {
    const world = reviewWorld();
    decidedIn(world, ['keep', 'keep'], ITEMS, { received: 2 });
    expect(await sign(world)).toEqual(state('Not all items of the review have come.'));
    const down = reviewWorld({ items: async () => err(NO_STORE) });
    decidedIn(down, []);
    expect(await sign(down)).toEqual(err(NO_STORE));
  });

  test('is refused on another list than the one of the review', async () => {
    const world = reviewWorld();
    decidedIn(world, ['keep', 'keep', 'keep']);
    expect(await sign(world, IVY, 'other')).toEqual(
      state(`You sign the list with the hash other, but the review has the one with ${listHash}.`),
    );
  });

  test('is refused where the stored items are not the pinned ones any more', async () => {
    const world = reviewWorld();
    decidedIn(world, ['keep', 'keep', 'keep']);
    const row = world.rows.get(2);
    if (row === undefined) throw new Error('no item');
    world.rows.set(2, { ...row, item: itemOf(2, { vends: 0 }) });
    expect(await sign(world)).toEqual(
      state(
        'The items are not the ones that the review was started with any more. Tell your security team, and start another review.',
      ),
    );
    expect(world.writes).toEqual([]);
  });

  test.each([
    [3, [2], 'item 2'],
    [3, [1, 3], 'items 1, 3'],
    [12, [1, 2, 3, 4, 5, 6, 7, 8, 9, 11], 'items 1, 2, 3, 4, 5, 6, 7, 8, 9, 11'],
    [12, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'items 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more'],
  ])('is refused of %i items with some undecided: %j', async (count, open, said) => {
    const world = reviewWorld();
    const items = Array.from({ length: count }, (_, index) => itemOf(index + 1));
    const verdicts = items.map(({ item }) => (open.includes(item) ? null : ('keep' as const)));
    decidedIn(world, verdicts, items);
    expect(await sign(world, IVY, scopeOf(items).listHash)).toEqual(
      state(`Without a decision: ${said}.`),
    );
    expect(world.writes).toEqual([]);
  });
});
