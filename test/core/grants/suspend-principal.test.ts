import { describe, expect, test } from '@jest/globals';
import { initiatorOf } from '../../../core/audit.ts';
import type { ChangePorts } from '../../../core/grants/change-grant.ts';
import type { PrincipalPorts } from '../../../core/grants/give-order.ts';
import {
  isKnown,
  mayOrder,
  resumePrincipal,
  revokeAll,
  suspendPrincipal,
} from '../../../core/grants/suspend-principal.ts';
import type { GrantStore, PrincipalStore } from '../../../core/ports.ts';
import type { Caller } from '../../../core/principal.ts';
import { err, ok } from '../../../core/result.ts';
import { ADMIN, activeIn, GOVERNED, pendingIn, STRANGER } from '../../support/authorities.ts';
import { NO_POLICY, NO_STORE, withEngine } from '../../support/failing-ports.ts';
import { ANA, callOf, NOW, type World, world } from '../../support/memory-ports.ts';

const SUSPENSION = { at: NOW, by: 'broker', reason: 'x' } as const;
const ORDER = { principal: 'people:ana', reason: 'left the company' };
const ACTOR = { type: 'User', id: 'people:ada', name: 'ada@acme.example' };
const BY = initiatorOf(callOf(ADMIN));

function portsOf(
  { ports, table }: World,
  changes: Partial<PrincipalStore> = {},
  store: Partial<GrantStore> = {},
): PrincipalPorts & Pick<ChangePorts, 'engine'> {
  return {
    ...ports,
    store: { ...ports.store, ...store },
    principals: { ...table.principalStore(), ...changes },
  };
}

/** Three grants of Ana's, one of them over, and one of somebody else's. */
async function withGrants() {
  const broker = world(GOVERNED);
  const active = await activeIn(broker, { keysValidUntil: NOW + 1000 });
  const pending = await pendingIn(broker);
  await activeIn(broker, { status: 'expired' });
  const other = await activeIn(broker, {}, STRANGER);
  return { broker, active, pending, other };
}

/** How much of the answer depends on nothing but the principal. */
const NONE = { grants: [], next: null, ended: 0, finished: true, killing: [] };

describe('revoking all of a principal', () => {
  test('ends its open grants and nothing else', async () => {
    const { broker, active, pending, other } = await withGrants();
    const done = await revokeAll(portsOf(broker), ORDER, BY);
    const endReason = 'revoked with all of its principal: left the company';
    if (!done.ok) throw new Error(done.error.code);
    const { grants, ...rest } = done.value;
    expect(rest).toEqual({
      ...{ id: 'people:ana', suspension: null, next: null },
      ...{ ended: 2, finished: true, killing: [active.id] },
    });
    expect(new Map(grants.map((grant) => [grant.id, grant]))).toMatchObject(
      new Map([
        [active.id, { status: 'revoking', endReason }],
        [pending.id, { status: 'cancelled', endReason }],
      ]),
    );
    expect(broker.events.at(-1)).toMatchObject({ actor: ACTOR, requestId: 'r-1', at: NOW });
    expect(broker.grants.get(other.id)).toEqual(other);
    expect(broker.questions).toEqual([]);
    expect(broker.table.orders.size).toBe(0);
  });

  test.each([null, ''])('needs no reason: %j', async (reason) => {
    const { broker } = await withGrants();
    expect(await revokeAll(portsOf(broker), { ...ORDER, reason }, BY)).toMatchObject({
      value: { grants: [{ endReason: 'revoked with all of its principal' }, {}] },
    });
    expect(broker.table.principalEvents).toMatchObject([{ reason: '' }]);
  });

  test('reports a suspension that stands, and does not change it', async () => {
    const broker = world(GOVERNED);
    broker.table.suspensions.set('people:ana', SUSPENSION);
    expect(await revokeAll(portsOf(broker), ORDER, BY)).toEqual(
      ok({ ...NONE, id: 'people:ana', suspension: SUSPENSION }),
    );
    expect(broker.table.suspensions.get('people:ana')).toEqual(SUSPENSION);
  });

  test('leaves a line in the trail of the principal', async () => {
    const { broker } = await withGrants();
    await revokeAll(portsOf(broker), ORDER, BY);
    expect(broker.table.principalEvents).toMatchObject([
      {
        ...{ type: 'principal-revoked', principalId: 'people:ana', reason: 'left the company' },
        ...{ actor: ACTOR, requestId: 'r-1', sourceIp: '10.1.2.3', at: NOW },
      },
    ]);
  });

  test('of one that has nothing open keeps no order', async () => {
    const broker = world(GOVERNED);
    const given: boolean[] = [];
    const give: PrincipalStore['give'] = async (write) => {
      given.push(write.open);
      return broker.table.principalStore().give(write);
    };
    await revokeAll(portsOf(broker, { give }), ORDER, BY);
    expect(given).toEqual([false]);
  });

  test('does not count grants that ended meanwhile, or that others are ending', async () => {
    const { broker, active } = await withGrants();
    const revoking = await activeIn(broker, { status: 'revoking' });
    const openGrants = async () => ok([active.id, 'gr_gone', revoking.id]);
    expect(await revokeAll(portsOf(broker, { openGrants }), ORDER, BY)).toMatchObject({
      value: { ended: 1, grants: [{ id: active.id }], killing: [active.id, revoking.id] },
    });
  });

  test.each<Partial<PrincipalStore>>([
    { openGrants: async () => err(NO_STORE) },
    { suspensionOf: async () => err(NO_STORE) },
    { give: async () => err(NO_STORE) },
  ])('fails when the store does', async (changes) => {
    const { broker } = await withGrants();
    expect(await revokeAll(portsOf(broker, changes), ORDER, BY)).toEqual(err(NO_STORE));
  });
});

