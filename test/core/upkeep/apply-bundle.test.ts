import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { GRANT_STATUSES, type Grant, type GrantStatus } from '../../../core/grant.ts';
import type { GrantQuery, GrantStore } from '../../../core/ports.ts';
import { err, ok } from '../../../core/result.ts';
import { type Applied, type ApplyPorts, applyBundle } from '../../../core/upkeep/apply-bundle.ts';
import { APPROVAL, activeIn, GOVERNED, POLICIES, pendingIn } from '../../support/authorities.ts';
import { compiled, files, READ } from '../../support/bundles.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { NOW, type World, world } from '../../support/memory-ports.ts';
import { IN_FORCE } from '../../support/quarantine.ts';

const bundleWith = (policies: string): Bundle =>
  compiled(
    files({ 'entitlements/read.yaml': `${READ}${APPROVAL}`, 'policies/read.cedar': policies }),
  );

const NOTHING = ok({ ended: [], unchecked: [] });

/** Deployed after the grants were made. The first lets everything go on that `GOVERNED` allowed. */
const SAME = bundleWith(`${POLICIES}// another hash\n`);
const NO_TICKETS = bundleWith(POLICIES.replace('has ticket', 'has ticket && false'));
const FORBIDDEN = bundleWith(`${POLICIES}
@id("no-more") @advice("Ask later.")
forbid (principal, action == ValetKey::Action::"request", resource);
@id("not-now") @advice("Ask later.")
forbid (principal, action == ValetKey::Action::"request", resource);`);
const NOBODY = bundleWith(POLICIES.replaceAll('people:readers', 'people:nobody'));

function portsOf(broker: World, bundle: Bundle): ApplyPorts & { readonly writes: Applied[] } {
  const { engine } = world(bundle).ports;
  const applied = broker.table.appliedStore();
  const writes: Applied[] = [];
  return {
    ...broker.ports,
    bundle,
    engine,
    writes,
    applied: {
      ...applied,
      write: async (entry) => {
        writes.push(entry);
        return applied.write(entry);
      },
    },
  };
}

const applying = (broker: World, bundle: Bundle) => applyBundle(portsOf(broker, bundle), 'run-1');

async function endedBy(bundle: Bundle, make: (broker: World) => Promise<Grant>) {
  const broker = world(GOVERNED);
  const grant = await make(broker);
  return { broker, grant, ended: await applying(broker, bundle) };
}

