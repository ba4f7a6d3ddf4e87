import { describe, expect, test } from '@jest/globals';
import type { GrantStore, PrincipalStore } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { sweepOrders } from '../../../core/upkeep/sweep-orders.ts';
import { GOVERNED, pendingIn, STRANGER } from '../../support/authorities.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { ANA, NOW, type World, world } from '../../support/memory-ports.ts';
import { orderOf } from '../../support/sample-orders.ts';

const LATER = NOW + 60_000;

function sweeping(
  broker: World,
  store: Partial<GrantStore> = {},
  principals: Partial<PrincipalStore> = {},
) {
  const ports = {
    ...broker.ports,
    store: { ...broker.ports.store, ...store },
    principals: { ...broker.table.principalStore(), ...principals },
  };
  return sweepOrders(ports, LATER);
}

function give(broker: World, ...orders: readonly ReturnType<typeof orderOf>[]): void {
  for (const order of orders) broker.table.orders.set(order.order.id, order);
}

const NOTHING = { finishedOrders: [], endedByOrder: [], unfinishedOrders: [], killing: [] };

describe('the sweep of orders about principals', () => {
  test('leaves young orders to the call that gave them', async () => {
    const broker = world(GOVERNED);
    await pendingIn(broker);
    give(broker, orderOf('people:ana', { at: LATER }));
    expect(await sweeping(broker)).toEqual(ok(NOTHING));
    expect(broker.table.orders.size).toBe(1);
  });

  test('finishes the others, in the name of those who gave them', async () => {
    const broker = world(GOVERNED);
    const [first, second] = [await pendingIn(broker), await pendingIn(broker, {}, STRANGER)];
    give(broker, orderOf('people:eve', { at: NOW + 1 }), orderOf('people:ana'));
    expect(await sweeping(broker)).toEqual(
      ok({
        ...NOTHING,
        finishedOrders: ['people:ana', 'people:eve'],
        endedByOrder: [first.id, second.id],
      }),
    );
    expect(broker.events.at(-1)).toMatchObject({ actor: { id: 'people:ada' }, requestId: 'r-1' });
    expect(broker.table.orders.size).toBe(0);
  });

  test('goes on with the next where one cannot be finished, and names what it could not end', async () => {
    const broker = world(GOVERNED);
    const [stuck, fine] = [await pendingIn(broker), await pendingIn(broker, {}, STRANGER)];
    give(broker, orderOf('people:ana'), orderOf('people:eve', { what: 'revoke' }));
    const find: GrantStore['find'] = async (id) =>
      id === stuck.id ? err(NO_STORE) : broker.ports.store.find(id);
    expect(await sweeping(broker, { find })).toEqual(
      ok({
        ...NOTHING,
        finishedOrders: ['people:eve'],
        endedByOrder: [fine.id],
        unfinishedOrders: [{ principal: 'people:ana', what: 'suspend', failed: [stuck.id] }],
      }),
    );
    expect(await sweeping(broker)).toMatchObject({ value: { endedByOrder: [stuck.id] } });
  });

  test('ends nothing that was requested after the order, unless the principal is suspended', async () => {
    const broker = world(GOVERNED);
    broker.now = NOW + 10_000;
    const later = await pendingIn(broker);
    give(broker, orderOf('people:ana', { what: 'revoke' }));
    expect(await sweeping(broker)).toEqual(ok({ ...NOTHING, finishedOrders: ['people:ana'] }));
    give(broker, orderOf('people:ana'));
    broker.table.suspensions.set('people:ana', { at: NOW, by: 'broker', reason: '' });
    expect(await sweeping(broker)).toMatchObject({ value: { endedByOrder: [later.id] } });
  });

  test('leaves an order whose principal cannot be read to the next run', async () => {
    const broker = world(GOVERNED);
    give(broker, orderOf('people:ana'));
    const suspensionOf = async () => err(NO_STORE);
    const unfinished = { principal: 'people:ana', what: 'suspend', failed: [] };
    expect(await sweeping(broker, {}, { suspensionOf })).toEqual(
      ok({ ...NOTHING, unfinishedOrders: [unfinished] }),
    );
    expect(broker.table.orders.size).toBe(1);
  });

  test('asks for a hundred orders, and stops after half a minute', async () => {
    const broker = world(GOVERNED);
    for (const caller of [ANA, STRANGER]) {
      for (let made = 0; made < 12; made += 1) await pendingIn(broker, {}, caller);
    }
    give(broker, orderOf('people:ana'), orderOf('people:eve'));
    const asked: unknown[] = [];
    const store = broker.table.principalStore();
    const principals: Partial<PrincipalStore> = {
      openOrders: async (before, limit) => {
        asked.push([before, limit]);
        return store.openOrders(before, limit);
      },
      openGrants: async (id, query) => {
        broker.now += 31_000;
        return store.openGrants(id, query);
      },
    };
    expect(await sweeping(broker, {}, principals)).toMatchObject({
      value: {
        endedByOrder: { length: 10 },
        unfinishedOrders: [{ principal: 'people:ana' }, { principal: 'people:eve' }],
      },
    });
    expect(asked).toEqual([[LATER, 100]]);
  });

  test('ends at most two thousand grants, whatever the number of orders', async () => {
    const broker = world(GOVERNED);
    const grant = await pendingIn(broker);
    for (let made = 0; made < 2100; made += 1) {
      const id = `gr_${String(made).padStart(20, '0')}`;
      broker.grants.set(id, { ...grant, id });
    }
    const done = new Set<string>();
    give(broker, orderOf('people:ana'), orderOf('people:eve'));
    // Of thousands of grants in memory every query would look at all.
    const ids = [...broker.grants.keys()].toSorted();
    const openGrants: PrincipalStore['openGrants'] = async (_, { after, limit }) => {
      const from = after === null ? 0 : ids.indexOf(after) + 1;
      return ok(ids.slice(from, from + limit));
    };
    const find: GrantStore['find'] = async (id) => {
      done.add(id);
      return broker.ports.store.find(id);
    };
    await sweeping(broker, { find }, { openGrants });
    expect(done.size).toBe(2000);
  });

  test('finishes orders where gates cannot be closed, and fails, so that the next run closes them', async () => {
    const broker = world(GOVERNED);
    await pendingIn(broker);
    give(broker, orderOf('people:ana'));
    const closeMissingGates = async () => err(NO_STORE);
    expect(await sweeping(broker, {}, { closeMissingGates })).toEqual(err(NO_STORE));
    expect(broker.table.orders.size).toBe(0);
  });

  test('fails where the orders cannot be read', async () => {
    const openOrders = async () => err(NO_STORE);
    expect(await sweeping(world(GOVERNED), {}, { openOrders })).toEqual(err(NO_STORE));
  });
});
