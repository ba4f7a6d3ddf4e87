import { describe, expect, test } from '@jest/globals';
import { newGrantId } from '../../../core/ids.ts';
import { converge, type Wanted } from '../../../core/kill/converge.ts';
import { denies } from '../../../core/kill/deny-policy.ts';
import { ROOMS } from '../../../core/kill/switch-for.ts';
import { err, ok } from '../../../core/result.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import {
  type KillWorld,
  killWorld,
  revoking,
  revokingMany,
  START,
  withKills,
  withPolicies,
} from '../../support/kill-ports.ts';
import { ROLE } from '../../support/sample-grants.ts';

/** More ended grants than the policy has room for; they are young, and so share no prefix. */

const STORE_FAILED = err({ code: 'store', reason: 'the store did not answer' });
const CUT_OFF = 'every session that was issued before then is denied';
const MANY = 300;

/** Satisfied once the policy was written. */
function written(): Wanted {
  let asked = 0;
  return () => ++asked > 1;
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

/** The grants of one principal that are being revoked. */
function revokingBy(world: KillWorld, hash: string, count: number): readonly string[] {
  const kill = { roles: [ROLE], at: world.now, until: world.now + 3_600_000 };
  const principalKey = `ci-${hash.padEnd(16, '0')}`;
  return Array.from({ length: count }, () => revoking(world, { kill, principalKey }).id);
}

/** As many principals with one grant each that is being revoked. */
function crowd(world: KillWorld, count = MANY): void {
  for (let each = 0; each < count; each += 1) revokingBy(world, `p${each}`, 1);
}

const freezeOf = async ({ ports }: KillWorld) => {
  const found = await ports.kills.freezeOf(ROLE);
  return found.ok ? found.value : undefined;
};

describe('grants that the policy cannot name', () => {
  test('are all dead all the same, by the time of issue', async () => {
    const world = killWorld();
    crowd(world);
    const done = await converge(world.ports, ROLE, written());
    if (!done.ok) throw new Error(done.error.code);
    const { confirmed } = done.value;
    expect(confirmed.cutoff).toBe(START + 31_000);
    const rows = await world.ports.kills.denied(ROLE);
    expect(rows.ok && rows.value.filter((row) => !denies(confirmed, row))).toEqual([]);
  });

  test('of one principal cost nobody else a session, and the role goes on vending', async () => {
    const world = killWorld();
    revokingBy(world, 'hog', MANY);
    const others = ['a', 'b'].flatMap((name) => revokingBy(world, name, 10));
    const done = await converge(world.ports, ROLE, written());
    if (!done.ok) throw new Error(done.error.code);
    const { confirmed } = done.value;
    expect(confirmed.cutoff).toBeNull();
    const cutoff = START + 31_000;
    expect(confirmed.principals).toEqual([{ hash: 'hog0000000000000', cutoff }]);
    expect(others.filter((id) => !confirmed.patterns.includes(id))).toEqual([]);
    expect(await freezeOf(world)).toBeNull();
    expect(world.overflows).toEqual([{ role: ROLE, principals: ['hog0000000000000'], cutoff }]);
  });

  test('of one principal are reported with the time of issue, though that has passed', async () => {
    const world = killWorld();
    revokingBy(world, 'hog', MANY);
    world.now = START + 45_000;
    expect((await converge(world.ports, ROLE, written())).ok).toBe(true);
    expect(world.overflows).toMatchObject([{ cutoff: START + 31_000 }]);
  });

  test('among the open ones of one principal may be denied with them, and that is reported', async () => {
    const world = killWorld();
    const idOf = (second: number) =>
      newGrantId((length) => new Uint8Array(length).fill(second % 256), START - 7_200_000 + second);
    const others = Array.from({ length: 1200 }, (_, each) => ({
      grantId: idOf(each * 2500),
      principalKey: `p-${`${each % 20}`.padEnd(16, '0')}`,
      at: START - 10_000,
      until: START + 3_600_000,
      begins: false,
    }));
    const hogs = others.map((_, each) => ({
      grantId: idOf(each * 2500 + 1250),
      principalKey: 'ci-hog0000000000000',
    }));
    const ports = withKills(world.ports, {
      denied: async () => ok(others),
      open: async () => ok(hogs),
    });
    const done = await converge(ports, ROLE, written());
    expect(done).toMatchObject({ value: { confirmed: { principals: [], cutoff: null } } });
    expect(world.overflows).toEqual([
      { role: ROLE, principals: ['hog0000000000000'], cutoff: START },
    ]);
  });

  test.each([
    ...ROOMS.slice(0, -1).map((room, index) => [room, index + 1] as const),
    [184, ROOMS.length],
  ])('are denied within %i characters if the role has no more, at attempt %i', async (...row) => {
    const [room, attempt] = row;
    const world = killWorld();
    crowd(world);
    const { attempts, ports } = withRoom(world, room);
    const done = await converge(ports, ROLE, written());
    if (!done.ok) throw new Error(done.error.code);
    expect(done.value.confirmed.cutoff).toBe(START + 31_000);
    expect(attempts).toHaveLength(attempt);
    expect(world.policies.get(ROLE)).toBe(attempts.at(-1));
  });

  test('cannot be denied where the role has no room at all', async () => {
    const world = killWorld();
    crowd(world);
    const { attempts, ports } = withRoom(world, 100);
    const refused = await converge(ports, ROLE, written());
    expect(refused).toEqual(err({ code: 'too-long', reason: 'LimitExceeded' }));
    expect(attempts).toHaveLength(ROOMS.length);
  });

  test('are tried with less room only while the lease lasts long enough', async () => {
    const world = killWorld();
    crowd(world);
    const { attempts, ports } = withRoom(world, 0, 8000);
    expect(await converge(ports, ROLE, written())).toMatchObject({ error: { code: 'too-long' } });
    expect(attempts).toHaveLength(3);
  });

  test('include those that are revoked while a longer policy is tried', async () => {
    const world = killWorld();
    crowd(world);
    const added: string[] = [];
    const { ports } = withRoom(world, 3500);
    const put: typeof ports.policies.put = (role, document) => {
      world.now += 1;
      if (added.length === 0) added.push(...revokingBy(world, 'late', 1));
      return ports.policies.put(role, document);
    };
    await converge(withPolicies(ports, { put }), ROLE, written());
    expect(world.writes).toHaveLength(1);
    expect(world.writes[0]).toContain(added[0]);
  });
});

describe('a cutoff', () => {
  test('stops the role from vending before the policy is put, and until the cutoff passes', async () => {
    const world = killWorld();
    crowd(world);
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
    expect(world.overflows).toEqual([{ role: ROLE, principals: [], cutoff: START + 31_000 }]);
  });

  test.each([
    ['still ahead', START - 30_000, { until: START + 1000, reason: CUT_OFF }],
    ['now', START - 31_000, null],
    ['past', START - 32_000, null],
  ])('that is %s stops the role accordingly', async (_, at, freeze) => {
    const world = killWorld();
    revokingMany(world, 1, at);
    const { ports } = withRoom(world, 184);
    const put = ports.policies.put;
    const refusing: typeof put = (role, document) =>
      document.includes('EndedGrants')
        ? Promise.resolve(err({ code: 'too-long', reason: 'LimitExceeded' }))
        : put(role, document);
    expect((await converge(withPolicies(ports, { put: refusing }), ROLE, written())).ok).toBe(true);
    expect(await freezeOf(world)).toEqual(freeze);
  });

  test('replaces the freeze of a role that waited for its kill switch', async () => {
    const world = killWorld();
    crowd(world);
    await world.ports.kills.freeze(ROLE, { until: null, reason: 'refused' });
    await converge(world.ports, ROLE, written());
    expect(await freezeOf(world)).toEqual({ until: START + 31_000, reason: CUT_OFF });
  });

  test('is not written when the role cannot be stopped from vending', async () => {
    const world = killWorld();
    crowd(world);
    const ports = withKills(world.ports, { freeze: async () => err(NO_STORE) });
    expect(await converge(ports, ROLE, written())).toEqual(STORE_FAILED);
    expect(world.writes).toEqual([]);
  });

  test('is not reported as written when the role could not be stopped again after its thaw', async () => {
    const world = killWorld();
    crowd(world);
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
  expect(world.overflows).toEqual([]);
});

describe('a write that IAM throttles', () => {
  const throttled = err({ code: 'throttled', reason: 'Throttling' } as const);

  test('is tried again after growing pauses, under the same lease', async () => {
    const world = killWorld();
    revokingMany(world, 1);
    let attempts = 0;
    const ports = withPolicies(world.ports, {
      put: async (role, document) =>
        ++attempts <= 6 ? throttled : world.ports.policies.put(role, document),
    });
    expect((await converge(ports, ROLE, written())).ok).toBe(true);
    expect(world.pauses).toEqual([0, 200, 400, 800, 1600, 3000, 3000]);
    expect(await freezeOf(world)).toBeNull();
    expect(await world.ports.kills.lease(ROLE, 'other', world.now, world.now)).toEqual(ok(true));
  });

  test('once or twice while everything is slow is no fault of IAM, and holds no lease', async () => {
    const world = killWorld();
    revokingMany(world, 1);
    const put = async () => {
      world.now += 8000;
      return throttled;
    };
    const slow = withPolicies(world.ports, { put });
    expect(await converge(slow, ROLE, written())).toMatchObject({ error: { code: 'busy' } });
    const other = await world.ports.kills.lease(ROLE, 'other', world.now + 1, world.now + 2);
    expect(other).toEqual(ok(true));
  });

  test.each([
    [4, 4300, 'busy'],
    [5, 3000, 'throttled'],
  ])('%i times within a lease, %i ms each, is told as %s', async (times, milliseconds, code) => {
    const world = killWorld();
    revokingMany(world, 1);
    let attempts = 0;
    const put = async () => {
      attempts += 1;
      world.now += milliseconds;
      return throttled;
    };
    const done = await converge(withPolicies(world.ports, { put }), ROLE, written());
    expect(done).toMatchObject({ error: { code } });
    expect(attempts).toBe(times);
  });

  test('is tried again sooner or later by chance', async () => {
    const world = killWorld();
    world.jitter = 0.25;
    revokingMany(world, 1);
    let attempts = 0;
    const ports = withPolicies(world.ports, {
      put: async (role, document) =>
        ++attempts <= 2 ? throttled : world.ports.policies.put(role, document),
    });
    expect((await converge(ports, ROLE, written())).ok).toBe(true);
    expect(world.pauses).toEqual([0, 150, 300]);
  });

  test('for twenty seconds is given up, and holds no lease', async () => {
    const world = killWorld();
    revokingMany(world, 1);
    const ports = withPolicies(world.ports, { put: async () => throttled });
    expect(await converge(ports, ROLE, written())).toEqual(throttled);
    expect(world.now - START).toBeGreaterThan(20_000);
    expect(world.now - START).toBeLessThan(24_000);
    const other = await world.ports.kills.lease(ROLE, 'other', world.now + 1, world.now + 2);
    expect(other).toEqual(ok(true));
  });
});
