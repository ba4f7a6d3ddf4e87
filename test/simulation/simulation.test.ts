import { describe, expect, test } from '@jest/globals';
import { grantStoreContract } from '../contracts/grant-store.contract.ts';
import { NOW } from '../contracts/grants.ts';
import { MemoryStore } from './memory-store.ts';
import { simulate } from './simulate.ts';

/** A short run; `npm run simulate -- --histories 10000` is the long one. */

grantStoreContract('the simulated store', async () => {
  const store = new MemoryStore();
  return {
    store: store.grantStore(() => NOW),
    backdoor: {
      suspend: async (principal) => {
        const by = 'broker' as const;
        store.suspensions.set(principal, { at: NOW, by, reason: '' });
      },
      freeze: async (role) => {
        store.freezes.set(role, { until: null, reason: '' });
      },
    },
  };
});

describe('simulated histories', () => {
  test('hold every invariant, whatever fails, crashes, races or comes late', async () => {
    const seeds = Array.from({ length: 120 }, (_, index) => 50_000 + index);
    for (const seed of seeds) await simulate(seed);
  });

  test('follow from their seed', async () => {
    const [first, second] = [await simulate(7), await simulate(7)];
    expect([...first.covered]).toEqual([...second.covered]);
    expect(first.grants).toBeGreaterThan(0);
    const other = await simulate(8);
    expect([...other.covered]).not.toEqual([...first.covered]);
  });
});
