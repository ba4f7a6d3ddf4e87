import { describe, expect, test } from '@jest/globals';
import { converge, type Wanted } from '../../../core/kill/converge.ts';
import { NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { BUSY } from '../../../core/kill/up-to-date.ts';
import { writeUntilStable } from '../../../core/kill/write-policy.ts';
import { err } from '../../../core/result.ts';
import {
  killWorld,
  naming,
  revoking,
  revokingMany,
  START,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const names =
  (...ids: readonly string[]): Wanted =>
  ({ patterns }) =>
    ids.every((id) => patterns.includes(id));

const LEASE_OVER = err({
  code: 'busy',
  reason: 'the lease was almost over before the policy could be written',
});

describe('the writer of a policy', () => {
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
    const written = await converge(ports, ROLE, names(first.id));
    expect(written).toMatchObject({ value: { confirmed: naming(first.id, ...added) } });
    expect(written).toMatchObject({ value: { writes: 2 } });
    expect(world.writes).toHaveLength(2);
  });

  test('whose lease another one took over confirms nothing, and lets no role vend again', async () => {
    const world = killWorld();
    revoking(world);
    await world.ports.kills.lease(ROLE, 'other', START, START + 60_000);
    await world.ports.kills.freeze(ROLE, { until: null, reason: 'AccessDenied' });
    expect(await writeUntilStable(world.ports, ROLE, START + 60_000)).toEqual(BUSY);
    expect(world.writes).toHaveLength(1);
    expect(await world.ports.kills.completeFreeze(ROLE)).toMatchObject({
      value: { reason: 'AccessDenied' },
    });
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
});

test.each(['refused', 'no-such-role', 'unavailable'] as const)(
  'a write that is answered with %s is not tried again with less room',
  async (code) => {
    const world = killWorld();
    const { id } = revoking(world);
    let puts = 0;
    const put = async () => {
      puts += 1;
      return err({ code, reason: code });
    };
    const ports = withPolicies(world.ports, { put });
    expect(await converge(ports, ROLE, names(id))).toEqual(err({ code, reason: code }));
    expect(puts).toBe(1);
  },
);

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

  test('stop one writer after twenty seconds, so that its lease outlives its last write', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withPolicies(world.ports, {
      put: async (role, document) => {
        world.now += 4000;
        revoking(world);
        return world.ports.policies.put(role, document);
      },
    });
    expect(await converge(ports, ROLE, names(id))).toEqual(LEASE_OVER);
    expect(world.writes).toHaveLength(5);
  });
});
