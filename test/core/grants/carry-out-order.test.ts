import { describe, expect, test } from '@jest/globals';
import { carryOut } from '../../../core/grants/carry-out-order.ts';
import type { GrantStore, PrincipalStore } from '../../../core/ports.ts';
import type { OpenOrder } from '../../../core/principal-order.ts';
import { err, ok } from '../../../core/result.ts';
import { GOVERNED, pendingIn } from '../../support/authorities.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { NOW, type World, world } from '../../support/memory-ports.ts';

const OPEN: OpenOrder = {
  order: {
    ...{ id: 'ev_1', what: 'revoke', principal: 'people:ana', reason: '', at: NOW },
    ...{ actor: 'broker', requestId: 'r-9', sourceIp: null, traceId: '4bf9' },
  },
  result: { suspension: null, ended: 0, newest: [] },
  ...{ after: null, missed: 0, idempotency: null },
};
const PLENTY = { grants: 1000, until: NOW + 60_000 };

async function worldOf(count: number): Promise<World> {
  const broker = world(GOVERNED);
  for (let made = 0; made < count; made += 1) await pendingIn(broker);
  broker.table.orders.set(OPEN.order.id, OPEN);
  return broker;
}

function pass(
  broker: World,
  changes: { store?: Partial<GrantStore>; principals?: Partial<PrincipalStore> } = {},
  limits = PLENTY,
  suspended = false,
) {
  const open = broker.table.orders.get(OPEN.order.id) ?? OPEN;
  const ports = {
    ...broker.ports,
    store: { ...broker.ports.store, ...changes.store },
    principals: { ...broker.table.principalStore(), ...changes.principals },
  };
  return carryOut(ports, open, suspended, limits);
}

const statuses = (broker: World): readonly string[] =>
  [...broker.grants.values()].map(({ status }) => status);
const idsOf = (broker: World): readonly string[] => [...broker.grants.keys()].toSorted();

