import { describe, expect, test } from '@jest/globals';
import { initiatorOf } from '../../../core/audit.ts';
import type { ChangePorts } from '../../../core/grants/change-grant.ts';
import {
  mayOrder,
  type PrincipalPorts,
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

describe('revoking all of a principal', () => {
  test('ends its open grants and nothing else', async () => {
    const { broker, active, pending, other } = await withGrants();
    const done = await revokeAll(portsOf(broker), ORDER, BY);
    const endReason = 'revoked with all of its principal: left the company';
    expect(done).toMatchObject({
      value: {
        ...{ id: 'people:ana', suspension: null },
        grants: [
          { id: active.id, status: 'revoking', endReason },
          { id: pending.id, status: 'cancelled', endReason },
        ],
      },
    });
    expect(broker.events.at(-1)).toMatchObject({ actor: ACTOR, requestId: 'r-1', at: NOW });
    expect(broker.grants.get(other.id)).toEqual(other);
    expect(broker.questions).toEqual([]);
  });

  test.each([null, ''])('needs no reason: %j', async (reason) => {
    const { broker } = await withGrants();
    expect(await revokeAll(portsOf(broker), { ...ORDER, reason }, BY)).toMatchObject({
      value: { grants: [{ endReason: 'revoked with all of its principal' }, {}] },
    });
  });

  test('reports a suspension that stands', async () => {
    const broker = world(GOVERNED);
    broker.table.suspensions.set('people:ana', SUSPENSION);
    expect(await revokeAll(portsOf(broker), ORDER, BY)).toEqual(
      ok({ id: 'people:ana', suspension: SUSPENSION, grants: [] }),
    );
  });

  test('does not report grants that ended meanwhile', async () => {
    const { broker, active } = await withGrants();
    const openGrants = async () => ok([active.id, 'gr_gone']);
    expect(await revokeAll(portsOf(broker, { openGrants }), ORDER, BY)).toMatchObject({
      value: { grants: [{ id: active.id }] },
    });
  });

  test('ends all grants that it can, and fails if one could not be ended', async () => {
    const broker = world(GOVERNED);
    for (let made = 0; made < 12; made += 1) await pendingIn(broker);
    const [first = ''] = broker.grants.keys();
    const find: GrantStore['find'] = async (id) =>
      id === first ? err(NO_STORE) : broker.ports.store.find(id);
    expect(await revokeAll(portsOf(broker, {}, { find }), ORDER, BY)).toEqual(err(NO_STORE));
    const statuses = [...broker.grants.values()].map(({ status }) => status);
    expect(statuses).toEqual(['pending', ...Array(11).fill('cancelled')]);
  });

  test('ends at most ten grants at a time', async () => {
    const broker = world(GOVERNED);
    for (let made = 0; made < 23; made += 1) await pendingIn(broker);
    let running = 0;
    let most = 0;
    const find: GrantStore['find'] = async (id) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return broker.ports.store.find(id);
    };
    const done = await revokeAll(portsOf(broker, {}, { find }), ORDER, BY);
    expect(done.ok && done.value.grants).toHaveLength(23);
    expect(most).toBe(10);
  });

  test.each<Partial<PrincipalStore>>([
    { openGrants: async () => err(NO_STORE) },
    { suspensionOf: async () => err(NO_STORE) },
  ])('fails when the store does', async (changes) => {
    const { broker } = await withGrants();
    expect(await revokeAll(portsOf(broker, changes), ORDER, BY)).toEqual(err(NO_STORE));
  });
});

describe('suspending a principal', () => {
  test('keeps it out before its grants are ended', async () => {
    const { broker, active, pending } = await withGrants();
    const openGrants: PrincipalStore['openGrants'] = async (id) => {
      expect(broker.table.suspensions.has(id)).toBe(true);
      return broker.table.principalStore().openGrants(id);
    };
    const suspension = { at: NOW, by: ACTOR, reason: 'left the company' };
    const endReason = 'its principal was suspended: left the company';
    expect(await suspendPrincipal(portsOf(broker, { openGrants }), ORDER, BY)).toMatchObject({
      value: {
        ...{ id: 'people:ana', suspension },
        grants: [
          { id: active.id, endReason },
          { id: pending.id, endReason },
        ],
      },
    });
    expect([...broker.table.suspensions]).toEqual([['people:ana', suspension]]);
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
    const ports = portsOf(broker, { suspend: async () => err(NO_STORE) });
    expect(await suspendPrincipal(ports, ORDER, BY)).toEqual(err(NO_STORE));
    expect(broker.log).toEqual([]);
  });

  test('fails where its grants cannot be found, and keeps it out all the same', async () => {
    const { broker } = await withGrants();
    const ports = portsOf(broker, { openGrants: async () => err(NO_STORE) });
    expect(await suspendPrincipal(ports, ORDER, BY)).toEqual(err(NO_STORE));
    expect(broker.table.suspensions.size).toBe(1);
  });
});

describe('resuming a principal', () => {
  test('lets it in again, and brings no grant back', async () => {
    const { broker } = await withGrants();
    await suspendPrincipal(portsOf(broker), ORDER, BY);
    const resumed: unknown[] = [];
    const resume: PrincipalStore['resume'] = async (...args) => {
      resumed.push(args);
      return ok(null);
    };
    expect(await resumePrincipal(portsOf(broker, { resume }), ORDER, BY)).toEqual(
      ok({ id: 'people:ana', suspension: null, grants: [] }),
    );
    expect(resumed).toEqual([['people:ana', { at: NOW, by: ACTOR, reason: 'left the company' }]]);
  });

  test('fails when the store does', async () => {
    const ports = portsOf(world(GOVERNED), { resume: async () => err(NO_STORE) });
    expect(await resumePrincipal(ports, ORDER, BY)).toEqual(err(NO_STORE));
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
      expect(await may(broker, ANA, what)).toMatchObject({ error: { code: 'forbidden' } });
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
