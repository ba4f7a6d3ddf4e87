import { describe, expect, test } from '@jest/globals';
import { initiatorOf } from '../../../core/audit.ts';
import type { PrincipalPorts } from '../../../core/grants/give-order.ts';
import {
  resumePrincipal,
  revokeAll,
  suspendPrincipal,
} from '../../../core/grants/suspend-principal.ts';
import type { GrantStore, PrincipalStore } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { ADMIN, GOVERNED, pendingIn } from '../../support/authorities.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { callOf, type World, world } from '../../support/memory-ports.ts';

const ORDER = { principal: 'people:ana', reason: 'lost laptop' };
const BY = initiatorOf(callOf(ADMIN));
const IDEMPOTENCY = { principal: 'people:ada', key: 'k', fingerprint: 'suspend ana' };
const KEYED = { idempotency: IDEMPOTENCY };

function portsOf(
  { ports, table }: World,
  changes: { store?: Partial<GrantStore>; principals?: Partial<PrincipalStore> } = {},
): PrincipalPorts {
  return {
    ...ports,
    store: { ...ports.store, ...changes.store },
    principals: { ...table.principalStore(), ...changes.principals },
  };
}

async function worldOf(count: number): Promise<World> {
  const broker = world(GOVERNED);
  for (let made = 0; made < count; made += 1) {
    await pendingIn(broker);
    broker.now += 1000;
  }
  return broker;
}

describe('an order that is repeated under its key', () => {
  test('gets the first answer again, and leaves no second record', async () => {
    const broker = await worldOf(3);
    const first = await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED);
    broker.now += 1000;
    const events = broker.events.length;
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED)).toEqual(first);
    expect(first).toMatchObject({ value: { ended: 3, grants: { length: 3 } } });
    expect(broker.table.principalEvents).toHaveLength(1);
    expect(broker.events).toHaveLength(events);
  });

  test('shows its grants as they are now', async () => {
    const broker = await worldOf(1);
    await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED);
    for (const [id, grant] of broker.grants) broker.grants.set(id, { ...grant, version: 9 });
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED)).toMatchObject({
      value: { grants: [{ version: 9 }] },
    });
    const find = async () => err(NO_STORE);
    const blind = portsOf(broker, { store: { find } });
    expect(await suspendPrincipal(blind, ORDER, BY, KEYED)).toEqual(err(NO_STORE));
  });

  test('does not suspend again who was resumed since, and ends nothing it got since', async () => {
    const broker = await worldOf(1);
    const first = await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED);
    broker.now += 5000;
    await resumePrincipal(portsOf(broker), ORDER, BY);
    const since = await pendingIn(broker);
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED)).toEqual(first);
    expect(broker.table.suspensions.size).toBe(0);
    expect(broker.grants.get(since.id)).toMatchObject({ status: 'pending' });
  });

  test('is finished where the first call was interrupted, and counts what that one ended', async () => {
    const broker = await worldOf(15);
    const [stuck = ''] = [...broker.grants.keys()].toSorted();
    const find: GrantStore['find'] = async (id) =>
      id === stuck ? err(NO_STORE) : broker.ports.store.find(id);
    const failing = portsOf(broker, { store: { find } });
    expect(await suspendPrincipal(failing, ORDER, BY, KEYED)).toEqual(err(NO_STORE));
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED)).toMatchObject({
      value: { ended: 15, finished: true, grants: { length: 15 } },
    });
    expect(broker.table.principalEvents).toHaveLength(1);
    expect(broker.table.orders.size).toBe(0);
  });

  test('that was interrupted also ends what began before its principal was kept out everywhere', async () => {
    const broker = await worldOf(1);
    const failing = portsOf(broker, { principals: { openGrants: async () => err(NO_STORE) } });
    broker.now += 5000;
    const since = await pendingIn(broker);
    broker.now -= 5000;
    await suspendPrincipal(failing, ORDER, BY, KEYED);
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED)).toMatchObject({
      value: { ended: 2 },
    });
    expect(broker.grants.get(since.id)).toMatchObject({ status: 'cancelled' });
  });

  test('fails, with the name of the grant, where one that it ended is missing', async () => {
    const broker = await worldOf(2);
    await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED);
    const [gone = ''] = broker.grants.keys();
    broker.grants.delete(gone);
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED)).toEqual(
      err({ ...NO_STORE, grantId: gone }),
    );
  });

  test('that was interrupted ends nothing of what a resumed principal got since', async () => {
    const broker = await worldOf(1);
    const failing = portsOf(broker, { principals: { openGrants: async () => err(NO_STORE) } });
    await suspendPrincipal(failing, ORDER, BY, KEYED);
    broker.now += 5000;
    await resumePrincipal(portsOf(broker), ORDER, BY);
    const since = await pendingIn(broker);
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED)).toMatchObject({
      value: { ended: 1, suspension: { reason: 'lost laptop' } },
    });
    expect(broker.table.suspensions.size).toBe(0);
    expect(broker.grants.get(since.id)).toMatchObject({ status: 'pending' });
  });

  test('at the same moment is given once', async () => {
    const broker = await worldOf(2);
    const both = await Promise.all([
      suspendPrincipal(portsOf(broker), ORDER, BY, KEYED),
      suspendPrincipal(portsOf(broker), ORDER, BY, KEYED),
    ]);
    expect(both).toMatchObject([{ ok: true }, { ok: true }]);
    expect(broker.table.principalEvents).toHaveLength(1);
  });

  test.each([
    ['revoke', revokeAll],
    ['resume', resumePrincipal],
  ])('is recognised where it is to %s as well', async (_, give) => {
    const broker = await worldOf(1);
    const first = await give(portsOf(broker), ORDER, BY, KEYED);
    await pendingIn(broker);
    expect(await give(portsOf(broker), ORDER, BY, KEYED)).toEqual(first);
    expect(broker.table.principalEvents).toHaveLength(1);
  });

  test('is refused where the key was used for something else', async () => {
    const broker = await worldOf(1);
    await suspendPrincipal(portsOf(broker), ORDER, BY, KEYED);
    const other = { idempotency: { ...IDEMPOTENCY, fingerprint: 'resume ana' } };
    const refused = err({ code: 'key-reused' });
    expect(await resumePrincipal(portsOf(broker), ORDER, BY, other)).toEqual(refused);
    expect(broker.table.suspensions.size).toBe(1);
  });

  test('fails where the store does not know', async () => {
    const broker = await worldOf(1);
    const givenUnder = async () => err(NO_STORE);
    const ports = portsOf(broker, { principals: { givenUnder } });
    expect(await suspendPrincipal(ports, ORDER, BY, KEYED)).toEqual(err(NO_STORE));
    expect(broker.table.suspensions.size).toBe(0);
  });
});