describe('after a deployment, an open grant', () => {
  test('goes on where policy still allows it', async () => {
    const { broker, ended } = await endedBy(SAME, activeIn);
    expect(ended).toEqual(NOTHING);
    expect(broker.log).toEqual([]);
  });

  test('goes on where policy requires an approval that it had', async () => {
    const approved = async (broker: World) => {
      const grant = await pendingIn(broker);
      const active = { ...grant, status: 'active', expiresAt: NOW + 1000 } as const;
      broker.grants.set(grant.id, active);
      return active;
    };
    expect((await endedBy(SAME, approved)).ended).toEqual(NOTHING);
  });

  test('goes on where it waits for the approval that policy requires', async () => {
    expect((await endedBy(SAME, pendingIn)).ended).toEqual(NOTHING);
  });

  test('ends where policy requires an approval by now that it never had', async () => {
    const { broker, grant, ended } = await endedBy(NO_TICKETS, activeIn);
    const endReason = 'policy now requires an approval that it never had';
    expect(ended).toMatchObject({
      value: { ended: [{ id: grant.id, status: 'revoked', endReason }] },
    });
    expect(broker.events.at(-1)).toMatchObject({
      ...{ type: 'revoked', reason: endReason, actor: 'broker', requestId: 'run-1' },
    });
  });

  test('ends where policies forbid it, with their names', async () => {
    const { grant, ended } = await endedBy(FORBIDDEN, activeIn);
    const endReason = 'policy no longer allows it: no-more, not-now';
    expect(ended).toMatchObject({ value: { ended: [{ id: grant.id, endReason }] } });
  });

  test('ends where its entitlement was changed, and the reason says so', async () => {
    const { ended } = await endedBy(SAME, (broker) =>
      activeIn(broker, { definition: 'sha256:before' }),
    );
    const endReason = 'what read grants has changed';
    expect(ended).toMatchObject({ value: { ended: [{ endReason }] } });
  });

  test('ends where no policy permits it', async () => {
    const { ended } = await endedBy(NOBODY, activeIn);
    const endReason = 'policy no longer allows it: no policy permits it';
    expect(ended).toMatchObject({ value: { ended: [{ endReason }] } });
  });

  test('ends where a new version of the broker makes no such entitlement of the same files', async () => {
    const broker = world(GOVERNED);
    const decision = { outcome: 'allow', policies: [], advice: [], bundle: SAME.hash } as const;
    const grant = await activeIn(broker, { decision });
    const upgraded = { ...SAME, entitlements: {} };
    expect(await applying(broker, upgraded)).toMatchObject({
      value: { ended: [{ id: grant.id }] },
    });
  });

  test('ends where a new version of the broker compiles the same files into another definition', async () => {
    const broker = world(GOVERNED);
    const decision = { outcome: 'allow', policies: [], advice: [], bundle: SAME.hash } as const;
    const { read } = SAME.entitlements;
    if (read === undefined) throw new Error('no entitlement');
    const grant = await activeIn(broker, { decision, definition: read.hash });
    expect(await applying(broker, SAME)).toEqual(NOTHING);
    broker.now += 600_001;
    expect(await applying(broker, SAME)).toEqual(NOTHING);
    const upgraded = { ...SAME, entitlements: { read: { ...read, hash: 'sha256:upgraded' } } };
    expect(await applying(broker, upgraded)).toMatchObject({
      value: { ended: [{ id: grant.id, endReason: 'what read grants has changed' }] },
    });
  });

  test('is not asked about where this very bundle decided on it', async () => {
    const { ended } = await endedBy(FORBIDDEN, (broker) =>
      activeIn(broker, {
        decision: { outcome: 'allow', policies: [], advice: [], bundle: FORBIDDEN.hash },
      }),
    );
    expect(ended).toEqual(NOTHING);
  });

  const CHECKED: readonly GrantStatus[] = ['pending', 'scheduled', 'active'];
  test.each(GRANT_STATUSES)(
    'is checked only while it is pending, scheduled or active: %s',
    async (status) => {
      const { ended } = await endedBy(FORBIDDEN, (broker) => activeIn(broker, { status }));
      expect(ended.ok && ended.value.ended).toHaveLength(CHECKED.includes(status) ? 1 : 0);
    },
  );
});

test('all pages of open grants are checked', async () => {
  const broker = world(GOVERNED);
  const grant = await pendingIn(broker);
  for (let made = 1; made < 203; made += 1) {
    const id = `gr_${String(made).padStart(20, '0')}`;
    broker.grants.set(id, { ...grant, id });
  }
  const queries: GrantQuery[] = [];
  const list: GrantStore['list'] = async (query) => {
    queries.push(query);
    return broker.ports.store.list(query);
  };
  const ports = { ...portsOf(broker, FORBIDDEN), store: { ...broker.ports.store, list } };
  const ended = await applyBundle(ports, 'run-1');
  expect(ended.ok && ended.value.ended).toHaveLength(203);
  expect(queries.map(({ status, after }) => [status, after !== undefined])).toEqual([
    ['pending', false],
    ['pending', true],
    ['pending', true],
    ['scheduled', false],
    ['active', false],
  ]);
  expect(queries.every(({ limit }) => limit === 100)).toBe(true);
  const { createdAt } = grant;
  expect(ports.writes[0]?.place).toEqual({
    status: 'pending',
    after: { createdAt, id: expect.stringMatching(/^gr_/) },
  });
  expect(queries[1]?.after).toEqual(ports.writes[0]?.place?.after);
});

