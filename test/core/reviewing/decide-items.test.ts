import { describe, expect, test } from '@jest/globals';
import type { ItemDecision } from '../../../core/access-review.ts';
import type { Call } from '../../../core/call.ts';
import { err, ok } from '../../../core/result.ts';
import { decideItems, type NewDecision } from '../../../core/reviewing/decide-items.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { callOf, NOW } from '../../support/memory-ports.ts';
import {
  itemOf,
  MIA,
  participantIn,
  type ReviewWorld,
  reviewWorld,
  SAM,
  startedIn,
  tagged,
  tellingApartBy,
} from '../../support/review-world.ts';

const ITEMS = [1, 2, 3].map((item) => itemOf(item));
const keep = (item: number, reason = 'on the team'): NewDecision => ({
  item,
  decision: 'keep',
  reason,
});
const remove = (item: number): NewDecision => ({ item, decision: 'remove', reason: 'left' });
const decide = (
  { ports }: ReviewWorld,
  decisions: readonly NewDecision[],
  call: Call = callOf(MIA),
) => decideItems(ports, call, 'ar_1', decisions);
const SAID: ItemDecision = {
  ...{ decision: 'keep', reason: 'on the team', at: NOW },
  by: participantIn(MIA).who,
};

describe('decisions on items', () => {
  test('are kept with who made them, in one write with their event', async () => {
    const world = reviewWorld();
    const review = startedIn(world, [...ITEMS.slice(0, 2), itemOf(3, { principal: null })]);
    const decided = {
      ...review,
      ...{ deciders: [participantIn(MIA)], decided: 2, steps: 2, version: 4 },
    };
    expect(await decide(world, [remove(3), keep(1)])).toEqual(ok(decided));
    expect(world.writes).toEqual([
      expect.objectContaining({
        items: [
          {
            item: itemOf(3, { principal: null }),
            decided: { ...SAID, decision: 'remove', reason: 'left' },
          },
          { item: itemOf(1), decided: SAID },
        ],
        event: {
          ...{ type: 'access-review-decided', id: expect.stringMatching(/^ev_/), at: NOW },
          ...{ principalId: 'broker', actor: participantIn(MIA).who },
          ...{ requestId: 'r-1', sourceIp: '10.1.2.3', reviewId: 'ar_1', step: 2, reason: '' },
          decisions: [
            {
              ...{ item: 3, entitlement: 'read', principal: null, policies: ['read-is-fine'] },
              ...{ decision: 'remove', reason: 'left' },
            },
            {
              ...{ item: 1, entitlement: 'read', principal: 'people:u1' },
              ...{ policies: ['read-is-fine'], decision: 'keep', reason: 'on the team' },
            },
          ],
        },
      }),
    ]);
  });

  test('that replace earlier ones count no item twice, and leave both people among the deciders', async () => {
    const world = reviewWorld();
    startedIn(world, ITEMS);
    await decide(world, [keep(1), keep(2)]);
    expect(await decide(world, [remove(2), keep(3)], callOf(SAM))).toMatchObject({
      value: { decided: 3, steps: 3, deciders: [participantIn(MIA), participantIn(SAM)] },
    });
    expect(world.rows.get(2)?.decided).toMatchObject({ decision: 'remove', by: { name: /sam/ } });
  });

  test('of one person from two accounts make one decider', async () => {
    const bundle = tellingApartBy(['employee']);
    const world = reviewWorld({}, bundle);
    startedIn(world, ITEMS);
    await decide(world, [keep(1)], callOf(tagged(MIA, { employee: '7' })));
    const again = await decide(world, [keep(2)], callOf(tagged(SAM, { employee: '7' })));
    expect(again).toMatchObject({ value: { deciders: [{ who: { id: 'people:mia' } }] } });
  });

  test('on one’s own access are refused, all of them', async () => {
    const world = reviewWorld({}, tellingApartBy(['employee']));
    startedIn(world, [itemOf(1), itemOf(2, { marks: ['people:other', 'employee=7'] })]);
    const call = callOf(tagged(MIA, { employee: '7' }));
    expect(await decide(world, [keep(1), keep(2)], call)).toEqual(
      err({
        code: 'forbidden',
        detail:
          'Item 2 is your own access to read. Somebody else has to decide on it. Nothing was recorded.',
      }),
    );
    expect(world.writes).toEqual([]);
    expect(await decide(world, [keep(1)], call)).toMatchObject({ ok: true });
  });

  test('are refused of somebody who cannot be told apart from others', async () => {
    const world = reviewWorld({}, tellingApartBy(['employee']));
    startedIn(world, ITEMS);
    expect(await decide(world, [keep(1)])).toMatchObject({ error: { code: 'forbidden' } });
  });

  test.each([
    ['incomplete', { received: 2 }, 'Not all items of the review have come, so nothing can be'],
    ['signed', { signed: { by: participantIn(SAM).who, at: NOW, comment: '' } }, 'The review is'],
  ])('are refused while the review is %s', async (_, changes, said) => {
    const world = reviewWorld();
    startedIn(world, ITEMS, changes);
    expect(await decide(world, [keep(1)])).toEqual(
      err({ code: 'review-state', detail: expect.stringContaining(said) }),
    );
    expect(world.writes).toEqual([]);
  });

  test.each([
    ['is none of the 3 items', [keep(1), keep(4)], 1],
    ['is none of the 3 items', [keep(4), keep(4)], 0],
    ['is there twice; decide on an item once', [keep(1), keep(3), keep(1)], 2],
    ['is there twice; decide on an item once', [keep(3), keep(3)], 1],
  ])('are refused where one %s', async (detail, decisions, at) => {
    const world = reviewWorld();
    startedIn(world, ITEMS);
    const errors = [{ pointer: `/decisions/${at}/item`, detail }];
    expect(await decide(world, decisions)).toEqual(err({ code: 'invalid', errors }));
    expect(world.writes).toEqual([]);
  });

  test('are refused where they are too much for one entry of the ledger', async () => {
    const world = reviewWorld();
    startedIn(world, ITEMS);
    const errors = [
      { pointer: '/decisions', detail: 'is too much for one entry of the ledger; send less' },
    ];
    const bytes = (count: number) => [keep(1, 'ü'.repeat(count))];
    expect(await decide(world, bytes(6_000))).toEqual(err({ code: 'invalid', errors }));
    expect(world.writes).toEqual([]);
    expect(await decide(world, bytes(5_000))).toMatchObject({ ok: true });
  });

  test('of exactly 12,000 bytes are taken', async () => {
    const size = async (length: number) => {
      const world = reviewWorld();
      startedIn(world, ITEMS);
      const done = await decide(world, [keep(1, 'x'.repeat(length))]);
      return done.ok ? Buffer.byteLength(JSON.stringify(world.writes[0]?.event)) : null;
    };
    const rest = (await size(1)) ?? 0;
    expect(await size(12_001 - rest)).toBe(12_000);
    expect(await size(12_002 - rest)).toBeNull();
  });
});

describe('an item that cannot be read', () => {
  test('fails the call, and is not passed over', async () => {
    const down = reviewWorld({ items: async () => err(NO_STORE) });
    startedIn(down, ITEMS);
    expect(await decide(down, [keep(1)])).toEqual(err(NO_STORE));
  });

  test.each([
    ['is missing', []],
    ['is another one', [{ item: itemOf(3), decided: null }]],
  ])('is a failure where it %s', async (_, rows) => {
    const world = reviewWorld({ items: async () => ok(rows) });
    startedIn(world, ITEMS);
    expect(await decide(world, [keep(2)])).toEqual(err(NO_STORE));
  });

  test('is asked for alone', async () => {
    const asked: unknown[] = [];
    const world = reviewWorld({
      items: async (...of) => {
        asked.push(of);
        return ok([{ item: itemOf(2), decided: null }]);
      },
    });
    startedIn(world, ITEMS);
    await decide(world, [keep(2)]);
    expect(asked).toEqual([['ar_1', { after: 1, limit: 1 }]]);
  });
});