describe('an order about a principal', () => {
  test('without a key is not looked for among those that were given', async () => {
    const broker = await worldOf(1);
    const givenUnder = async () => err(NO_STORE);
    const ports = portsOf(broker, { principals: { givenUnder } });
    expect(await suspendPrincipal(ports, ORDER, BY)).toMatchObject({ value: { ended: 1 } });
  });

  test('to suspend also ends what another machine, whose clock is ahead, has just granted', async () => {
    const ahead = async () => {
      const broker = await worldOf(1);
      broker.now += 5000;
      const grant = await pendingIn(broker);
      broker.now -= 5000;
      return { broker, grant };
    };
    const suspended = await ahead();
    expect(await suspendPrincipal(portsOf(suspended.broker), ORDER, BY)).toMatchObject({
      value: { ended: 2 },
    });
    const revoked = await ahead();
    expect(await revokeAll(portsOf(revoked.broker), ORDER, BY)).toMatchObject({
      value: { ended: 1 },
    });
    expect(revoked.broker.grants.get(revoked.grant.id)).toMatchObject({ status: 'pending' });
  });

  test('reads no grant again that it has ended', async () => {
    const broker = await worldOf(3);
    const read: string[] = [];
    const find: GrantStore['find'] = async (id) => {
      read.push(id);
      return broker.ports.store.find(id);
    };
    expect(await revokeAll(portsOf(broker, { store: { find } }), ORDER, BY)).toMatchObject({
      value: { grants: { length: 3 } },
    });
    expect(read.toSorted()).toEqual([...broker.grants.keys()].toSorted());
  });
});

describe('an order about a principal with many grants', () => {
  test('answers one page of them, the newest first, with the place of the next', async () => {
    const broker = await worldOf(60);
    const done = await suspendPrincipal(portsOf(broker), ORDER, BY);
    if (!done.ok) throw new Error(done.error.code);
    const { grants, next, ended, finished } = done.value;
    expect({ ended, finished }).toEqual({ ended: 60, finished: true });
    const newest = [...broker.grants.values()].toSorted((a, b) => b.createdAt - a.createdAt);
    expect(grants.map(({ id }) => id)).toEqual(newest.slice(0, 50).map(({ id }) => id));
    expect(next).toEqual({ createdAt: newest[49]?.createdAt, id: newest[49]?.id });
  });

  test('has no next page where they fill exactly one', async () => {
    const broker = await worldOf(50);
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY)).toMatchObject({
      value: { ended: 50, grants: { length: 50 }, next: null },
    });
  });

  test('ends five hundred at once, and says that there are more', async () => {
    const broker = await worldOf(505);
    const done = await suspendPrincipal(portsOf(broker), ORDER, BY);
    expect(done).toMatchObject({ value: { ended: 500, finished: false } });
    expect(broker.table.orders.size).toBe(1);
  });

  test('ends as many as it may', async () => {
    const broker = await worldOf(25);
    const giving = { limits: { grants: 20, seconds: 60 } };
    const done = await revokeAll(portsOf(broker), ORDER, BY, giving);
    expect(done).toMatchObject({ value: { ended: 20, finished: false, next: null } });
  });

  test('gives up where the suspension changes again and again', async () => {
    const broker = await worldOf(1);
    const give: PrincipalStore['give'] = async () => err({ code: 'conflict' });
    const ports = portsOf(broker, { principals: { give } });
    expect(await suspendPrincipal(ports, ORDER, BY)).toEqual(err(NO_STORE));
    expect(ok(broker.table.suspensions.size)).toEqual(ok(0));
  });
});
