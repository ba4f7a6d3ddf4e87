import { randomInt, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { GATES, type Gate, type GatePorts } from '../../core/gates.ts';
import type { Grant } from '../../core/grant.ts';
import { revoke } from '../../core/lifecycle/end.ts';
import type { GrantStore, OrderWrite, PrincipalStore } from '../../core/ports.ts';
import {
  type OpenOrder,
  type PrincipalOrder,
  type Suspension,
  suspensionBy,
} from '../../core/principal-order.ts';
import { activeGrant, NOW, requestedEvent } from '../support/sample-grants.ts';

export type PrincipalStores = {
  readonly store: GrantStore;
  readonly principals: PrincipalStore;
  readonly gates: (principal: string) => GatePorts;
};

const done = { ok: true, value: null };
const conflict = { ok: false, error: { code: 'conflict' } };
const ADA = { type: 'User', id: 'people:ada', name: 'ada' } as const;

const orderOf = (changes: Partial<PrincipalOrder> = {}): PrincipalOrder => ({
  ...{ id: `ev_${randomUUID()}`, what: 'suspend', principal: `people:${randomUUID()}` },
  ...{ reason: 'x', at: NOW, actor: ADA, requestId: 'r-1', sourceIp: null },
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  ...changes,
});

const writeOf = (order: PrincipalOrder, changes: Partial<OrderWrite> = {}): OrderWrite => {
  const suspension = order.what === 'suspend' ? suspensionBy(order) : null;
  const result = { suspension, ended: 0, newest: [] };
  return {
    ...{ order, before: null, result, open: false, idempotency: null, unsuspended: null },
    ...changes,
  };
};

const openOf = ({ order, result, idempotency }: OrderWrite): OpenOrder => ({
  ...{ order, result, after: null, missed: 0, idempotency },
});

/** The promises that every adapter of the PrincipalStore port keeps. */
export function principalStoreContract(name: string, make: () => Promise<PrincipalStores>): void {
  describe(`principals in ${name}`, () => {
    let store: GrantStore;
    let principals: PrincipalStore;
    beforeAll(async () => {
      ({ store, principals } = await make());
    });

    const create = (grant: Grant) =>
      store.create({
        grant,
        events: [requestedEvent(grant)],
        idempotency: null,
        vendsOn: [],
        counted: [],
      });
    const resume = (order: PrincipalOrder, before: Suspension | null) =>
      principals.give(writeOf({ ...order, id: `ev_${randomUUID()}`, what: 'resume' }, { before }));

    test('are suspended and resumed', async () => {
      const order = orderOf();
      const { principal } = order;
      expect(await principals.suspensionOf(principal)).toEqual(done);
      expect(await principals.give(writeOf(order))).toEqual(done);
      const suspension = { at: NOW, by: ADA, reason: 'x' };
      expect(await principals.suspensionOf(principal)).toEqual({ ok: true, value: suspension });
      expect(await resume(order, suspension)).toEqual(done);
      expect(await principals.suspensionOf(principal)).toEqual(done);
      expect(await resume(order, null)).toEqual(done);
    });

    test('are suspended and resumed only as they were read', async () => {
      const order = orderOf();
      const suspension = suspensionBy(order);
      expect(await principals.give(writeOf(order, { before: suspension }))).toEqual(conflict);
      await principals.give(writeOf(order));
      expect(await principals.give(writeOf(orderOf({ ...order, at: NOW + 1 })))).toEqual(conflict);
      expect(await resume(order, null)).toEqual(conflict);
      expect(await resume(order, { ...suspension, at: NOW - 1 })).toEqual(conflict);
      expect(await principals.suspensionOf(order.principal)).toMatchObject({ value: suspension });
    });

    test('are suspended again at another time, and at the same', async () => {
      const first = orderOf();
      const before = suspensionBy(first);
      await principals.give(writeOf(first));
      const same = orderOf({ principal: first.principal, reason: 'same' });
      expect(await principals.give(writeOf(same, { before }))).toEqual(done);
      const later = orderOf({ principal: first.principal, at: NOW + 1000, reason: 'later' });
      expect(await principals.give(writeOf(later, { before }))).toEqual(done);
      expect(await principals.suspensionOf(first.principal)).toMatchObject({
        value: { at: NOW + 1000, reason: 'later' },
      });
    });

    test('that are suspended get no grant, and give no orders', async () => {
      const grant = activeGrant();
      const { id } = grant.requester;
      const suspension = orderOf({ principal: id });
      await principals.give(writeOf(suspension));
      expect(await principals.settleGates(suspension)).toEqual(done);
      expect(await create(grant)).toMatchObject({ error: { code: 'suspended' } });
      const order = orderOf();
      const write = writeOf(order, { unsuspended: id });
      expect(await principals.give(write)).toMatchObject({ error: { code: 'suspended' } });
      expect(await principals.suspensionOf(order.principal)).toEqual(done);
    });

    test('are listed while they are suspended, the latest first, in pages', async () => {
      const from = Date.parse('2099-01-01T00:00:00Z') + randomInt(1_000_000_000) * 10;
      const orders = [1, 2, 3, 4].map((after) => orderOf({ at: from + after }));
      for (const order of orders) await principals.give(writeOf(order));
      const [first, second, third, fourth] = orders.map(({ principal }) => principal);
      const before = { at: from + 1, by: ADA, reason: 'x' };
      const again = orderOf({ principal: first ?? '', at: from + 5, reason: 'again' });
      await principals.give(writeOf(again, { before }));
      const [, , gone] = orders;
      if (gone !== undefined) await resume(gone, suspensionBy(gone));

      const after = { at: from + 6, hash: '' };
      const page = await principals.suspended({ limit: 2, after });
      if (!page.ok || page.value.next === null) throw new Error('no page');
      expect(page.value.principals).toEqual([
        { principal: first, at: from + 5, by: ADA, reason: 'again' },
        { principal: fourth, at: from + 4, by: ADA, reason: 'x' },
      ]);
      const rest = await principals.suspended({ limit: 100, after: page.value.next });
      const others = rest.ok ? rest.value.principals.map(({ principal }) => principal) : [];
      expect(others[0]).toBe(second);
      expect(others).not.toContain(third);
      for (const one of [again, orders[1], orders[3]]) {
        if (one !== undefined) await resume(one, suspensionBy(one));
      }
    });

    test('have the grants open that were just written, in pages, and none that have ended', async () => {
      const requester = { type: 'User', id: `people:${randomUUID()}`, name: 'x' } as const;
      const grants = Array.from({ length: 5 }, () => activeGrant({ requester }));
      for (const grant of grants) await create(grant);
      const ids = grants.map(({ id }) => id).toSorted();
      const open = (after: string | null, limit: number) =>
        principals.openGrants(requester.id, { after, limit });
      expect(await open(null, 3)).toEqual({ ok: true, value: ids.slice(0, 3) });
      expect(await open(ids[2] ?? '', 3)).toEqual({ ok: true, value: ids.slice(3) });
      const [grant] = grants;
      const ended = grant === undefined ? null : revoke(grant, 'x', NOW);
      if (grant === undefined || !ended?.ok) throw new Error('not revoked');
      await store.update({
        ...{ before: grant, grant: ended.value.grant, events: [requestedEvent(grant)] },
        ...{ idempotency: null, unsuspended: [] },
      });
      const left = ids.filter((id) => id !== grant.id);
      expect(await open(null, 10)).toEqual({ ok: true, value: left });
      expect(await open(grant.id, 10)).toEqual({
        ok: true,
        value: left.filter((id) => id > grant.id),
      });
    });

    test('have asked for something once they requested it, even if it was denied', async () => {
      const [active, denied] = [activeGrant(), activeGrant({ status: 'denied' })];
      for (const grant of [active, denied]) {
        const { id } = grant.requester;
        expect(await principals.hasAsked(id)).toEqual({ ok: true, value: false });
        await create(grant);
        expect(await principals.hasAsked(id)).toEqual({ ok: true, value: true });
      }
    });
  });

  describe(`the gates of principals in ${name}`, () => {
    let stores: PrincipalStores;
    beforeAll(async () => {
      stores = await make();
    });

    const give = (order: PrincipalOrder, before: Suspension | null = null) =>
      stores.principals.give(writeOf({ ...order, id: `ev_${randomUUID()}` }, { before }));
    /** How many of many requests are refused, whatever gate each of them checks. */
    const refusals = async ({ principal }: PrincipalOrder): Promise<number> => {
      const requester = { type: 'User', id: principal, name: 'x' } as const;
      const asked = await Promise.all(
        Array.from({ length: MANY }, () => {
          const grant = activeGrant({ requester });
          const events = [requestedEvent(grant)];
          return stores.store.create({
            grant,
            events,
            idempotency: null,
            vendsOn: [],
            counted: [],
          });
        }),
      );
      return asked.filter((one) => !one.ok && one.error.code === 'suspended').length;
    };
    const MANY = 60;
    const writeAll = async ({ principal }: PrincipalOrder, gate: Gate): Promise<void> => {
      const { write } = stores.gates(principal);
      for (let number = 0; number < GATES; number += 1) await write(number, gate);
    };

    test('are closed one after the other, and opened again', async () => {
      const order = orderOf();
      const { principals } = stores;
      await give(order);
      expect(await principals.settleGates(order)).toEqual(done);
      expect(await refusals(order)).toBe(MANY);
      const resumption = { ...order, what: 'resume' } as const;
      await give(resumption, suspensionBy(order));
      expect(await principals.settleGates(resumption)).toEqual(done);
      expect(await refusals(order)).toBe(0);
    });

    test('of a suspension are not opened by a late writer of an earlier resumption', async () => {
      const order = orderOf();
      await give(order);
      await give({ ...order, what: 'resume' }, suspensionBy(order));
      await give(order);
      await stores.principals.settleGates(order);
      await writeAll(order, { epoch: 2, closed: false, until: null });
      expect(await refusals(order)).toBe(MANY);
    });

    test('that were opened are not closed by a late writer of an earlier suspension', async () => {
      const order = orderOf();
      await give(order);
      await give({ ...order, what: 'resume' }, suspensionBy(order));
      await stores.principals.settleGates(order);
      await writeAll(order, { epoch: 1, closed: true, until: null });
      expect(await refusals(order)).toBe(0);
    });

    test('that a call left behind follow when the order is carried out again', async () => {
      const order = orderOf();
      await give(order);
      await stores.gates(order.principal).write(7, { epoch: 1, closed: true, until: null });
      const state = await stores.gates(order.principal).read();
      expect(state.ok && [...state.value.gates.keys()]).toEqual([7]);
      await stores.principals.settleGates(order);
      expect(await refusals(order)).toBe(MANY);
    });

    test('that are missing from a listed suspension are closed', async () => {
      const at = Date.parse('1980-01-01T00:00:00Z') + randomInt(1_000_000_000);
      const order = orderOf({ at });
      await give(order);
      expect(await stores.principals.closeMissingGates(at, 10)).toEqual({ ok: true, value: 0 });
      expect(await stores.principals.closeMissingGates(at + 1, 10)).toEqual({ ok: true, value: 1 });
      expect(await refusals(order)).toBe(MANY);
      expect(await stores.principals.closeMissingGates(at + 1, 10)).toEqual({ ok: true, value: 0 });
    });

    test('of a suspension that is over are not closed', async () => {
      const order = orderOf({ at: Date.parse('1970-01-01T00:00:00Z') + randomInt(1_000_000_000) });
      await give(order);
      await give({ ...order, what: 'resume' }, suspensionBy(order));
      expect(await stores.principals.closeMissingGates(order.at + 1, 10)).toEqual({
        ok: true,
        value: 0,
      });
      await stores.principals.settleGates(order);
      expect(await refusals(order)).toBe(0);
    });
  });

  describe(`orders about principals in ${name}`, () => {
    let store: GrantStore;
    let principals: PrincipalStore;
    beforeAll(async () => {
      ({ store, principals } = await make());
    });

    const keyOf = () => ({ principal: 'people:ada', key: randomUUID(), fingerprint: 'sha256:a' });
    const old = () => Date.parse('1990-01-01T00:00:00Z') + randomInt(1_000_000_000) * 10;
    /** The open orders of a test among those of others. */
    const openOrders = async (before: number, ...orders: readonly PrincipalOrder[]) => {
      const open = await principals.openOrders(before, 100);
      if (!open.ok) throw new Error('not read');
      const ids = orders.map(({ id }) => id);
      return open.value.filter(({ order }) => ids.includes(order.id));
    };

    test('that are open are found, the oldest first, as far as they have come', async () => {
      const at = old();
      const [first, second] = [orderOf({ at }), orderOf({ at: at + 1, what: 'revoke' })];
      const writes = [second, first].map((order) => writeOf(order, { open: true }));
      for (const write of writes) expect(await principals.give(write)).toEqual(done);
      const [later, earlier] = writes.map(openOf);
      expect(await openOrders(at + 2, first, second)).toEqual([earlier, later]);
      expect(await openOrders(at + 1, first, second)).toEqual([earlier]);
      if (earlier === undefined || later === undefined) throw new Error('no orders');
      const result = { ...earlier.result, ended: 7, newest: [{ createdAt: 1, id: 'gr_1' }] };
      const further = { ...earlier, result, after: 'gr_1', missed: 2 };
      expect(await principals.keep(further)).toEqual(done);
      expect(await openOrders(at + 1, first)).toEqual([further]);
      for (const open of [further, later]) expect(await principals.finish(open)).toEqual(done);
      expect(await openOrders(at + 2, first, second)).toEqual([]);
    });

    test('that are finished do not come back', async () => {
      const order = orderOf({ at: old() });
      const write = writeOf(order, { open: true });
      await principals.give(write);
      await principals.finish(openOf(write));
      expect(await principals.keep(openOf(write))).toEqual(done);
      expect(await principals.finish(openOf(write))).toEqual(done);
      expect(await openOrders(order.at + 1, order)).toEqual([]);
    });

    test('are known under their key, while they are open and afterwards', async () => {
      const idempotency = keyOf();
      expect(await principals.givenUnder(idempotency)).toEqual(done);
      const write = writeOf(orderOf(), { open: true, idempotency });
      await principals.give(write);
      const open = openOf(write);
      expect(await principals.givenUnder(idempotency)).toEqual({
        ok: true,
        value: { finished: false, open },
      });
      const result = { ...open.result, ended: 1, newest: [{ createdAt: 1, id: 'gr_1' }] };
      await principals.finish({ ...open, result });
      expect(await principals.givenUnder(idempotency)).toEqual({
        ok: true,
        value: { finished: true, result },
      });
    });

    test('that end nothing are known under their key at once', async () => {
      const idempotency = keyOf();
      const write = writeOf(orderOf({ what: 'resume' }), { idempotency });
      await principals.give(write);
      expect(await principals.givenUnder(idempotency)).toEqual({
        ok: true,
        value: { finished: true, result: write.result },
      });
    });

    test('are given once under a key, and no other is known under it', async () => {
      const idempotency = keyOf();
      const order = orderOf();
      await principals.give(writeOf(order, { idempotency }));
      const other = orderOf();
      expect(await principals.give(writeOf(other, { idempotency }))).toEqual(conflict);
      expect(await principals.suspensionOf(other.principal)).toEqual(done);
      const reused = { ...idempotency, fingerprint: 'sha256:b' };
      const refused = { ok: false, error: { code: 'key-reused' } };
      expect(await principals.givenUnder(reused)).toEqual(refused);
    });

    test('are not known under the key of a grant, nor grants under theirs', async () => {
      const used = keyOf();
      const grant = activeGrant();
      const create = (idempotency: ReturnType<typeof keyOf>) =>
        store.create({
          grant,
          events: [requestedEvent(grant)],
          idempotency,
          vendsOn: [],
          counted: [],
        });
      await create(used);
      const refused = { ok: false, error: { code: 'key-reused' } };
      expect(await principals.givenUnder(used)).toEqual(refused);
      const mine = keyOf();
      await principals.give(writeOf(orderOf(), { idempotency: mine }));
      expect(await create({ ...mine, fingerprint: 'sha256:b' })).toEqual(refused);
    });
  });
}
