import { describe, expect, test } from '@jest/globals';
import { converge, verify, type Wanted } from '../../../core/kill/converge.ts';
import { NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import type { PolicyRefusal } from '../../../core/kill/ports.ts';
import { err, ok } from '../../../core/result.ts';
import {
  type KillWorld,
  killWorld,
  naming,
  revoking,
  START,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const BUSY = err({ code: 'busy', reason: 'another writer holds the lease' });

const names =
  (id: string): Wanted =>
  ({ patterns }) =>
    patterns.includes(id);

const other = (world: KillWorld) => ({ ...world.ports, holder: 'other' });

/** Another writer takes the lease, and may have stopped in the middle. */
async function leaseToOther({ ports }: KillWorld, seconds: number): Promise<void> {
  await ports.kills.lease(ROLE, 'other', START, START + seconds * 1000);
}

/** Whether another writer could begin then; it takes the lease if so. */
async function mayOtherBegin({ ports }: KillWorld, at: number): Promise<boolean> {
  const leased = await ports.kills.lease(ROLE, 'other', at, at);
  return leased.ok && leased.value;
}

describe("another writer's lease", () => {
  test('makes a writer wait, who finds its row in what the other has written', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await leaseToOther(world, 25);
    const state = { confirmed: naming(id), writes: 1, wroteAt: START };
    const pause = async (milliseconds: number) => {
      await world.ports.pause(milliseconds);
      if (world.pauses.length === 3) await world.ports.kills.confirm(ROLE, 'other', state);
    };
    const found = await converge({ ...world.ports, pause }, ROLE, names(id));
    expect(found).toEqual(ok({ ...state, leased: true }));
    expect(world.pauses).toEqual([250, 250, 250]);
    expect(world.writes).toEqual([]);
  });

  test('ends after the writer stopped, and is taken', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await leaseToOther(world, 1);
    expect((await converge(world.ports, ROLE, names(id))).ok).toBe(true);
    expect(world.now).toBe(START + 1250);
    expect(world.writes).toHaveLength(1);
  });

  test('that lasts longer than twelve seconds makes the caller try again later', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    await leaseToOther(world, 25);
    expect(await converge(world.ports, ROLE, names(id))).toEqual(BUSY);
    expect(world.pauses).toEqual(Array.from({ length: 48 }, () => 250));
    expect(world.writes).toEqual([]);
  });

  test.each([
    [0, 125],
    [0.5, 250],
    [1, 375],
  ])('is looked at again after a pause of chance: %d makes %i ms', async (jitter, pause) => {
    const world = killWorld();
    const { id } = revoking(world);
    await leaseToOther(world, 25);
    world.jitter = jitter;
    await converge(world.ports, ROLE, names(id));
    expect(new Set(world.pauses)).toEqual(new Set([pause]));
  });
});

describe('the lease after a write', () => {
  /** The write fails in the given way; says when the next writer may begin. */
  async function failing(error: PolicyRefusal): Promise<KillWorld> {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withPolicies(world.ports, { put: async () => err(error) });
    expect(await converge(ports, ROLE, names(id))).toEqual(err(error));
    expect(await world.ports.kills.readSwitch(ROLE)).toMatchObject({
      value: { leased: true, confirmed: NOTHING_DENIED },
    });
    return world;
  }

  test('that IAM may still carry out keeps other writers away until it runs out', async () => {
    const world = await failing({ code: 'unavailable', reason: 'TimeoutError' });
    expect(await mayOtherBegin(world, START + 40_000)).toBe(false);
    expect(await mayOtherBegin(world, START + 40_001)).toBe(true);
  });

  test.each(['refused', 'no-such-role', 'too-long', 'throttled'] as const)(
    'that was answered with %s ends at once, and stays for the sweep to see',
    async (code) => {
      const world = await failing({ code, reason: 'no' });
      expect(await mayOtherBegin(world, world.now + 1)).toBe(true);
    },
  );
});

describe('a late writer', () => {
  /** The store takes this long to read the rows. */
  async function delayed(milliseconds: number) {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withKills(world.ports, {
      denied: async (role) => {
        world.now = START + milliseconds;
        return world.ports.kills.denied(role);
      },
    });
    return { world, written: await converge(ports, ROLE, names(id)) };
  }

  test('still writes with twenty seconds of its lease left', async () => {
    const { world, written } = await delayed(20_000);
    expect(written.ok).toBe(true);
    expect(world.writes).toHaveLength(1);
  });

  test('writes nothing with less than that', async () => {
    const { world, written } = await delayed(20_001);
    expect(written).toMatchObject({ error: { code: 'busy' } });
    expect(world.writes).toEqual([]);
    expect(await mayOtherBegin(world, START + 20_002)).toBe(true);
  });

  test('that loses its lease records nothing, and leaves the role for the sweep to repair', async () => {
    const world = killWorld();
    const first = revoking(world);
    const second: string[] = [];
    const ports = withPolicies(world.ports, {
      put: async (role, document) => {
        world.now = START + 40_001;
        second.push(revoking(world).id);
        await converge(other(world), ROLE, names(second[0] ?? ''));
        return world.ports.policies.put(role, document);
      },
    });
    expect(await converge(ports, ROLE, names(first.id))).toEqual(BUSY);

    const both = [first.id, ...second].toSorted();
    const state = { confirmed: naming(...both), writes: 1, leased: true };
    expect(await world.ports.kills.readSwitch(ROLE)).toMatchObject({ value: state });
    expect(world.policies.get(ROLE)).not.toContain(second[0]);
    world.now += 1;
    await verify(other(world), ROLE);
    expect(world.policies.get(ROLE)).toContain(second[0]);
  });
});