describe('a pass over the open grants of a principal', () => {
  test('ends all of them in the name of the order, and forgets the order', async () => {
    const broker = await worldOf(23);
    const done = await pass(broker);
    expect(done).toMatchObject({ finished: true, ended: { length: 23 }, failed: [], fault: null });
    expect(new Set(statuses(broker))).toEqual(new Set(['cancelled']));
    expect(broker.events.at(-1)).toMatchObject({
      ...{ actor: 'broker', requestId: 'r-9', traceId: '4bf9' },
    });
    expect(broker.table.orders.size).toBe(0);
  });

  test('moves no gate where the principal is neither kept out nor let in', async () => {
    const broker = await worldOf(1);
    const settleGates = async () => err(NO_STORE);
    expect(await pass(broker, { principals: { settleGates } })).toMatchObject({
      ...{ finished: true, ended: { length: 1 }, fault: null },
    });
    for (const what of ['suspend', 'resume'] as const) {
      const open = { ...OPEN, order: { ...OPEN.order, what } };
      broker.table.orders.set(OPEN.order.id, open);
      expect(await pass(broker, { principals: { settleGates } })).toMatchObject({
        ...{ finished: false, ended: [], fault: NO_STORE },
      });
    }
  });

  test('ends at most ten grants at a time', async () => {
    const broker = await worldOf(23);
    let running = 0;
    let most = 0;
    const find: GrantStore['find'] = async (id) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return broker.ports.store.find(id);
    };
    expect(await pass(broker, { store: { find } })).toMatchObject({ ended: { length: 23 } });
    expect(most).toBe(10);
  });

  test('stops after as many grants as it may end, and the next one goes on there', async () => {
    const broker = await worldOf(25);
    const ids = idsOf(broker);
    const first = await pass(broker, {}, { ...PLENTY, grants: 20 });
    expect(first).toMatchObject({ finished: false, ended: { length: 20 }, failed: [] });
    expect(broker.table.orders.get('ev_1')).toMatchObject({
      after: ids[19],
      result: { ended: 20 },
    });
    const asked: unknown[] = [];
    const openGrants: PrincipalStore['openGrants'] = async (id, query) => {
      asked.push(query.after);
      return broker.table.principalStore().openGrants(id, query);
    };
    const second = await pass(broker, { principals: { openGrants } });
    expect(second).toMatchObject({
      ...{ finished: true, ended: { length: 5 } },
      open: { result: { ended: 25, newest: { length: 25 } } },
    });
    expect(asked).toEqual([ids[19]]);
  });

  test('stops when its time is up', async () => {
    const broker = await worldOf(25);
    const openGrants: PrincipalStore['openGrants'] = async (id, query) => {
      broker.now += 10_000;
      return broker.table.principalStore().openGrants(id, query);
    };
    const limits = { ...PLENTY, until: NOW + 15_000 };
    const done = await pass(broker, { principals: { openGrants } }, limits);
    expect(done).toMatchObject({ finished: false, ended: { length: 20 } });
    const over = { ...limits, until: broker.now };
    expect(await pass(broker, {}, over)).toMatchObject({ finished: false, ended: [] });
  });

  test('keeps no grant alive because of another that cannot be ended, and tries that again', async () => {
    const broker = await worldOf(12);
    const [stuck = ''] = idsOf(broker);
    const find: GrantStore['find'] = async (id) =>
      id === stuck ? err(NO_STORE) : broker.ports.store.find(id);
    const done = await pass(broker, { store: { find } });
    expect(done).toMatchObject({ finished: false, failed: [stuck], fault: NO_STORE });
    expect(statuses(broker).toSorted()).toEqual([...Array(11).fill('cancelled'), 'pending']);
    expect(broker.table.orders.get('ev_1')).toMatchObject({ after: null, missed: 0 });
    expect(await pass(broker)).toMatchObject({
      ...{ finished: true, ended: [{ id: stuck }] },
      open: { result: { ended: 12 } },
    });
  });

  test('comes back to a grant that could not be ended in an earlier pass', async () => {
    const broker = await worldOf(25);
    const [stuck = ''] = idsOf(broker);
    const find: GrantStore['find'] = async (id) =>
      id === stuck ? err(NO_STORE) : broker.ports.store.find(id);
    await pass(broker, { store: { find } }, { ...PLENTY, grants: 20 });
    expect(broker.table.orders.get('ev_1')).toMatchObject({ missed: 1 });
    expect(await pass(broker)).toMatchObject({ finished: false, fault: null });
    expect(broker.table.orders.size).toBe(1);
    expect(await pass(broker)).toMatchObject({ finished: true, ended: [{ id: stuck }] });
  });

  test('leaves grants that were requested after the order, unless the principal is suspended', async () => {
    const broker = await worldOf(1);
    broker.now += 2000;
    const later = await pendingIn(broker);
    expect(await pass(broker)).toMatchObject({ finished: true, ended: { length: 1 } });
    expect(broker.grants.get(later.id)).toMatchObject({ status: 'pending' });
    expect(await pass(broker, {}, PLENTY, true)).toMatchObject({ ended: [{ id: later.id }] });
  });

  test('whose progress cannot be written is done again', async () => {
    const broker = await worldOf(2);
    const finish = async () => err(NO_STORE);
    const done = await pass(broker, { principals: { finish } });
    expect(done).toMatchObject({ finished: false, ended: { length: 2 }, fault: NO_STORE });
    expect(await pass(broker)).toMatchObject({ finished: true, ended: [] });
  });

  test('keeps what it did before the list of grants could not be read any more', async () => {
    const broker = await worldOf(12);
    let reads = 0;
    const openGrants: PrincipalStore['openGrants'] = async (id, query) => {
      reads += 1;
      return reads > 1 ? err(NO_STORE) : broker.table.principalStore().openGrants(id, query);
    };
    const done = await pass(broker, { principals: { openGrants } });
    expect(done).toMatchObject({ finished: false, ended: { length: 10 }, fault: NO_STORE });
    expect(broker.table.orders.get('ev_1')).toMatchObject({ result: { ended: 10 } });
  });

  test('does not bring back an order that another pass has finished', async () => {
    const broker = await worldOf(1);
    const openGrants: PrincipalStore['openGrants'] = async () => {
      broker.table.orders.delete('ev_1');
      return ok(Array.from({ length: 10 }, (_, index) => `gr_${index}`));
    };
    await pass(broker, { principals: { openGrants } }, { ...PLENTY, grants: 10 });
    expect(broker.table.orders.size).toBe(0);
  });
});
