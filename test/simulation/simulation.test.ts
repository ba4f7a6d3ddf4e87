import { describe, expect, test } from '@jest/globals';
import { eventDetail } from '../../core/api/event-detail.ts';
import { EVENT_SCHEMAS } from '../../core/api/event-schemas.ts';
import { type AuditEvent, EVENT_TYPES } from '../../core/audit.ts';
import { grantStoreContract } from '../contracts/grant-store.contract.ts';
import { endingStoresContract } from '../contracts/kill-store.contract.ts';
import { limitsContract } from '../contracts/limits.contract.ts';
import { NOW } from '../support/sample-grants.ts';
import { memoryKillStore } from './memory-kill-store.ts';
import { MemoryStore } from './memory-store.ts';
import { simulate } from './simulate.ts';

/** A short run; `npm run simulate -- --histories 10000` is the long one. */
const HISTORIES = Number(process.env['SIMULATION_HISTORIES'] ?? 200);
const [FIRST_SEED, AT_ONCE] = [50_100, 10];
const starts = Array.from({ length: HISTORIES / AT_ONCE }, (_, at) => FIRST_SEED + at * AT_ONCE);

grantStoreContract('the simulated store', async () => {
  const store = new MemoryStore();
  return {
    store: store.grantStore(() => NOW),
    backdoor: {
      suspend: async (principal) => {
        const by = 'broker' as const;
        store.suspend(principal, { at: NOW, by, reason: '' });
      },
      freeze: async (role) => {
        store.freeze(role, { until: null, reason: '' });
      },
    },
  };
});

limitsContract(
  'the simulated store',
  async () => {
    const store = new MemoryStore();
    return { storeAt: (now) => store.grantStore(() => now) };
  },
  { fast: true },
);

endingStoresContract('the simulated store', async () => {
  const store = new MemoryStore();
  return {
    store: store.grantStore(() => NOW),
    kills: memoryKillStore(store),
  };
});

describe('simulated histories', () => {
  const events: AuditEvent[] = [];

  test.each(starts)(
    'keep every invariant, whatever fails, crashes, races or is late (from seed %d)',
    async (from) => {
      for (let seed = from; seed < from + AT_ONCE; seed += 1) {
        events.push(...(await simulate(seed)).events);
      }
    },
  );

  test('have events of every type, in the form of their schemas', () => {
    for (const event of events) {
      const parsed = EVENT_SCHEMAS[event.type].safeParse(eventDetail(event));
      expect([event.type, parsed.error?.issues ?? []]).toEqual([event.type, []]);
    }
    const types = new Set(events.map(({ type }) => type));
    // Nothing is called in the simulation, so there are no logs to read.
    const expected = EVENT_TYPES.filter((type) => type !== 'usage-read');
    // Some are too rare for a few histories.
    if (HISTORIES >= 200) expect(expected.filter((type) => !types.has(type))).toEqual([]);
  });

  test('depend only on their seed', async () => {
    const [first, second] = [await simulate(7), await simulate(7)];
    expect([...first.covered]).toEqual([...second.covered]);
    expect(first.grants).toBeGreaterThan(0);
    const other = await simulate(8);
    expect([...other.covered]).not.toEqual([...first.covered]);
  });
});
