import { describe, expect, test } from '@jest/globals';
import { type Grant, next } from '../../../core/grant.ts';
import { NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import type { Freeze, SwitchReading } from '../../../core/kill/ports.ts';
import { dueAt } from '../../../core/lifecycle/next-step.ts';
import type { GrantStore, PrincipalStore } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { type SweepPorts, sweep } from '../../../core/upkeep/sweep.ts';
import { memoryKillStore } from '../../simulation/memory-kill-store.ts';
import { activeIn, GOVERNED, pendingIn } from '../../support/authorities.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { NOW, type World, world } from '../../support/memory-ports.ts';
import { IN_FORCE } from '../../support/quarantine.ts';
import { orderOf } from '../../support/sample-orders.ts';

const ROLE = 'arn:aws:iam::111122223333:role/valetkey/read';

function sweeping(
  broker: World,
  store: Partial<GrantStore> = {},
  kills: Partial<SweepPorts['kills']> = {},
  principals: Partial<PrincipalStore> = {},
) {
  const woken: unknown[] = [];
  const ports: SweepPorts = {
    ...broker.ports,
    store: { ...broker.ports.store, ...store },
    kills: { ...memoryKillStore(broker.table), ...kills },
    principals: { ...broker.table.principalStore(), ...principals },
    wakeKillSwitch: async (what) => void woken.push(what),
  };
  return { woken, swept: sweep(ports, 'sweep-1') };
}

const NOTHING = {
  ...{ repaired: [], killing: [], overdueKills: [], frozenRoles: [], failed: [] },
  ...{ finishedOrders: [], endedByOrder: [], unfinishedOrders: [] },
};

describe('the sweep', () => {
  test('takes the steps that the workflow left undone for a minute', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    broker.now = (grant.expiresAt ?? 0) + 61_000;
    expect(await sweeping(broker).swept).toEqual(ok(NOTHING));
    broker.now += 1;
    const { woken, swept } = sweeping(broker);
    expect(await swept).toEqual(ok({ ...NOTHING, repaired: [grant.id] }));
    expect(broker.grants.get(grant.id)?.status).toBe('expired');
    expect(broker.events.at(-1)).toMatchObject({ type: 'expired', requestId: 'sweep-1' });
    expect(woken).toEqual([]);
  });

  test('asks for at most five thousand grants that were due a minute ago', async () => {
    const asked: unknown[] = [];
    const due: GrantStore['due'] = async (...args) => {
      asked.push(args);
      return ok([]);
    };
    expect(await sweeping(world(GOVERNED), { due }).swept).toEqual(ok(NOTHING));
    expect(asked).toEqual([[NOW - 60_000, 5000]]);
  });

  test('does nothing about a grant on which nothing is due any more', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const due = async () => ok([grant.id]);
    expect(await sweeping(broker, { due }).swept).toEqual(ok(NOTHING));
  });

  test('wakes the kill switch once for all grants that wait for it', async () => {
    const broker = world(GOVERNED);
    const kill = { roles: [ROLE], at: NOW, until: NOW + 1_000_000 };
    const revoking = { status: 'revoking', keysValidUntil: NOW + 900_000, kill } as const;
    const first = await activeIn(broker, revoking);
    const second = await activeIn(broker, revoking);
    broker.now = NOW + 61_000;
    const { woken, swept } = sweeping(broker);
    expect(await swept).toEqual(ok({ ...NOTHING, killing: [first.id, second.id] }));
    expect(woken).toEqual([{ grantIds: [first.id, second.id] }]);
  });

  test.each([
    ['revoking', { roles: [ROLE], at: NOW, until: NOW + 1_000_000 }],
    ['revoked', { roles: [ROLE], at: NOW - 1000, until: NOW }],
  ] as const)('calls a kill of a %s grant overdue after five minutes', async (status, kill) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { status, keysValidUntil: NOW + 900_000, kill });
    const due = async () => ok([grant.id]);
    broker.now = (dueAt(grant) ?? 0) + 300_000;
    const killing = { ...NOTHING, killing: [grant.id] };
    expect(await sweeping(broker, { due }).swept).toEqual(ok(killing));
    broker.now += 1;
    const overdue = { ...killing, overdueKills: [grant.id] };
    expect(await sweeping(broker, { due }).swept).toEqual(ok(overdue));
  });

  test('wakes the kill switch for a deny that may go, a minute after its time', async () => {
    const broker = world(GOVERNED);
    const kill = { roles: [ROLE], at: NOW - 1000, until: NOW };
    const grant = await activeIn(broker, { status: 'revoked', kill });
    const due = async () => ok([grant.id]);
    broker.now = (dueAt(grant) ?? 0) + 60_000;
    expect(await sweeping(broker, { due }).swept).toEqual(ok(NOTHING));
    broker.now += 1;
    expect(await sweeping(broker, { due }).swept).toEqual(ok({ ...NOTHING, killing: [grant.id] }));
  });

  test('reminds of a review, which no workflow does, and so repairs nothing', async () => {
    const broker = world(GOVERNED);
    const reviewer = { reviewer: null, comment: null, at: null };
    const review = { status: 'due', dueAt: NOW + 120_000, reminded: false, ...reviewer } as const;
    const grant = await activeIn(broker, { review });
    broker.now = NOW + 120_000 + 61_000;
    const due = async () => ok([grant.id]);
    expect(await sweeping(broker, { due }).swept).toEqual(ok(NOTHING));
    expect(broker.events.at(-1)).toMatchObject({ type: 'review-reminded', requestId: 'sweep-1' });
  });

  test('counts a grant that it ended as repaired, even if the kill switch has to go on with it', async () => {
    const broker = world(GOVERNED);
    const chained = {
      chainedRoles: ['arn:aws:iam::111122223333:role/next'],
      keysValidUntil: NOW + 9_000_000,
    };
    const grant = await activeIn(broker, chained);
    broker.now = (grant.expiresAt ?? 0) + 70_000;
    expect(await sweeping(broker).swept).toEqual(
      ok({ ...NOTHING, repaired: [grant.id], killing: [grant.id] }),
    );
  });

  test('goes on with the others where a grant cannot be moved on', async () => {
    const broker = world(GOVERNED);
    const broken = await activeIn(broker);
    const fine = await activeIn(broker);
    broker.now = (fine.expiresAt ?? 0) + 70_000;
    const find: GrantStore['find'] = async (id) =>
      id === broken.id ? err(NO_STORE) : broker.ports.store.find(id);
    expect(await sweeping(broker, { find }).swept).toEqual(
      ok({ ...NOTHING, repaired: [fine.id], failed: [broken.id] }),
    );
  });

  test('looks at ten grants at a time, and at all of them', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    const ids = Array.from({ length: 25 }, (_, index) => `gr_${index}`);
    for (const id of ids) broker.grants.set(id, { ...grant, id });
    let running = 0;
    let most = 0;
    const find: GrantStore['find'] = async (id) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return broker.ports.store.find(id);
    };
    broker.now = (grant.approvals.lapseAt ?? 0) + 1;
    const due = async () => ok(ids);
    expect(await sweeping(broker, { due, find }).swept).toEqual(ok({ ...NOTHING, repaired: ids }));
    expect(most).toBe(10);
  });

  test('finishes an order that was interrupted, and wakes the kill switch for its grants', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker, { keysValidUntil: NOW + 900_000 });
    const pending = await pendingIn(broker);
    broker.table.orders.set('ev_1', orderOf('people:ana'));
    broker.now = NOW + 60_001;
    const { woken, swept } = sweeping(broker);
    expect(await swept).toEqual(
      ok({
        ...NOTHING,
        killing: [grant.id],
        finishedOrders: ['people:ana'],
        endedByOrder: expect.arrayContaining([grant.id, pending.id]),
      }),
    );
    expect(woken).toContainEqual({ grantIds: [grant.id] });
  });

  test('does everything else where the orders cannot be read, and fails', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    broker.now = (grant.expiresAt ?? 0) + 70_000;
    const openOrders = async () => err(NO_STORE);
    expect(await sweeping(broker, {}, {}, { openOrders }).swept).toEqual(err(NO_STORE));
    expect(broker.grants.get(grant.id)?.status).toBe('expired');
  });

  test('completes the lists after everything else, and fails where it cannot', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    broker.now = (grant.expiresAt ?? 0) + 70_000;
    const completeLists = async () => {
      expect(broker.grants.get(grant.id)?.status).toBe('expired');
      return err(NO_STORE);
    };
    expect(await sweeping(broker, { completeLists }).swept).toEqual(err(NO_STORE));
  });

  test('fails where the store cannot say what is due', async () => {
    const due = async () => err(NO_STORE);
    expect(await sweeping(world(GOVERNED), { due }).swept).toEqual(err(NO_STORE));
  });
});

