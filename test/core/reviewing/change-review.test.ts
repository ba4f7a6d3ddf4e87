import { describe, expect, test } from '@jest/globals';
import type { AccessReview } from '../../../core/access-review.ts';
import type { Failure } from '../../../core/failure.ts';
import { err, ok } from '../../../core/result.ts';
import {
  changeReview,
  eventBasis,
  findReview,
  isRepeat,
  mayAudit,
  type ReviewChange,
} from '../../../core/reviewing/change-review.ts';
import type { ReviewRefusal, ReviewStore } from '../../../core/reviewing/review-ports.ts';
import { NO_POLICY, NO_STORE } from '../../support/failing-ports.ts';
import { ANA, CALL, callOf, NOW } from '../../support/memory-ports.ts';
import { itemOf, keyedBy, reviewWorld, SAM, startedIn } from '../../support/review-world.ts';

const ITEMS = [itemOf(1), itemOf(2)];
const NO_REVIEW = err({ code: 'not-found', detail: 'There is no such access review.' });
const FORBIDDEN = err({
  code: 'forbidden',
  detail: 'You need permission to audit to take part in access reviews.',
});

/** The next step of a review. */
const STEP: ReviewChange = async (review) =>
  ok({ review: stepped(review), items: [], event: null });
const stepped = (review: AccessReview): AccessReview => ({
  ...review,
  steps: review.steps + 1,
  version: review.version + 1,
});
const never: ReviewChange = async () => {
  throw new Error('it was decided');
};

describe('a change of an access review', () => {
  test('is written on the review as it was read, while its caller is not suspended', async () => {
    const world = reviewWorld();
    const review = startedIn(world, ITEMS);
    const rows = [{ item: itemOf(1), decided: null }];
    const done = await changeReview(world.ports, callOf(SAM), review.id, async (found) => {
      expect(found).toEqual(review);
      return ok({ review: stepped(found), items: rows, event: null });
    });
    expect(done).toEqual(ok(stepped(review)));
    expect(world.writes).toEqual([
      {
        ...{ before: review, review: stepped(review), items: rows, event: null },
        ...{ idempotency: null, unsuspended: 'people:sam' },
      },
    ]);
  });

  test('is for those who may audit, and is not read for others', async () => {
    const unread = async () => {
      throw new Error('it was read');
    };
    const { ports } = reviewWorld({ find: unread, changedUnder: unread });
    expect(await changeReview(ports, callOf(ANA), 'ar_1', never)).toEqual(FORBIDDEN);
    const silent = { ...ports, engine: { mayOnBroker: () => err(NO_POLICY) } };
    expect(await changeReview(silent, callOf(SAM), 'ar_1', never)).toEqual(err(NO_POLICY));
  });

  test('is refused where there is no such review, or the store does not answer', async () => {
    const { ports } = reviewWorld();
    expect(await changeReview(ports, callOf(SAM), 'ar_9', never)).toEqual(NO_REVIEW);
    const down = reviewWorld({ find: async () => err(NO_STORE) });
    expect(await changeReview(down.ports, callOf(SAM), 'ar_1', never)).toEqual(err(NO_STORE));
  });

  test('that is refused writes nothing', async () => {
    const world = reviewWorld();
    startedIn(world, ITEMS);
    const refusal: Failure = { code: 'review-state', detail: 'no' };
    const change: ReviewChange = async () => err(refusal);
    expect(await changeReview(world.ports, callOf(SAM), 'ar_1', change)).toEqual(err(refusal));
    expect(world.writes).toEqual([]);
  });

  test('is decided again on what another writer left behind', async () => {
    const world = reviewWorld();
    const review = startedIn(world, ITEMS);
    let races = 2;
    const done = await changeReview(world.ports, callOf(SAM), review.id, async (found) => {
      races -= 1;
      if (races >= 0) world.reviews.set(review.id, stepped(found));
      return STEP(found);
    });
    expect(done).toMatchObject({ value: { steps: 4, version: 6 } });
    expect(world.writes).toHaveLength(3);
  });

  test.each<[ReviewRefusal, Failure]>([
    [{ code: 'conflict' }, NO_STORE],
    [{ code: 'suspended' }, { code: 'suspended' }],
    [{ code: 'key-reused' }, { code: 'key-reused' }],
    [NO_STORE, NO_STORE],
  ])('fails as its write does: $code', async (refusal, failure) => {
    const world = reviewWorld({ write: async () => err(refusal) });
    startedIn(world, ITEMS);
    expect(await changeReview(world.ports, callOf(SAM), 'ar_1', STEP)).toEqual(err(failure));
  });
});

