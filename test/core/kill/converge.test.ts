import { describe, expect, test } from '@jest/globals';
import { converge, isUpToDate, sameSwitch, type Wanted } from '../../../core/kill/converge.ts';
import { killSwitchDocument, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import type { KillStore } from '../../../core/kill/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { ROLE } from '../../contracts/grants.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import {
  killWorld,
  revoking,
  revokingMany,
  START,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';

const names =
  (...ids: readonly string[]): Wanted =>
  ({ grantIds }) =>
    ids.every((id) => grantIds.includes(id));
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
    const confirmed = { grantIds: [id], cutoff: null };
    const state = { confirmed, writes: 1, wroteAt: START };
    expect(await converge(world.ports, ROLE, names(id))).toEqual(ok(state));
    expect(world.writes).toEqual([killSwitchDocument(confirmed)]);
    expect(await world.ports.kills.readSwitch(ROLE)).toEqual(ok({ ...state, leased: false }));
    expect(await world.ports.kills.lease(ROLE, 'other', START, START)).toEqual(ok(true));
  });

  test('removes the policy once the last deny has run out', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await converge(world.ports, ROLE, names(id));
    world.now = START + 3_600_000;
    const removed = await converge(world.ports, ROLE, ({ grantIds }) => grantIds.length === 0);
    expect(removed).toMatchObject({ value: { confirmed: NOTHING_DENIED } });
    expect(world.writes).toEqual([expect.any(String), null]);
    expect(world.policies.size).toBe(0);
  });

  test('writes again for the rows that were added during the write', async () => {
    const world = killWorld();
    const first = revoking(world);
    const added: string[] = [];
    const ports = withPolicies(world.ports, {
      put: async (role, document) => {
        if (added.length === 0) added.push(revoking(world).id);
        return world.ports.policies.put(role, document);
      },
    });
    const grantIds = [first.id, ...added];
    const written = await converge(ports, ROLE, names(first.id));
    grantIds.push(...added);
    expect(written).toMatchObject({ value: { confirmed: { grantIds: grantIds.toSorted() } } });
    expect(written).toMatchObject({ value: { writes: 2 } });
    expect(world.writes).toHaveLength(2);
  });

  test('writes even what is up to date, because the policy itself may have been changed', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await converge(world.ports, ROLE, names(id));
    world.policies.delete(ROLE);
    let asked = 0;
    await converge(world.ports, ROLE, () => ++asked > 1);
    expect(world.policies.get(ROLE)).toContain(id);
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

describe('many revocations on one role', () => {
  const busy = { confirmed: NOTHING_DENIED };

  test.each([
    ['does not wait', 3, 0, 0],
    ['waits 200 ms', 4, 0, 200],
    ['waits 400 ms', 5, 0, 400],
    ['waits 1600 ms', 7, 0, 1600],
    ['waits 3 s', 8, 0, 3000],
    ['waits 3 s', 20, 29.999, 3000],
    ['does not wait', 20, 30, 0],
  ])('share writes: the next writer %s after %i in a row and %d s', async (...row) => {
    const [, writes, ago, pause] = row;
    const world = killWorld();
    const { id } = revoking(world);
    world.store.switches.set(ROLE, { ...busy, writes, wroteAt: START - ago * 1000 });
    await converge(world.ports, ROLE, names(id));
    expect(world.pauses).toEqual([pause]);
  });

  test.each([
    ['goes on within half a minute', 29.999, 3],
    ['starts again after half a minute', 30, 1],
  ])('are counted: the row of writes %s', async (_, ago, writes) => {
    const world = killWorld();
    const { id } = revoking(world);
    world.store.switches.set(ROLE, { ...busy, writes: 2, wroteAt: START - ago * 1000 });
    const written = await converge(world.ports, ROLE, names(id));
    expect(written).toMatchObject({ value: { writes, wroteAt: START } });
  });

  test('are all in one write when they arrive in the pause before it', async () => {
    const world = killWorld();
    world.store.switches.set(ROLE, { ...busy, writes: 8, wroteAt: START });
    const ids = [...revokingMany(world, 1)];
    const pause = async (milliseconds: number) => {
      await world.ports.pause(milliseconds);
      ids.push(...revokingMany(world, 20));
    };
    await converge({ ...world.ports, pause }, ROLE, names(...ids));
    expect(world.writes).toHaveLength(1);
    expect(ids).toHaveLength(21);
    for (const id of ids) expect(world.writes[0]).toContain(id);
  });

  test('stop one writer after fifteen seconds, so that its lease outlives its last write', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withPolicies(world.ports, {
      put: async (role, document) => {
        world.now += 4000;
        revoking(world);
        return world.ports.policies.put(role, document);
      },
    });
    expect(await converge(ports, ROLE, names(id))).toEqual(BUSY);
    expect(world.writes).toHaveLength(4);
  });
});

describe('a switch', () => {
  test('is up to date while it denies exactly what the rows demand', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const isCurrent = (...grantIds: readonly string[]) =>
      isUpToDate(world.ports, ROLE, { grantIds, cutoff: null });
    expect(await isCurrent(id)).toBe(true);
    expect(await isCurrent()).toBe(false);
    expect(await isCurrent('gr_0', id)).toBe(false);
    world.now = START + 3_600_000;
    expect(await isCurrent(id)).toBe(false);
    expect(await isCurrent()).toBe(true);
  });

  test('is not up to date when the store does not answer', async () => {
    const ports = withKills(killWorld().ports, { denied: async () => err(NO_STORE) });
    expect(await isUpToDate(ports, ROLE, NOTHING_DENIED)).toBe(false);
  });

  test('is the same as another with the same names and the same cutoff', () => {
    const one = { grantIds: ['a', 'b'], cutoff: START };
    expect(sameSwitch(one, { ...one })).toBe(true);
    expect(sameSwitch(one, { ...one, cutoff: null })).toBe(false);
    expect(sameSwitch(one, { ...one, grantIds: ['a'] })).toBe(false);
    expect(sameSwitch(one, { ...one, grantIds: ['ab'] })).toBe(false);
  });
});