describe('suspending a principal', () => {
  test('keeps it out, with the order to end its grants, before any of them is ended', async () => {
    const { broker, active, pending } = await withGrants();
    const openGrants: PrincipalStore['openGrants'] = async (id, query) => {
      expect(broker.table.suspensions.has(id)).toBe(true);
      expect(broker.table.orders.size).toBe(1);
      return broker.table.principalStore().openGrants(id, query);
    };
    const suspension = { at: NOW, by: ACTOR, reason: 'left the company' };
    const done = await suspendPrincipal(portsOf(broker, { openGrants }), ORDER, BY);
    expect(done).toMatchObject({ value: { id: 'people:ana', suspension, ended: 2 } });
    for (const { id } of [active, pending]) {
      const endReason = 'its principal was suspended: left the company';
      expect(broker.grants.get(id)).toMatchObject({ endReason });
    }
    expect([...broker.table.suspensions]).toEqual([['people:ana', suspension]]);
    expect(broker.table.orders.size).toBe(0);
  });

  test('again replaces the suspension, and ends what is open', async () => {
    const { broker } = await withGrants();
    await suspendPrincipal(portsOf(broker), ORDER, BY);
    broker.now += 5000;
    const again = { ...ORDER, reason: 'really' };
    expect(await suspendPrincipal(portsOf(broker), again, BY)).toMatchObject({
      value: { suspension: { at: NOW + 5000, reason: 'really' }, ended: 0 },
    });
    expect(broker.table.suspensions.size).toBe(1);
  });

  test('records an empty reason where none was given', async () => {
    const broker = world(GOVERNED);
    const order = { ...ORDER, reason: null };
    expect(await suspendPrincipal(portsOf(broker), order, BY)).toMatchObject({
      value: { suspension: { reason: '' }, grants: [] },
    });
  });

  test('ends nothing where the principal could not be kept out', async () => {
    const { broker } = await withGrants();
    const ports = portsOf(broker, { give: async () => err(NO_STORE) });
    expect(await suspendPrincipal(ports, ORDER, BY)).toEqual(err(NO_STORE));
    expect(broker.log).toEqual([]);
  });

  test('fails where its grants cannot be found, and keeps it out and the order all the same', async () => {
    const { broker } = await withGrants();
    const ports = portsOf(broker, { openGrants: async () => err(NO_STORE) });
    expect(await suspendPrincipal(ports, ORDER, BY)).toEqual(err(NO_STORE));
    expect(broker.table.suspensions.size).toBe(1);
    expect(broker.table.orders.size).toBe(1);
  });

  test('is refused to one who was suspended a moment ago', async () => {
    const { broker } = await withGrants();
    broker.table.suspend('people:ada', SUSPENSION);
    const giving = { unsuspended: 'people:ada' };
    const refused = err({ code: 'suspended' });
    expect(await suspendPrincipal(portsOf(broker), ORDER, BY, giving)).toEqual(refused);
    expect(broker.table.suspensions.has('people:ana')).toBe(false);
  });

  test('is decided again where the suspension changed between the read and the write', async () => {
    const { broker } = await withGrants();
    const store = broker.table.principalStore();
    let reads = 0;
    const suspensionOf: PrincipalStore['suspensionOf'] = async (id) => {
      const read = await store.suspensionOf(id);
      reads += 1;
      if (reads === 1) broker.table.suspensions.set(id, SUSPENSION);
      return read;
    };
    const order = { ...ORDER, reason: 'later' };
    broker.now += 1;
    expect(await suspendPrincipal(portsOf(broker, { suspensionOf }), order, BY)).toMatchObject({
      value: { suspension: { reason: 'later' } },
    });
    expect(reads).toBe(2);
  });
});

