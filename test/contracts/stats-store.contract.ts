import { describe, expect, test } from '@jest/globals';
import { ok } from '../../core/result.ts';
import type { StatsChange, StatsStore } from '../../core/stats/stats-ports.ts';
import { EMPTY_TALLY, type Tally } from '../../core/stats/tally.ts';

const conflict = { ok: false, error: { code: 'conflict' } };

const tally: Tally = {
  counts: new Map([
    ['events', 3],
    ['allow of __proto__', 1],
    ['policy näme with spaces', 2],
  ]),
  greatest: new Map([['revokeMs', 1234.5]]),
  signals: [
    {
      ...{ kind: 'many-denials', at: 5, count: 3 },
      principal: { type: 'User', id: 'people:ana', name: 'ana' },
    },
  ],
};

const gauges = { active: 2, pending: 1, reviewsDue: new Map([['gr_1', 99]]) };
const EMPTY_CHANGE: StatsChange = {
  head: { edition: 7, gauges, countedAt: 10, checkedUntil: null },
  ...{ days: new Map(), events: [], grants: new Map() },
};

/** The promises of every adapter of the StatsStore port; each test opens one without figures. */
export function statsStoreContract(name: string, open: () => Promise<StatsStore>): void {
  describe(`the figures in ${name}`, () => {
    test('begin with nothing', async () => {
      const store = await open();
      const head = await store.head();
      expect(head).toMatchObject({
        ok: true,
        value: {
          ...{ version: 0, gauges: { active: 0, pending: 0 } },
          ...{ countedAt: null, checkedUntil: null },
        },
      });
      expect(await store.days(['2026-11-25'])).toEqual(ok(new Map()));
      expect(await store.days([])).toEqual(ok(new Map()));
      expect(await store.counted([])).toEqual(ok(new Set()));
      expect(await store.grants(7, ['gr_1'])).toEqual(ok(new Map()));
    });

    test('are written whole, with their head', async () => {
      const store = await open();
      const mark = { date: '2026-11-25', edition: 4, id: 'ev_1' };
      const change: StatsChange = {
        ...EMPTY_CHANGE,
        days: new Map([
          ['2026-11-25', { edition: 4, tally }],
          ['2026-11-26', { edition: 0, tally: EMPTY_TALLY }],
        ]),
        events: [mark],
        grants: new Map([['gr_1', { status: 'active', version: 3 }]]),
      };
      expect(await store.write(0, change)).toEqual(ok(null));
      expect(await store.head()).toEqual(ok({ ...change.head, version: 1 }));
      const dates = ['2026-11-24', '2026-11-25', '2026-11-26', '2026-11-25'];
      expect(await store.days(dates)).toEqual(ok(change.days));
      const others = [
        { ...mark, edition: 5 },
        { ...mark, date: '2026-11-26' },
      ];
      expect(await store.counted([mark, mark])).toEqual(ok(new Set(['ev_1'])));
      expect(await store.counted(others)).toEqual(ok(new Set()));
      expect(await store.grants(7, ['gr_1', 'gr_2'])).toEqual(ok(change.grants));
      expect(await store.grants(8, ['gr_1'])).toEqual(ok(new Map()));
    });

    test('get through only on the head that was read', async () => {
      const store = await open();
      const races = [store.write(0, EMPTY_CHANGE), store.write(0, EMPTY_CHANGE)];
      const done = await Promise.all(races);
      expect(done.filter(({ ok: written }) => written)).toHaveLength(1);
      expect(done).toContainEqual(conflict);
      expect(await store.write(0, EMPTY_CHANGE)).toEqual(conflict);
      expect(await store.write(2, EMPTY_CHANGE)).toEqual(conflict);
      expect(await store.write(1, EMPTY_CHANGE)).toEqual(ok(null));
    });

    test('take forty events with their grants at once, and more marks than one call reads', async () => {
      const store = await open();
      const ids = Array.from({ length: 40 }, (_, index) => `${index}`);
      const change = {
        ...EMPTY_CHANGE,
        days: new Map([['2026-11-25', { edition: 0, tally }]]),
        events: ids.map((id) => ({ date: '2026-11-25', edition: 0, id: `ev_${id}` })),
        grants: new Map(ids.map((id) => [`gr_${id}`, { status: 'pending', version: 1 } as const])),
      };
      expect(await store.write(0, change)).toEqual(ok(null));
      const asked = Array.from({ length: 250 }, (_, index) => `gr_${index}`);
      const counted = await store.grants(7, asked);
      expect(counted.ok && counted.value.size).toBe(40);
    });
  });
}