describe('the sweep of roles', () => {
  const IDLE: SwitchReading = { confirmed: NOTHING_DENIED, writes: 0, wroteAt: 0, leased: false };
  const DENIED = { ...NOTHING_DENIED, patterns: [`gr_${'1'.repeat(20)}`] };

  test.each<[string, SwitchReading, Freeze | null, boolean, boolean]>([
    ['is idle', IDLE, null, false, false],
    ['denies something', { ...IDLE, confirmed: DENIED }, null, true, false],
    ['is being written', { ...IDLE, leased: true }, null, true, false],
    [
      'is frozen until its kill switch can be written',
      IDLE,
      { until: null, reason: 'x' },
      true,
      true,
    ],
    ['is frozen for a while', IDLE, { until: NOW + 1000, reason: 'x' }, false, false],
  ])(
    'wakes the kill switch of a role that %s, if it must',
    async (_, state, freeze, wakes, frozen) => {
      const asked: string[] = [];
      const { woken, swept } = sweeping(
        world(GOVERNED),
        {},
        {
          readSwitch: async (role) => {
            asked.push(role);
            return ok(state);
          },
          freezeOf: async () => ok(freeze),
        },
      );
      expect(await swept).toEqual(ok({ ...NOTHING, frozenRoles: frozen ? [ROLE] : [] }));
      expect(woken).toEqual(wakes ? [{ role: ROLE }] : []);
      expect(asked).toEqual([ROLE]);
    },
  );

  test('wakes the kill switch of a role whose state cannot be read', async () => {
    const { woken, swept } = sweeping(
      world(GOVERNED),
      {},
      { readSwitch: async () => err(NO_STORE) },
    );
    expect(await swept).toEqual(ok(NOTHING));
    expect(woken).toEqual([{ role: ROLE }]);
  });

  test('wakes the kill switch of roles that the bundle no longer names, until they are forgotten', async () => {
    const broker = world(GOVERNED);
    const retired = 'arn:aws:iam::444455556666:role/valetkey/retired';
    await memoryKillStore(broker.table).lease(retired, 'x', NOW, NOW);
    await memoryKillStore(broker.table).lease(ROLE, 'x', NOW, NOW);
    const { woken, swept } = sweeping(broker);
    expect(await swept).toEqual(ok(NOTHING));
    expect(woken).toEqual([{ role: retired, retired: true }, { role: ROLE }]);
  });

  test('looks at the roles of the bundle, and fails, where the others cannot be listed', async () => {
    const broker = world(GOVERNED);
    await memoryKillStore(broker.table).lease(ROLE, 'x', NOW, NOW);
    const { woken, swept } = sweeping(broker, {}, { roles: async () => err(NO_STORE) });
    expect(await swept).toEqual(err(NO_STORE));
    expect(woken).toEqual([{ role: ROLE }]);
  });

  test('reports no role as frozen that it cannot read', async () => {
    const { woken, swept } = sweeping(world(GOVERNED), {}, { freezeOf: async () => err(NO_STORE) });
    expect(await swept).toEqual(ok(NOTHING));
    expect(woken).toEqual([]);
  });
});

