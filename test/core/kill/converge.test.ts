import { describe, expect, test } from '@jest/globals';
import { converge, type Wanted } from '../../../core/kill/converge.ts';
import { killSwitchDocument, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import type { KillStore } from '../../../core/kill/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { killWorld, naming, revoking, START, withKills } from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const names =
  (...ids: readonly string[]): Wanted =>
  ({ patterns }) =>
    ids.every((id) => patterns.includes(id));
const never: Wanted = () => false;

const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' });
const BUSY = err({ code: 'busy', reason: 'another writer holds the lease' });

describe('converge', () => {
  test('writes nothing when the policy that was last read back satisfies the caller', async () => {
    const world = killWorld();
    const state = { confirmed: NOTHING_DENIED, writes: 0, wroteAt: 0 };
    const ports = withKills(world.ports, { lease: async () => err(NO_STORE) });
    expect(await converge(ports, ROLE, async () => true)).toEqual(ok({ ...state, leased: false }));
    expect(world.writes).toEqual([]);
  });

  test('puts the policy, reads it back, records it, and releases the lease', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const confirmed = naming(id);
    const state = { confirmed, writes: 1, wroteAt: START };
    expect(await converge(world.ports, ROLE, names(id))).toEqual(ok(state));
    expect(world.writes).toEqual([killSwitchDocument(confirmed)]);
    expect(await world.ports.kills.readSwitch(ROLE)).toEqual(ok({ ...state, leased: false }));
    expect(await world.ports.kills.lease(ROLE, 'other', START, START)).toEqual(ok(true));
  });

  test('asks the caller again once nobody, and not it either, has a write under way', async () => {
    const world = killWorld();
    revoking(world);
    const asked: boolean[] = [];
    const wanted: Wanted = (_, inFlight) => asked.push(inFlight) > 1;
    expect((await converge(world.ports, ROLE, wanted)).ok).toBe(true);
    expect(asked).toEqual([false, false]);
  });

  test('removes the policy once the last deny has run out', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await converge(world.ports, ROLE, names(id));
    world.now = START + 3_600_000;
    const removed = await converge(world.ports, ROLE, ({ patterns }) => patterns.length === 0);
    expect(removed).toMatchObject({ value: { confirmed: NOTHING_DENIED } });
    expect(world.writes).toEqual([expect.any(String), null]);
    expect(world.policies.size).toBe(0);
  });

  test('gives up after twelve seconds when nothing that it writes satisfies the caller', async () => {
    const world = killWorld();
    expect(await converge(world.ports, ROLE, never)).toEqual(BUSY);
    expect(world.now - START).toBeGreaterThanOrEqual(12_000);
    expect(world.now - START).toBeLessThan(16_000);
    expect(await world.ports.kills.readSwitch(ROLE)).toMatchObject({ value: { leased: false } });
  });

  test.each<[string, keyof KillStore, number]>([
    ['read the switch', 'readSwitch', 1],
    ['give the lease', 'lease', 1],
    ['read the switch under the lease', 'readSwitch', 2],
    ['read the rows', 'denied', 1],
    ['record what was read back', 'confirm', 1],
    ['thaw the role', 'thaw', 1],
  ])('fails when the store does not %s', async (_, method, failing) => {
    const world = killWorld();
    const { id } = revoking(world);
    let calls = 0;
    const real = world.ports.kills[method] as (...args: unknown[]) => Promise<unknown>;
    const fails = async (...args: unknown[]) =>
      ++calls === failing ? err(NO_STORE) : real(...args);
    const ports = withKills(world.ports, { [method]: fails });
    expect(await converge(ports, ROLE, names(id))).toEqual(STORE_FAILED);
    const other = await world.ports.kills.lease(ROLE, 'other', world.now + 1, world.now + 2);
    expect(other).toEqual(ok(true));
  });
});
