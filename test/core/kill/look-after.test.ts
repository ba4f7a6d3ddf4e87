import { describe, expect, test } from '@jest/globals';
import { lookAfter } from '../../../core/kill/look-after.ts';
import type { PolicyRefusal } from '../../../core/kill/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import {
  type KillWorld,
  killWorld,
  revoking,
  START,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

const HOUR = 3_600_000;

/** IAM answers every call about the role in this way. */
function answering({ ports }: KillWorld, code: PolicyRefusal['code']) {
  const refuse = async () => err({ code, reason: code } as const);
  return withPolicies(ports, { put: refuse, read: refuse, remove: refuse });
}

/** A role that denies one grant for an hour, as the store and IAM agree. */
async function denying(): Promise<KillWorld> {
  const world = killWorld();
  revoking(world);
  expect(await lookAfter(world.ports, ROLE, true)).toEqual(ok('kept'));
  expect(world.policies.has(ROLE)).toBe(true);
  return world;
}

/** The same, frozen, after the keys of that grant have expired. */
async function frozenAndDead(): Promise<KillWorld> {
  const world = await denying();
  await world.ports.kills.freeze(ROLE, { until: null, reason: 'refused' });
  world.now = START + HOUR;
  return world;
}

describe('a role that no entitlement names any more', () => {
  test('is kept, with its deny, while a key that it denies may live', async () => {
    const world = await denying();
    world.now = START + HOUR - 1;
    expect(await lookAfter(world.ports, ROLE, true)).toEqual(ok('kept'));
    expect(await world.ports.kills.roles()).toEqual(ok([ROLE]));
    expect(world.policies.has(ROLE)).toBe(true);
  });

  test('is forgotten when the last key has expired: no policy, no freeze, no row', async () => {
    const world = await frozenAndDead();
    expect(await lookAfter(world.ports, ROLE, true)).toEqual(ok('forgotten'));
    expect(world.policies.has(ROLE)).toBe(false);
    expect(await world.ports.kills.freezeOf(ROLE)).toEqual(ok(null));
    expect(await world.ports.kills.roles()).toEqual(ok([]));
  });

  test.each(['no-such-role', 'refused'] as const)(
    'is left behind, without a freeze, where IAM answers %s and every key has expired',
    async (code) => {
      const world = await frozenAndDead();
      expect(await lookAfter(answering(world, code), ROLE, true)).toEqual(ok('left-behind'));
      expect(await world.ports.kills.freezeOf(ROLE)).toEqual(ok(null));
      expect(await world.ports.kills.roles()).toEqual(ok([]));
    },
  );

  test.each([
    ['no-such-role', 'no-such-role'],
    ['refused', 'refused'],
    ['unavailable', 'unconfirmed'],
  ] as const)(
    'is an error, and not forgotten, where IAM answers %s and a key may live',
    async (answer, code) => {
      const world = await denying();
      const failed = await lookAfter(answering(world, answer), ROLE, true);
      expect(failed).toMatchObject({ ok: false, error: { code } });
      expect(await world.ports.kills.roles()).toEqual(ok([ROLE]));
    },
  );

  test('is kept where its last key expires between the look at its policy and the forgetting', async () => {
    const world = await denying();
    world.now = START + HOUR - 1;
    const late = withKills(world.ports, {
      open: (role) => {
        world.now = START + HOUR;
        return world.ports.kills.open(role);
      },
    });
    expect(await lookAfter(late, ROLE, true)).toEqual(ok('kept'));
    expect(await world.ports.kills.roles()).toEqual(ok([ROLE]));
    expect(await lookAfter(world.ports, ROLE, true)).toEqual(ok('forgotten'));
    expect(world.policies.has(ROLE)).toBe(false);
  });

  test('is not forgotten where IAM does not answer', async () => {
    const world = await frozenAndDead();
    const failed = await lookAfter(answering(world, 'unavailable'), ROLE, true);
    expect(failed).toMatchObject({ ok: false, error: { code: 'unconfirmed' } });
    expect(await world.ports.kills.freezeOf(ROLE)).toMatchObject({ value: { until: null } });
  });

  test('is not forgotten by one who loses the lease', async () => {
    const world = await frozenAndDead();
    const late = withKills(world.ports, { forget: async () => ok(false) });
    expect(await lookAfter(late, ROLE, true)).toMatchObject({ error: { code: 'busy' } });
  });

  test.each(['denied', 'readSwitch', 'thaw', 'forget'] as const)(
    'is not forgotten where the store fails at %s',
    async (call) => {
      const world = await frozenAndDead();
      await lookAfter(world.ports, ROLE, false);
      const failing = withKills(world.ports, { [call]: async () => err(NO_STORE) });
      const failed = await lookAfter(failing, ROLE, true);
      expect(failed).toMatchObject({ ok: false, error: { code: 'store' } });
    },
  );
});

