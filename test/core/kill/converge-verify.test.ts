import { describe, expect, test } from '@jest/globals';
import { freezeKey } from '../../../adapters/dynamodb/role-keys.ts';
import { GATES } from '../../../core/gates.ts';
import { verify } from '../../../core/kill/converge.ts';
import { killSwitchDocument, matcherOf, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import {
  type KillWorld,
  killWorld,
  naming,
  revoking,
  revokingMany,
  START,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' });

/** A role that denies one grant, as the store and IAM agree. */
async function settledRole() {
  const world = killWorld();
  const { id } = revoking(world);
  await verify(world.ports, ROLE);
  expect(world.writes).toHaveLength(1);
  const text = killSwitchDocument(naming(id));
  return { world, id, text };
}

const rewritten = async ({ ports, writes }: KillWorld): Promise<boolean> => {
  const before = writes.length;
  expect((await verify(ports, ROLE)).ok).toBe(true);
  return writes.length > before;
};

describe('verifying the policy of a role', () => {
  test('writes nothing where store, record and policy agree', async () => {
    const { world, id } = await settledRole();
    expect(await rewritten(world)).toBe(false);
    expect(await verify(world.ports, ROLE)).toMatchObject({
      value: { confirmed: naming(id), leased: false },
    });
    expect(await rewritten(killWorld())).toBe(false);
  });

  test.each([
    ['removed', null],
    ['replaced', '{"Version":"2012-10-17","Statement":[]}'],
    ['broken', '{'],
  ])('writes a policy again that was %s', async (_, text) => {
    const { world, text: right } = await settledRole();
    world.now += 12_000;
    if (text === null) world.policies.delete(ROLE);
    else world.policies.set(ROLE, text);
    expect(await rewritten(world)).toBe(true);
    expect(world.policies.get(ROLE)).toBe(right);
  });

  test('removes a policy that somebody put on a role of which nothing is denied', async () => {
    const world = killWorld();
    world.policies.set(ROLE, '{}');
    expect(await rewritten(world)).toBe(true);
    expect(world.policies.size).toBe(0);
  });

  test('adds a row that was not written yet, and drops those that have run out', async () => {
    const { world, id } = await settledRole();
    world.now = START + 1_800_000;
    const later = revoking(world).id;
    expect(await rewritten(world)).toBe(true);
    const isDenied = (grantId: string) =>
      matcherOf(world.store.switches.get(ROLE)?.confirmed ?? NOTHING_DENIED)(grantId);
    expect([id, later].map(isDenied)).toEqual([true, true]);
    world.now = START + 3_600_000;
    expect(await rewritten(world)).toBe(false);
    world.now = START + 5_400_000;
    expect(await rewritten(world)).toBe(true);
    expect(world.policies.size).toBe(0);
  });

  test('writes, and so thaws, a role that waits for its kill switch', async () => {
    const { world } = await settledRole();
    await world.ports.kills.freeze(ROLE, { until: null, reason: 'refused' });
    expect(await rewritten(world)).toBe(true);
    expect(await world.ports.kills.freezeOf(ROLE)).toEqual(ok(null));
  });

  test('leaves a freeze alone that ends on its own', async () => {
    const { world } = await settledRole();
    const freeze = { until: START + 60_000, reason: 'a cutoff' };
    await world.ports.kills.freeze(ROLE, freeze);
    expect(await rewritten(world)).toBe(false);
    expect(await world.ports.kills.freezeOf(ROLE)).toEqual(ok(freeze));
  });

  test('leaves a policy alone that denies by cutoffs because the role has no room', async () => {
    const world = killWorld();
    revokingMany(world, 20);
    const ports = withPolicies(world.ports, {
      put: async (role, document) =>
        document.length > 400
          ? err({ code: 'too-long', reason: 'LimitExceeded' })
          : world.ports.policies.put(role, document),
    });
    expect((await verify(ports, ROLE)).ok).toBe(true);
    world.now += 12_000;
    expect((await verify(ports, ROLE)).ok).toBe(true);
    expect(world.writes).toHaveLength(1);
    const later = revoking(world).id;
    expect((await verify(ports, ROLE)).ok).toBe(true);
    expect(world.policies.get(ROLE)).toContain(later);
  });

  test('is done only when the policy has every row that was added meanwhile', async () => {
    const { world } = await settledRole();
    world.policies.delete(ROLE);
    await world.ports.kills.lease(ROLE, 'other', START, START + 1000);
    const added: string[] = [];
    const pause = async (milliseconds: number) => {
      await world.ports.pause(milliseconds);
      if (added.length === 0) added.push(revoking(world).id);
    };
    expect((await verify({ ...world.ports, pause }, ROLE)).ok).toBe(true);
    expect(world.policies.get(ROLE)).toContain(added[0]);
  });

  test('asks again for a policy that cannot be read at once, and writes nothing', async () => {
    const { world } = await settledRole();
    let reads = 0;
    const ports = withPolicies(world.ports, {
      read: async (role) =>
        ++reads <= 3
          ? err({ code: 'throttled', reason: 'Throttling' })
          : world.ports.policies.read(role),
    });
    expect((await verify(ports, ROLE)).ok).toBe(true);
    expect(world.writes).toHaveLength(1);
  });

  test.each([
    ['throttled', 12_000, 'unconfirmed'],
    ['unavailable', 12_000, 'unconfirmed'],
    ['refused', 0, 'refused'],
    ['no-such-role', 0, 'no-such-role'],
  ] as const)(
    'writes nothing where reading is %s: it fails after %i ms',
    async (code, least, says) => {
      const { world } = await settledRole();
      const begun = world.now;
      const ports = withPolicies(world.ports, { read: async () => err({ code, reason: 'no' }) });
      expect(await verify(ports, ROLE)).toEqual(err({ code: says, reason: 'no' }));
      expect(world.now - begun).toBeGreaterThanOrEqual(least);
      expect(world.now - begun).toBeLessThan(least + 3001);
      expect(world.writes).toHaveLength(1);
    },
  );

  test.each([
    ['just', 11_000, 1],
    ['long', 12_000, 2],
  ])('takes another policy that was %s written for stale, or for changed', async (...row) => {
    const [, ago, writes] = row;
    const { world, text } = await settledRole();
    world.now += ago;
    let reads = 0;
    const ports = withPolicies(world.ports, {
      read: async (role) => (++reads === 1 ? ok(null) : world.ports.policies.read(role)),
    });
    expect((await verify(ports, ROLE)).ok).toBe(true);
    expect(world.writes).toHaveLength(writes);
    expect(world.policies.get(ROLE)).toBe(text);
  });

  test.each(['readSwitch', 'completeFreeze'] as const)(
    'fails when the store does not answer to %s',
    async (method) => {
      const { world } = await settledRole();
      const ports = withKills(world.ports, { [method]: async () => err(NO_STORE) });
      expect(await verify(ports, ROLE)).toEqual(STORE_FAILED);
      expect(world.writes).toHaveLength(1);
    },
  );

  test('completes a freeze that has no gates before it writes, and opens them all once it has written', async () => {
    const { store, ports } = killWorld();
    store.freezes.set(ROLE, { until: null, reason: 'refused' });
    const refused = async () => err({ code: 'refused', reason: 'AccessDenied' } as const);
    await verify(withPolicies(ports, { put: refused, remove: refused }), ROLE);
    const closed = () => store.gates.countClosed(freezeKey(ROLE), START);
    expect(closed()).toBe(GATES);
    expect((await verify(ports, ROLE)).ok).toBe(true);
    expect(closed()).toBe(0);
    expect(await ports.kills.freezeOf(ROLE)).toEqual(ok(null));
  });

  test('fails when a freeze cannot be completed', async () => {
    const world = killWorld();
    world.store.freeze(ROLE, { until: null, reason: 'refused' });
    const ports = withKills(world.ports, { completeFreeze: async () => err(NO_STORE) });
    expect(await verify(ports, ROLE)).toEqual(STORE_FAILED);
    expect(world.writes).toEqual([]);
  });

  test('brings no freeze back that another writer ends meanwhile', async () => {
    const world = killWorld();
    const { kills } = world.ports;
    await kills.freeze(ROLE, { until: null, reason: 'refused' });
    const readSwitch = async (role: string) => {
      await kills.thaw(role);
      return kills.readSwitch(role);
    };
    const freeze = async () => Promise.reject(new Error('freezes'));
    await verify(withKills(world.ports, { readSwitch, freeze }), ROLE);
    expect(await kills.freezeOf(ROLE)).toEqual(ok(null));
    expect(world.store.gates.countClosed(freezeKey(ROLE), START)).toBe(0);
  });
});