describe('a change under an Idempotency-Key', () => {
  test('is made once, and its repeat is answered with the review as it is by then', async () => {
    const world = reviewWorld();
    const review = startedIn(world, ITEMS);
    await changeReview(world.ports, keyedBy(SAM), review.id, STEP);
    await changeReview(world.ports, callOf(SAM), review.id, STEP);
    expect(await changeReview(world.ports, keyedBy(SAM), review.id, never)).toEqual(
      ok(stepped(stepped(review))),
    );
    expect(world.writes).toHaveLength(2);
    expect(world.writes[0]?.idempotency).toMatchObject({ key: 'k' });
  });

  test('at the same moment as another call under it is answered with what that one wrote', async () => {
    const blind: Partial<ReviewStore> = { changedUnder: async () => ok(null) };
    const world = reviewWorld(blind);
    const review = startedIn(world, ITEMS);
    await changeReview(world.ports, keyedBy(SAM), review.id, STEP);
    expect(await changeReview(world.ports, keyedBy(SAM), review.id, STEP)).toEqual(
      ok(stepped(review)),
    );
    expect(world.reviews.get(review.id)).toEqual(stepped(review));
  });

  test('is refused where another call used the key, or the store does not say', async () => {
    for (const failure of [{ code: 'key-reused' }, NO_STORE] as const) {
      const world = reviewWorld({ changedUnder: async () => err(failure) });
      startedIn(world, ITEMS);
      expect(await changeReview(world.ports, keyedBy(SAM), 'ar_1', never)).toEqual(err(failure));
      expect(await changeReview(world.ports, callOf(SAM), 'ar_1', STEP)).toMatchObject({
        ok: true,
      });
    }
  });

  test('names the review that it changed, and nothing where there is no key', async () => {
    const world = reviewWorld();
    startedIn(world, ITEMS);
    expect(await isRepeat(world.ports, keyedBy(SAM))).toEqual(ok(null));
    await changeReview(world.ports, keyedBy(SAM), 'ar_1', STEP);
    expect(await isRepeat(world.ports, keyedBy(SAM))).toEqual(ok('ar_1'));
    expect(await isRepeat(world.ports, CALL)).toEqual(ok(null));
  });
});

test('a review is found by its id', async () => {
  const world = reviewWorld();
  const review = startedIn(world, ITEMS);
  expect(await findReview(world.ports, review.id)).toEqual(ok(review));
  expect(await findReview(world.ports, 'ar_9')).toEqual(NO_REVIEW);
});

test('only the permission to audit lets people take part', () => {
  const { ports } = reviewWorld();
  expect(mayAudit(ports.engine, SAM)).toEqual(ok(null));
  expect(mayAudit(ports.engine, ANA)).toEqual(FORBIDDEN);
});

test('an event of a review is the broker’s, and says who called, when and from where', () => {
  const { ports } = reviewWorld();
  expect(eventBasis(ports, callOf(SAM))).toEqual({
    id: expect.stringMatching(/^ev_/),
    at: NOW,
    principalId: 'broker',
    actor: { type: 'User', id: 'people:sam', name: 'sam@acme.example' },
    ...{ requestId: 'r-1', sourceIp: '10.1.2.3' },
  });
});