describe('a role that is gone', () => {
  /** Frozen, with every key expired; IAM does not know it, so nothing of it is written before it is forgotten. */
  async function gone() {
    const world = await frozenAndDead();
    return { world, ports: answering(world, 'no-such-role') };
  }

  test.each([
    ['lease', 1],
    ['denied', 1],
    ['readSwitch', 2],
    ['thaw', 1],
    ['forget', 1],
  ] as const)('is not forgotten where the store fails at %s', async (method, failing) => {
    const { world, ports } = await gone();
    let calls = 0;
    const real = ports.kills[method] as (...args: unknown[]) => Promise<unknown>;
    const fails = async (...args: unknown[]) =>
      ++calls === failing ? err(NO_STORE) : real(...args);
    const failed = await lookAfter(withKills(ports, { [method]: fails }), ROLE, true);
    expect(failed).toMatchObject({ ok: false, error: { code: 'store' } });
    expect(await world.ports.kills.roles()).toEqual(ok([ROLE]));
    const frozen = method === 'forget' ? null : { until: null };
    expect(await world.ports.kills.freezeOf(ROLE)).toMatchObject({ value: frozen });
  });

  test('is left to the writer that holds its lease, frozen as it is', async () => {
    const { world, ports } = await gone();
    await world.ports.kills.lease(ROLE, 'other', world.now, world.now + 1000);
    const failed = await lookAfter(ports, ROLE, true);
    expect(failed).toMatchObject({ ok: false, error: { code: 'busy' } });
    expect(await world.ports.kills.freezeOf(ROLE)).toMatchObject({ value: { until: null } });
  });

  test('is kept while one of several keys may live', async () => {
    const world = await denying();
    world.now = START + 1000;
    revoking(world);
    world.now = START + HOUR;
    const failed = await lookAfter(answering(world, 'no-such-role'), ROLE, true);
    expect(failed).toMatchObject({ ok: false, error: { code: 'no-such-role' } });
    expect(await world.ports.kills.roles()).toEqual(ok([ROLE]));
  });
});

describe('a role of the bundle', () => {
  test('is kept, also when nothing of it is left to undo', async () => {
    const world = await frozenAndDead();
    expect(await lookAfter(world.ports, ROLE, false)).toEqual(ok('kept'));
    expect(await world.ports.kills.roles()).toEqual(ok([ROLE]));
  });

  test('stays frozen while the broker may not write on it: it would vend keys that nobody can kill', async () => {
    const world = await frozenAndDead();
    const failed = await lookAfter(answering(world, 'refused'), ROLE, false);
    expect(failed).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect(await world.ports.kills.freezeOf(ROLE)).toMatchObject({ value: { until: null } });
  });

  test('is left behind where it no longer exists and every key has expired', async () => {
    const world = await frozenAndDead();
    const gone = answering(world, 'no-such-role');
    expect(await lookAfter(gone, ROLE, false)).toEqual(ok('left-behind'));
    expect(await world.ports.kills.freezeOf(ROLE)).toEqual(ok(null));
  });
});
