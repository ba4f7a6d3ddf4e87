import { describe, expect, test } from '@jest/globals';
import type { AccessReview, ReviewScope } from '../../../core/access-review.ts';
import { err, ok } from '../../../core/result.ts';
import { startReview } from '../../../core/reviewing/start-review.ts';
import { NO_POLICY, NO_STORE } from '../../support/failing-ports.ts';
import { ANA, callOf, NOW } from '../../support/memory-ports.ts';
import {
  itemOf,
  keyedBy,
  MIA,
  participantIn,
  reviewWorld,
  SAM,
  scopeOf,
  tellingApartBy,
} from '../../support/review-world.ts';

const SCOPE = scopeOf([itemOf(1), itemOf(2)], { entitlements: ['read'] });
const ID = expect.stringMatching(/^ar_[0-9a-hjkmnp-tv-z]{20}$/);

describe('a review', () => {
  test('begins without items or decisions, in one write with the event that pins its list', async () => {
    const world = reviewWorld();
    const review = {
      ...{ id: ID, scope: SCOPE, starter: participantIn(SAM), startedAt: NOW, deciders: [] },
      ...{ received: 0, decided: 0, steps: 1, version: 1, signed: null },
    };
    const started = await startReview(world.ports, callOf(SAM), SCOPE);
    expect(started).toEqual(ok(review));
    const { id } = (started.ok ? started.value : {}) as AccessReview;
    expect(world.writes).toEqual([
      {
        ...{ before: null, review: { ...review, id }, items: [], idempotency: null },
        unsuspended: 'people:sam',
        event: {
          ...SCOPE,
          ...{ type: 'access-review-started', id: expect.stringMatching(/^ev_/), at: NOW },
          ...{ principalId: 'broker', actor: participantIn(SAM).who, requestId: 'r-1' },
          ...{ sourceIp: '10.1.2.3', reviewId: id, step: 1, reason: '' },
        },
      },
    ]);
  });

  test('is started by those who may audit and can be told apart', async () => {
    const world = reviewWorld();
    const refused = { error: { code: 'forbidden' } };
    expect(await startReview(world.ports, callOf(ANA), SCOPE)).toMatchObject(refused);
    const apart = reviewWorld({}, tellingApartBy(['employee']));
    const scope = { ...SCOPE, bundle: apart.ports.bundle.hash };
    expect(await startReview(apart.ports, callOf(SAM), scope)).toMatchObject(refused);
    const silent = { ...world.ports, engine: { mayOnBroker: () => err(NO_POLICY) } };
    expect(await startReview(silent, callOf(SAM), SCOPE)).toEqual(err(NO_POLICY));
    expect([...world.writes, ...apart.writes]).toEqual([]);
  });

  test('of one day, of everything, is fine', async () => {
    const scope = { ...SCOPE, to: SCOPE.from, entitlements: null };
    expect(await startReview(reviewWorld().ports, callOf(SAM), scope)).toMatchObject({ ok: true });
  });

  test.each<[string, Partial<ReviewScope>, string, string]>([
    ['ends before it begins', { to: '2026-06-30' }, '/to', 'is before from'],
    [
      'is about an unknown entitlement',
      { entitlements: ['read', 'gone'] },
      '/entitlements',
      'names no entitlement: "gone"',
    ],
  ])('is not started that %s', async (_, wrong, pointer, detail) => {
    const world = reviewWorld();
    expect(await startReview(world.ports, callOf(SAM), { ...SCOPE, ...wrong })).toEqual(
      err({ code: 'invalid', errors: [{ pointer, detail }] }),
    );
    expect(world.writes).toEqual([]);
  });

  test('is not started with a list that was made with another bundle', async () => {
    const world = reviewWorld();
    const scope = { ...SCOPE, bundle: 'sha256:other' };
    expect(await startReview(world.ports, callOf(SAM), scope)).toEqual(
      err({
        code: 'review-state',
        detail:
          'Another policy bundle is in force than the one that the list was made with. Start again; if the bundle was deployed a moment ago, in some minutes.',
      }),
    );
  });
});

describe('a start under an Idempotency-Key', () => {
  test('is made once, also where the same call would be refused by now', async () => {
    const world = reviewWorld();
    const first = await startReview(world.ports, keyedBy(SAM), SCOPE);
    const moved = { ...world.ports, bundle: { ...world.ports.bundle, hash: 'sha256:next' } };
    expect(await startReview(moved, keyedBy(SAM), SCOPE)).toEqual(first);
    expect(world.writes).toHaveLength(1);
  });

  test('at the same moment as another call under it is answered with that one’s review', async () => {
    const world = reviewWorld({ changedUnder: async () => ok(null) });
    const first = await startReview(world.ports, keyedBy(SAM), SCOPE);
    world.now += 1000;
    expect(await startReview(world.ports, keyedBy(SAM), SCOPE)).toEqual(first);
  });

  test('fails where the key was used for something else, or the store does not say', async () => {
    for (const failure of [{ code: 'key-reused' }, NO_STORE] as const) {
      const world = reviewWorld({ changedUnder: async () => err(failure) });
      expect(await startReview(world.ports, keyedBy(MIA), SCOPE)).toEqual(err(failure));
      expect(world.writes).toEqual([]);
    }
  });
});

test.each([
  [{ code: 'conflict' }, NO_STORE],
  [{ code: 'suspended' }, { code: 'suspended' }],
  [NO_STORE, NO_STORE],
] as const)('a start fails as its write does: $code', async (refusal, failure) => {
  const { ports } = reviewWorld({ write: async () => err(refusal) });
  expect(await startReview(ports, callOf(SAM), SCOPE)).toEqual(err(failure));
});