describe('a bundle is applied', () => {
  test('in two passes, ten minutes apart, and then never again', async () => {
    const broker = world(GOVERNED);
    const ports = portsOf(broker, SAME);
    const pass = async (seconds: number) => {
      broker.now = NOW + seconds * 1000;
      return applyBundle(ports, 'run-1');
    };
    expect(await pass(0)).toEqual(NOTHING);
    expect(await pass(1)).toEqual(NOTHING);
    expect(await pass(599.999)).toEqual(NOTHING);
    expect(await pass(600)).toEqual(NOTHING);
    expect(await pass(1200)).toEqual(NOTHING);
    expect(await pass(86_400)).toEqual(NOTHING);
    expect(ports.writes.filter(({ place }) => place === null)).toEqual([
      { hash: expect.any(String), passes: 1, at: NOW, place: null, unchecked: [] },
      { hash: ports.writes[0]?.hash, passes: 2, at: NOW + 600_000, place: null, unchecked: [] },
    ]);
  });

  test('whose second pass ends what an earlier deployment allowed meanwhile', async () => {
    const broker = world(GOVERNED);
    await applying(broker, FORBIDDEN);
    const late = await activeIn(broker);
    broker.now += 600_000;
    expect(await applying(broker, FORBIDDEN)).toMatchObject({
      value: { ended: [{ id: late.id }] },
    });
  });

  test('at once after another one, which starts its passes anew', async () => {
    const broker = world(GOVERNED);
    await applying(broker, SAME);
    const ports = portsOf(broker, NO_TICKETS);
    expect(await applyBundle(ports, 'run-1')).toEqual(NOTHING);
    expect(ports.writes.at(-1)).toMatchObject({ passes: 1, at: NOW });
  });

  test('without reading a grant where it was applied already', async () => {
    const broker = world(GOVERNED);
    await applying(broker, SAME);
    const list = async (): Promise<never> => {
      throw new Error('the store was used');
    };
    const ports = { ...portsOf(broker, SAME), store: { ...broker.ports.store, list } };
    expect(await applyBundle(ports, 'run-1')).toEqual(NOTHING);
  });
});

describe('a grant that cannot be checked', () => {
  test.each(['requestedEvent', 'find', 'update'] as const)(
    'where the store does not answer %s, stops no other and is tried again',
    async (call) => {
      const broker = world(GOVERNED);
      const bad = await activeIn(broker);
      const good = await activeIn(broker);
      const ports = portsOf(broker, FORBIDDEN);
      const real = ports.store[call] as (...args: readonly unknown[]) => unknown;
      const failing = async (of: unknown) =>
        JSON.stringify(of).includes(bad.id) ? err(NO_STORE) : real(of);
      const store = { ...ports.store, [call]: failing };
      expect(await applyBundle({ ...ports, store }, 'run-1')).toMatchObject({
        value: { ended: [{ id: good.id }], unchecked: [bad.id] },
      });
      expect(ports.writes.at(-1)).toMatchObject({ passes: 1, unchecked: [bad.id] });
      broker.now += 1000;
      expect(await applyBundle({ ...ports, store }, 'run-2')).toMatchObject({
        value: { ended: [], unchecked: [bad.id] },
      });
      expect(await applyBundle(ports, 'run-3')).toMatchObject({
        value: { ended: [{ id: bad.id }], unchecked: [] },
      });
      expect(await applyBundle(ports, 'run-4')).toEqual(NOTHING);
    },
  );

  test('and has ended since, is not asked about any more', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const ports = portsOf(broker, FORBIDDEN);
    const store = { ...ports.store, requestedEvent: async () => err(NO_STORE) };
    await applyBundle({ ...ports, store }, 'run-1');
    broker.grants.set(grant.id, { ...grant, status: 'expired' });
    expect(await applyBundle({ ...ports, store }, 'run-2')).toEqual(NOTHING);
    expect(ports.writes.at(-1)).toMatchObject({ unchecked: [] });
  });

  test('is a fault of the broker where there are many: the pass waits at its place', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    for (let made = 1; made < 203; made += 1) {
      const id = `gr_${String(made).padStart(20, '0')}`;
      broker.grants.set(id, { ...grant, id });
    }
    const ports = portsOf(broker, FORBIDDEN);
    const store = { ...ports.store, requestedEvent: async () => err(NO_STORE) };
    const stuck = await applyBundle({ ...ports, store }, 'run-1');
    expect(stuck.ok && stuck.value.unchecked).toHaveLength(100);
    expect(ports.writes.at(-1)).toMatchObject({ passes: 0, place: { status: 'active' } });
    const again = await applyBundle({ ...ports, store }, 'run-2');
    expect(again.ok && again.value.unchecked).toHaveLength(100);
    const healed = await applyBundle(ports, 'run-3');
    expect(healed.ok && healed.value.ended).toHaveLength(203);
    expect(ports.writes.at(-1)).toMatchObject({ passes: 1, place: null, unchecked: [] });
  });
});