test('a grant that changes all the time is left to the next sweep', async () => {
  const broker = world(GOVERNED);
  const grant: Grant = await activeIn(broker);
  broker.now = (grant.expiresAt ?? 0) + 70_000;
  const update: GrantStore['update'] = async () => {
    broker.grants.set(grant.id, next(grant, {}));
    return err({ code: 'conflict' });
  };
  expect(await sweeping(broker, { update }).swept).toEqual(ok({ ...NOTHING, failed: [grant.id] }));
});

describe('in quarantine, the sweep', () => {
  test('moves nothing, and wakes the kill switch for what waits for it alone', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const kill = { roles: [ROLE], at: NOW, until: NOW + 1000 };
    const revoking = await activeIn(broker, {
      ...{ status: 'revoking', keysValidUntil: NOW + 900_000 },
      kill: { ...kill, until: NOW + 99_000_000 },
    });
    await activeIn(broker, { status: 'revoked', keysValidUntil: NOW, kill });
    broker.quarantine = ok(IN_FORCE);
    broker.now = (grant.expiresAt ?? 0) + 600_000;
    const { woken, swept } = sweeping(broker, {
      completeLists: async () => {
        throw new Error('nothing is to be moved');
      },
    });
    const killing = [revoking.id];
    expect(await swept).toEqual(ok({ ...NOTHING, killing, overdueKills: killing }));
    expect(woken).toEqual([{ grantIds: killing }]);
    expect(broker.grants.get(grant.id)?.status).toBe('active');
  });
});