describe('resuming a principal', () => {
  test('lets it in again, and brings no grant back', async () => {
    const { broker } = await withGrants();
    await suspendPrincipal(portsOf(broker), ORDER, BY);
    const ended = [...broker.grants.values()];
    expect(await resumePrincipal(portsOf(broker), ORDER, BY)).toEqual(
      ok({ ...NONE, id: 'people:ana', suspension: null }),
    );
    expect(broker.table.suspensions.size).toBe(0);
    expect([...broker.grants.values()]).toEqual(ended);
    expect(broker.table.principalEvents.at(-1)).toMatchObject({ type: 'principal-resumed' });
  });

  test('fails when the store does', async () => {
    const ports = portsOf(world(GOVERNED), { give: async () => err(NO_STORE) });
    expect(await resumePrincipal(ports, ORDER, BY)).toEqual(err(NO_STORE));
  });
});

describe('a principal is known', () => {
  const NEVER = { ...NONE, id: 'people:ana', suspension: null };

  test('once it requested something, whatever became of it', async () => {
    const broker = world(GOVERNED);
    expect(await isKnown(portsOf(broker), NEVER)).toEqual(ok(false));
    await activeIn(broker, { status: 'denied' });
    expect(await isKnown(portsOf(broker), NEVER)).toEqual(ok(true));
  });

  test('where grants of it were ended, without another look', async () => {
    const hasAsked = async () => err(NO_STORE);
    const ports = portsOf(world(GOVERNED), { hasAsked });
    expect(await isKnown(ports, { ...NEVER, ended: 1 })).toEqual(ok(true));
    expect(await isKnown(ports, NEVER)).toEqual(err(NO_STORE));
  });
});

describe('an order about a principal', () => {
  const may = (
    broker: World,
    caller: Caller,
    what: 'revoke' | 'suspend' | 'resume',
    principal = 'people:ana',
  ) => mayOrder(portsOf(broker), caller, what, principal);

  test.each(['revoke', 'suspend', 'resume'] as const)(
    'to %s is for administrators who are not suspended',
    async (what) => {
      const broker = world(GOVERNED);
      expect(await may(broker, ADMIN, what)).toEqual(ok(null));
      expect(broker.questions).toEqual(['administer']);
      const detail = `Policy does not let you ${what} other principals.`;
      expect(await may(broker, STRANGER, what)).toEqual(err({ code: 'forbidden', detail }));
      broker.table.suspensions.set('people:ada', SUSPENSION);
      expect(await may(broker, ADMIN, what)).toEqual(err({ code: 'suspended' }));
    },
  );

  test('to revoke their own grants is for everybody, suspended or not', async () => {
    const broker = world(GOVERNED);
    broker.table.suspensions.set('people:ana', SUSPENSION);
    expect(await may(broker, ANA, 'revoke')).toEqual(ok(null));
    expect(broker.questions).toEqual([]);
  });

  test.each(['suspend', 'resume'] as const)(
    'to %s oneself takes an administrator',
    async (what) => {
      const broker = world(GOVERNED);
      const detail = `Policy does not let you ${what} other principals.`;
      expect(await may(broker, ANA, what)).toEqual(err({ code: 'forbidden', detail }));
      broker.table.suspensions.set('people:ada', SUSPENSION);
      expect(await may(broker, ADMIN, what, 'people:ada')).toEqual(err({ code: 'suspended' }));
    },
  );

  test('is refused where the store or policy does not answer', async () => {
    const broker = world(GOVERNED);
    const down = portsOf(broker, { suspensionOf: async () => err(NO_STORE) });
    expect(await mayOrder(down, ADMIN, 'suspend', 'people:ana')).toEqual(err(NO_STORE));
    const { engine } = withEngine(broker.ports, { mayOnBroker: () => err(NO_POLICY) });
    const silent = { ...portsOf(broker), engine };
    expect(await mayOrder(silent, ADMIN, 'suspend', 'people:ana')).toEqual(err(NO_POLICY));
  });
});

test('a job cannot end everything of its workload, whose grants other jobs have', async () => {
  const { broker } = await withGrants();
  const job: Caller = {
    ...ANA,
    principal: { ...ANA.principal, type: 'Workload', id: 'github:1001/2002' },
  };
  expect(await mayOrder(portsOf(broker), job, 'revoke', 'github:1001/2002')).toMatchObject({
    error: { code: 'forbidden', detail: expect.stringContaining('other jobs') },
  });
});