test('a run that is cut off goes on where it was', async () => {
  const broker = world(GOVERNED);
  const grant = await pendingIn(broker);
  for (let made = 1; made < 203; made += 1) {
    const id = `gr_${String(made).padStart(20, '0')}`;
    broker.grants.set(id, { ...grant, id });
  }
  const ports = portsOf(broker, FORBIDDEN);
  const places: GrantQuery['after'][] = [];
  const list: GrantStore['list'] = async (query) => {
    places.push(query.after);
    return places.length === 2 ? err(NO_STORE) : ports.store.list(query);
  };
  const cut = { ...ports, store: { ...ports.store, list } };
  expect(await applyBundle(cut, 'run-1')).toEqual(err(NO_STORE));
  expect(await applyBundle(cut, 'run-2')).toMatchObject({ ok: true });
  expect(places[2]).toEqual(places[1]);
  expect([...broker.grants.values()].every(({ status }) => status === 'cancelled')).toBe(true);
});

describe('a pass fails', () => {
  test('where the store does not list grants', async () => {
    const broker = world(GOVERNED);
    const ports = portsOf(broker, FORBIDDEN);
    const store = { ...ports.store, list: async () => err(NO_STORE) };
    expect(await applyBundle({ ...ports, store }, 'run-1')).toEqual(err(NO_STORE));
    expect(ports.writes).toEqual([]);
  });

  test.each(['read', 'write'] as const)('where its record cannot be %s', async (call) => {
    const broker = world(GOVERNED);
    const ports = portsOf(broker, FORBIDDEN);
    const applied = { ...ports.applied, [call]: async () => err(NO_STORE) };
    expect(await applyBundle({ ...ports, applied }, 'run-1')).toEqual(err(NO_STORE));
  });
});

test('a quarantine that begins in the middle ends nothing more, and the next run after it goes on there', async () => {
  const broker = world(GOVERNED);
  const grants = [await activeIn(broker), await activeIn(broker), await activeIn(broker)];
  const ports = portsOf(broker, NOBODY);
  const update: GrantStore['update'] = async (write) => {
    broker.quarantine = ok(IN_FORCE);
    return broker.ports.store.update(write);
  };
  const begun = await applyBundle({ ...ports, store: { ...ports.store, update } }, 'run-1');
  expect(begun).toMatchObject({ value: { ended: [{ status: 'revoked' }], unchecked: [] } });
  expect(ports.writes.map(({ place }) => place?.status)).toEqual(['scheduled', 'active']);
  expect(await applyBundle(ports, 'run-2')).toEqual(NOTHING);
  broker.quarantine = ok(null);
  expect(await applyBundle(ports, 'run-3')).toMatchObject({ value: { ended: [{}, {}] } });
  expect(grants.map(({ id }) => broker.grants.get(id)?.status)).toEqual(
    grants.map(() => 'revoked'),
  );
});
