import { expect, test } from '@jest/globals';
import { isHeld, simulateUsage, type UsageHistory } from './usage.ts';

/** What was called under grants is read once, not too early, and never lost: whatever fails, crashes or is late. */

const SEEDS = Array.from({ length: 20 }, (_, at) => 7000 + at);

const played = new Map<number, Promise<UsageHistory>>();

function historyOf(seed: number): Promise<UsageHistory> {
  const known = played.get(seed) ?? simulateUsage(seed);
  played.set(seed, known);
  return known;
}

/** A pass that begins before a quarantine is at its work for so long. */
const PASS_MS = 14 * 60_000;
const HOUR_MS = 3_600_000;

test.each(SEEDS)(
  'every grant has one usage in the end, and no more than one event (seed %d)',
  async (seed) => {
    const { grants, usages, puts } = await historyOf(seed);
    for (const grant of grants) {
      const row = usages.rows.get(grant.id);
      expect([grant.id, row?.state]).toEqual([grant.id, 'kept']);
      const vended = grant.keysValidUntil !== null;
      expect(puts.filter(({ grantId }) => grantId === grant.id)).toHaveLength(vended ? 1 : 0);
      expect(usages.events.filter(({ grantId }) => grantId === grant.id)).toHaveLength(
        vended ? 1 : 0,
      );
    }
    expect(usages.waiting.size).toBe(0);
  },
);

test('no grant is looked for before an hour after its last key, in a quarantine, without keys, or by two passes at once', async () => {
  for (const seed of SEEDS) {
    const { grants, looks, quarantine, faults } = await historyOf(seed);
    expect(faults.get('read by two at once')).toBeUndefined();
    const known = new Map(grants.map((grant) => [grant.id, grant]));
    for (const { grantId, at } of looks) {
      const grant = known.get(grantId);
      if (grant === undefined) throw new Error(grantId);
      const { keysValidUntil, endedAt } = grant;
      if (keysValidUntil === null || endedAt === null) throw new Error(`${grantId} has no keys`);
      expect(at - Math.max(keysValidUntil, endedAt)).toBeGreaterThanOrEqual(HOUR_MS);
      expect(isHeld(quarantine, at) && isHeld(quarantine, at - PASS_MS)).toBe(false);
    }
  }
});

test('logs that lack the vend are waited for: three times, and no grant is looked for without an end', async () => {
  const found = { late: 0, without: 0 };
  for (const seed of SEEDS) {
    const history = await historyOf(seed);
    for (const { grantId, attempts } of history.puts) {
      const usage = usageIn(history, grantId);
      if (usage.vends === 0) {
        found.without += 1;
        expect(attempts).toBeGreaterThanOrEqual(3);
      } else if (attempts > 1) found.late += 1;
    }
    const counts = Map.groupBy(history.looks, ({ grantId }) => grantId);
    for (const looks of counts.values()) expect(looks.length).toBeLessThan(12);
  }
  expect(found.late).toBeGreaterThan(0);
  expect(found.without).toBeGreaterThan(0);
});

test('the histories have what they are about', async () => {
  const faults = new Set<string>();
  for (const seed of SEEDS)
    for (const what of (await historyOf(seed)).faults.keys()) faults.add(what);
  for (const what of [
    ...['crash', 'failed call', 'lost answer', 'no logs', 'out of time', 'no record of its vend'],
    ...['trails not read', 'not written', 'grants not read'],
  ]) {
    expect(faults).toContain(what);
  }
});

function usageIn({ usages }: UsageHistory, grantId: string) {
  const row = usages.rows.get(grantId);
  if (row?.state !== 'kept') throw new Error(`${grantId} is not kept`);
  return row.kept.usage;
}
