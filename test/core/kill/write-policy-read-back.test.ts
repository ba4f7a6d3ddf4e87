import { describe, expect, test } from '@jest/globals';
import { converge, type Wanted } from '../../../core/kill/converge.ts';
import { killSwitchDocument, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { err, ok } from '../../../core/result.ts';
import {
  type KillWorld,
  killWorld,
  naming,
  revoking,
  START,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const names =
  (id: string): Wanted =>
  ({ patterns }) =>
    patterns.includes(id);

/** Whether another writer could begin then; it takes the lease if so. */
async function mayOtherBegin({ ports }: KillWorld, at: number): Promise<boolean> {
  const leased = await ports.kills.lease(ROLE, 'other', at, at);
  return leased.ok && leased.value;
}

describe('the policy that is read back', () => {
  const found = async (text: string | null) => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withPolicies(world.ports, { read: async () => ok(text) });
    return { world, written: await converge(ports, ROLE, names(id)) };
  };

  test.each([
    ['an older policy', killSwitchDocument(naming('gr_older'))],
    ['no policy', null],
    ['no JSON', '{'],
  ])('is not what was written when IAM answers with %s', async (_, text) => {
    const { world, written } = await found(text);
    const reason = 'the policy that was read back is not what was written';
    expect(written).toEqual(err({ code: 'unconfirmed', reason }));
    expect(world.now - START).toBeGreaterThanOrEqual(12_000);
    expect(world.now - START).toBeLessThan(15_000);
    expect(await world.ports.kills.readSwitch(ROLE)).toMatchObject({
      value: { leased: true, confirmed: NOTHING_DENIED, writes: 0 },
    });
    expect(await mayOtherBegin(world, world.now + 1)).toBe(true);
  });

  test('is not what was written while a removed policy is still there', async () => {
    const world = killWorld();
    const ports = withPolicies(world.ports, { read: async () => ok('{}') });
    let asked = 0;
    const removed = await converge(ports, ROLE, () => ++asked > 1);
    expect(removed).toMatchObject({ error: { code: 'unconfirmed' } });
  });

  test('may be stale for seconds, and is read until it is not: IAM wrote it once', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const lagging = withPolicies(world.ports, {
      read: async (role) =>
        world.now < START + 10_000 ? ok(null) : world.ports.policies.read(role),
    });
    expect(await converge(lagging, ROLE, names(id))).toMatchObject({
      value: { confirmed: naming(id), writes: 1 },
    });
    expect(world.pauses.slice(0, 6)).toEqual([0, 250, 500, 1000, 2000, 2000]);
    expect(world.writes).toHaveLength(1);
    expect(await mayOtherBegin(world, world.now)).toBe(true);
  });

  test('that is throttled once while everything is slow is no fault of IAM', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    let reads = 0;
    const read = async (role: string) => {
      world.now += 8000;
      reads += 1;
      if (reads === 2) return err({ code: 'throttled', reason: 'Throttling' } as const);
      return reads === 1 ? ok(null) : world.ports.policies.read(role);
    };
    expect((await converge(withPolicies(world.ports, { read }), ROLE, names(id))).ok).toBe(true);
    expect(reads).toBe(3);
  });

  test.each(['throttled', 'unavailable'] as const)(
    'is read again where a read is %s',
    async (code) => {
      const world = killWorld();
      const { id } = revoking(world);
      let reads = 0;
      const ports = withPolicies(world.ports, {
        read: async (role) =>
          ++reads < 3 ? err({ code, reason: 'no' }) : world.ports.policies.read(role),
      });
      expect((await converge(ports, ROLE, names(id))).ok).toBe(true);
      expect(world.writes).toHaveLength(1);
    },
  );

  test('may be formatted in another way', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const ports = withPolicies(world.ports, {
      read: async (role) => {
        const text = JSON.parse(world.policies.get(role) ?? 'null');
        return ok(JSON.stringify(text, null, 2));
      },
    });
    expect((await converge(ports, ROLE, names(id))).ok).toBe(true);
  });

  test('is unknown when IAM does not let it be read; another writer may begin, as none is under way', async () => {
    const world = killWorld();
    const { id } = revoking(world);
    const denied = err({ code: 'refused', reason: 'AccessDenied' } as const);
    const ports = withPolicies(world.ports, { read: async () => denied });
    expect(await converge(ports, ROLE, names(id))).toEqual(denied);
    expect(await mayOtherBegin(world, START + 1)).toBe(true);
  });
});
