import { describe, expect, test } from '@jest/globals';
import { converge, type Wanted } from '../../../core/kill/converge.ts';
import { denies, killSwitchDocument } from '../../../core/kill/deny-policy.ts';
import { err } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import {
  type KillWorld,
  killWorld,
  revokingMany,
  START,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

/** More grants than a policy can name. */

const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' });
const CUT_OFF = 'every session that was issued before then is denied';

/** Satisfied once the policy was written. */
function written(): Wanted {
  let asked = 0;
  return () => ++asked > 1;
}

/** The length of a policy with that many names and a cutoff. */
function lengthOf(count: number): number {
  const grantIds = Array.from({ length: count }, () => `gr_${'0'.repeat(20)}`);
  return killSwitchDocument({ grantIds, cutoff: START })?.length ?? 0;
}

/** IAM has room for a policy of that length; every attempt takes some time. */
function withRoom(world: KillWorld, length: number, milliseconds = 0) {
  const attempts: string[] = [];
  const ports = withPolicies(world.ports, {
    put: async (role, document) => {
      attempts.push(document);
      world.now += milliseconds;
      if (document.length > length) return err({ code: 'too-long', reason: 'LimitExceeded' });
      return world.ports.policies.put(role, document);
    },
  });
  return { attempts, ports };
}

const freezeOf = async ({ ports }: KillWorld) => {
  const found = await ports.kills.freezeOf(ROLE);
  return found.ok ? found.value : undefined;
};

describe('grants that the policy cannot name', () => {
  test('are denied by the time of issue: all 151 are dead, and 150 have a name', async () => {
    const world = killWorld();
    revokingMany(world, 151);
    const done = await converge(world.ports, ROLE, written());
    if (!done.ok) throw new Error(done.error.code);
    const { confirmed } = done.value;
    expect(confirmed).toEqual({ grantIds: expect.any(Array), cutoff: START + 31_000 });
    expect(confirmed.grantIds).toHaveLength(150);
    const rows = await world.ports.kills.denied(ROLE);
    expect(rows.ok && rows.value.filter((row) => !denies(confirmed, row))).toEqual([]);
  });

  test.each([
    [150, 1],
    [37, 2],
    [9, 3],
    [2, 4],
    [0, 5],
  ])('include all but %i where the role has room for no more names', async (count, attempt) => {
    const world = killWorld();
    revokingMany(world, 200);
    const { attempts, ports } = withRoom(world, lengthOf(count));
    const done = await converge(ports, ROLE, written());
    if (!done.ok) throw new Error(done.error.code);
    expect(done.value.confirmed.grantIds).toHaveLength(count);
    expect(done.value.confirmed.cutoff).toBe(START + 31_000);
    expect(attempts).toHaveLength(attempt);
    expect(world.policies.get(ROLE)).toBe(attempts.at(-1));
  });

  test('cannot be denied where the role has no room at all', async () => {
    const world = killWorld();
    revokingMany(world, 200);
    const { attempts, ports } = withRoom(world, lengthOf(0) - 1);
    const refused = await converge(ports, ROLE, written());
    expect(refused).toEqual(err({ code: 'too-long', reason: 'LimitExceeded' }));
    expect(attempts).toHaveLength(5);
  });

  test('are tried with fewer names only while the lease lasts long enough', async () => {
    const world = killWorld();
    revokingMany(world, 200);
    const { attempts, ports } = withRoom(world, 0, 8000);
    expect(await converge(ports, ROLE, written())).toMatchObject({ error: { code: 'busy' } });
    expect(attempts).toHaveLength(2);
  });

  test('lose their name to those that ended later', async () => {
    const world = killWorld();
    const early = revokingMany(world, 10, START - 20_000);
    const late = revokingMany(world, 2, START - 10_000);
    const { ports } = withRoom(world, lengthOf(2));
    await converge(ports, ROLE, written());
    const { confirmed } = world.store.switches.get(ROLE) ?? {};
    expect(confirmed).toEqual({ grantIds: late.toSorted(), cutoff: START + 11_000 });
    expect(early.some((id) => confirmed?.grantIds.includes(id))).toBe(false);
  });
});

describe('a cutoff', () => {
  test('stops the role from vending before the policy is put, and until the cutoff passes', async () => {
    const world = killWorld();
    revokingMany(world, 151);
    let frozen: unknown = null;
    const ports = withPolicies(world.ports, {
      put: async (role, document) => {
        frozen = await freezeOf(world);
        return world.ports.policies.put(role, document);
      },
    });
    await converge(ports, ROLE, written());
    expect(frozen).toEqual({ until: START + 31_000, reason: CUT_OFF });
    expect(await freezeOf(world)).toEqual(frozen);
  });

  test('that comes with fewer names stops the role until that one', async () => {
    const world = killWorld();
    revokingMany(world, 1, START - 10_000);
    const { ports } = withRoom(world, lengthOf(0));
    await converge(ports, ROLE, written());
    expect(await freezeOf(world)).toEqual({ until: START + 21_000, reason: CUT_OFF });
  });

  test.each([
    ['still ahead', START - 30_000, { until: START + 1000, reason: CUT_OFF }],
    ['now', START - 31_000, null],
    ['past', START - 32_000, null],
  ])('that is %s stops the role accordingly', async (_, at, freeze) => {
    const world = killWorld();
    revokingMany(world, 151, at);
    expect((await converge(world.ports, ROLE, written())).ok).toBe(true);
    expect(await freezeOf(world)).toEqual(freeze);
  });

  test('replaces the freeze of a role that waited for its kill switch', async () => {
    const world = killWorld();
    revokingMany(world, 151);
    await world.ports.kills.freeze(ROLE, { until: null, reason: 'refused' });
    await converge(world.ports, ROLE, written());
    expect(await freezeOf(world)).toEqual({ until: START + 31_000, reason: CUT_OFF });
  });

  test('is not written when the role cannot be stopped from vending', async () => {
    const world = killWorld();
    revokingMany(world, 151);
    const ports = withKills(world.ports, { freeze: async () => err(NO_STORE) });
    expect(await converge(ports, ROLE, written())).toEqual(STORE_FAILED);
    expect(world.writes).toEqual([]);
  });

  test('is not reported as written when the role could not be stopped again after its thaw', async () => {
    const world = killWorld();
    revokingMany(world, 151);
    const ports = withKills(world.ports, {
      freeze: async (role, freeze) =>
        world.writes.length === 0 ? world.ports.kills.freeze(role, freeze) : err(NO_STORE),
    });
    expect(await converge(ports, ROLE, written())).toEqual(STORE_FAILED);
    expect(world.writes).toHaveLength(1);
  });
});

test('a role that waited for its kill switch vends again once it was written', async () => {
  const world = killWorld();
  revokingMany(world, 1);
  await world.ports.kills.freeze(ROLE, { until: null, reason: 'refused' });
  expect((await converge(world.ports, ROLE, written())).ok).toBe(true);
  expect(await freezeOf(world)).toBeNull();
});
