import { describe, expect, test } from '@jest/globals';
import { bundleRoles } from '../../../core/accounts/roles.ts';
import type { PrincipalEvent } from '../../../core/audit.ts';
import { isOpen } from '../../../core/grant.ts';
import { recover } from '../../../core/recovery/recover.ts';
import type { RecoverPorts } from '../../../core/recovery/recover-ports.ts';
import type { Recovery } from '../../../core/recovery/recovery.ts';
import { rehearsal } from '../../../core/recovery/rehearse.ts';
import { stopped } from '../../../core/recovery/stopped.ts';
import { err, ok } from '../../../core/result.ts';
import { TIGHT } from '../../simulation/bundles.ts';
import { simulate } from '../../simulation/simulate.ts';
import { inWholes, RecoveryWorld, restoreSome } from '../../support/recovery-world.ts';

const LATER = Date.parse('2026-11-24T12:00:00Z');
const ORDER = { tableId: 'table-2', restoredTo: LATER - 7_200_000, withoutLedger: false };

const BY = {
  actor: { type: 'User', id: 'people:zoe', name: 'zoe' },
  ...{ requestId: 'r-1', sourceIp: '192.0.2.7', reason: 'token leaked' },
} as const;
const SUSPENDED: PrincipalEvent = {
  ...{ id: 'ev_s', principalId: 'people:bob', type: 'principal-suspended', at: LATER - 60_000 },
  ...BY,
};
const RESUMED: PrincipalEvent = {
  ...{ id: 'ev_r', principalId: 'people:eve', type: 'principal-resumed', at: LATER - 60_000 },
  ...BY,
};

const histories = new Map<number, ReturnType<typeof simulate>>();

/** The disaster comes in the middle of the history; the table is restored to states of before. */
async function restoredWorld(seed: number) {
  const played = await (histories.get(seed) ?? remember(seed));
  const all = inWholes(played.events).toSorted((a, b) => a.at - b.at);
  const middle = all[Math.floor(all.length / 2)]?.at ?? 0;
  // What was written at once is in the ledger at once.
  const events = all.filter(({ at }) => at <= middle);
  const newest = new Map<string, number>();
  for (const { grantId, grantVersion = 0 } of events) {
    newest.set(grantId, Math.max(grantVersion, newest.get(grantId) ?? 0));
  }
  const states = new Map(
    [...newest].map(([id, version]) => [
      id,
      (played.states.get(id) ?? []).filter((state) => state.version <= version),
    ]),
  );
  const now = (events.at(-1)?.at ?? 0) + 60_000;
  const ledger = { ofGrants: events, ofPrincipals: [SUSPENDED, RESUMED] };
  const world = new RecoveryWorld(now, [TIGHT.before, TIGHT.after], ledger);
  let draw = seed;
  restoreSome(world.table, states, (count) => {
    draw = (draw * 1103 + 12_345) % 65_536;
    return draw % count;
  });
  world.table.suspensions.set('people:eve', { at: LATER - 9_000_000, by: BY.actor, reason: '' });
  const wanted = new Map([...states].map(([id, own]) => [id, own.at(-1)?.status]));
  return { world, wanted, events };
}

type Restored = Awaited<ReturnType<typeof restoredWorld>>;

/** The first history like that: which ones are depends on everything that the simulation does. */
async function restoredLike(isLike: (restored: Restored) => boolean): Promise<Restored> {
  for (let seed = 901; seed < 940; seed += 1) {
    const restored = await restoredWorld(seed);
    if (isLike(restored)) return restored;
  }
  throw new Error('no such history');
}

function remember(seed: number) {
  const played = simulate(seed);
  histories.set(seed, played);
  return played;
}

/** Portion by portion, until it has ended. @throws Error with what it stopped for */
async function toTheEnd(
  world: RecoveryWorld,
  ports = world.ports(),
  order = ORDER,
): Promise<Recovery> {
  for (;;) {
    const done = await recover(ports, order, world.now, 'recovery');
    if (!done.ok) throw new Error(done.error.reason);
    if (done.value.phase === 'ended') return done.value;
  }
}

function statusesOf({ table }: RecoveryWorld) {
  return new Map([...table.grants].map(([id, { status }]) => [id, status]));
}

function sorted(map: ReadonlyMap<string, unknown>) {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function hasActive({ wanted }: Restored): boolean {
  return [...wanted.values()].includes('active');
}

describe('a recovery', () => {
  test.each([901, 902, 903])(
    'brings every grant to where the ledger has it (seed %d)',
    async (seed) => {
      const { world, wanted } = await restoredWorld(seed);
      const had = world.table.grants.size;
      const { report } = await toTheEnd(world);
      // What waits for a match code is asked for again: the code is in no trail.
      const endings = world.table.events.filter(
        ({ type, requestId }) => requestId === 'recovery' && type !== 'vended',
      );
      expect(report.grants.ended).toBe(endings.length);
      const left = sorted(wanted).filter(([id]) => !endings.some(({ grantId }) => grantId === id));
      const found = statusesOf(world);
      expect(left.map(([id]) => [id, found.get(id)])).toEqual(left);
      expect(report.lookAt).toEqual([]);
      expect(report.grants.madeAgain).toBe(wanted.size - had);
      const { madeAgain, changed, unchanged } = report.grants;
      expect(madeAgain + changed + unchanged).toBe(wanted.size);
    },
  );

  test('leaves the trail whole, and each event in it once', async () => {
    const { world, events } = await restoredWorld(901);
    await toTheEnd(world);
    const ids = world.table.events.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(events.map(({ id }) => id)));
  });

  test('suspends whom the ledger says, and lets in whom it says', async () => {
    const { world } = await restoredWorld(901);
    const { report } = await toTheEnd(world);
    expect(report.principals).toEqual({ suspended: 1, resumed: 1 });
    expect([...world.table.suspensions.keys()]).toEqual(['people:bob']);
    // The sweep ends what bob still has.
    expect([...world.table.orders.values()].map(({ order }) => order.id)).toEqual(['ev_s']);
  });

  test('starts one workflow for each grant on which something is left to do, under a new name', async () => {
    const { world } = await restoredLike(hasActive);
    await toTheEnd(world);
    const left = [...world.table.grants.values()].filter(
      (grant) => isOpen(grant) || grant.status === 'revoking',
    );
    expect([...world.workflows.keys()].toSorted()).toEqual(
      left.map(({ id }) => `${id}-rtable2`).toSorted(),
    );
    expect(left.length).toBeGreaterThan(0);
  });

  test('cuts off target roles before chained ones, and those that an earlier bundle named', async () => {
    const { world } = await restoredWorld(901);
    const old = 'arn:aws:iam::111122223333:role/old';
    world.table.switches.set(old, { confirmed: {}, writes: 1, wroteAt: 0 } as never);
    const ports = world.ports();
    await toTheEnd(world, ports);
    const named = bundleRoles(ports.bundle, ports.deployment).map(({ arn }) => arn);
    expect(world.cutOffs).toEqual([...named, old]);
  });

  test('writes the quarantine down before anything else, so that no deployment ends it', async () => {
    const { world } = await restoredWorld(901);
    world.cut = () => {
      expect(world.held).toBe(1);
      return ok({ patterns: [], except: [] });
    };
    await toTheEnd(world);
    expect(world.held).toBe(1);
    const refusing = { ...world.ports(), holdQuarantine: async () => false };
    const other = { ...ORDER, tableId: 'table-3' };
    expect((await recover(refusing, other, world.now, 'recovery')).ok).toBe(false);
  });

  test('leaves its record once, and has open grants judged again', async () => {
    const { world } = await restoredWorld(901);
    await toTheEnd(world);
    const before = structuredClone({ grants: world.table.grants, recovery: world.recovery });
    await toTheEnd(world);
    expect({ grants: world.table.grants, recovery: world.recovery }).toEqual(before);
    const records = world.table.principalEvents.filter(({ type }) => type === 'broker-recovered');
    expect(records).toMatchObject([
      { principalId: 'broker', ledger: true, suspended: 1, lookAt: 0 },
    ]);
    expect(world.applied).toBe(1);
  });

  test('goes on where it was, whichever call fails once', async () => {
    const { world: whole } = await restoredWorld(903);
    await toTheEnd(whole);
    for (let index = 0; ; index += 1) {
      const { world } = await restoredWorld(903);
      const { ports, failed } = failingOnce(world.ports(), index);
      for (let calls = 0; ; calls += 1) {
        expect(calls).toBeLessThan(1000);
        const done = await recover(ports, ORDER, world.now, 'recovery').catch(() => null);
        if (done?.ok && done.value.phase === 'ended') break;
      }
      expect(sorted(statusesOf(world))).toEqual(sorted(statusesOf(whole)));
      expect([...world.table.suspensions.keys()]).toEqual(['people:bob']);
      expect(sorted(world.workflows).map(([name]) => name)).toEqual(
        sorted(whole.workflows).map(([name]) => name),
      );
      const records = world.table.principalEvents.filter(({ type }) => type === 'broker-recovered');
      expect(records).toHaveLength(1);
      if (!failed()) return;
      // Each kind of call has failed by then; later ones are the same on other grants.
      if (index > 60) index += 12;
    }
  });

  test('of a table that was made of one in the middle of its recovery begins anew', async () => {
    const { world } = await restoredWorld(901);
    await recover(world.ports(), { ...ORDER, tableId: 'table-1' }, world.now, 'recovery');
    expect(world.recovery?.tableId).toBe('table-1');
    await toTheEnd(world);
    expect(world.recovery).toMatchObject({ tableId: 'table-2', phase: 'ended' });
  });

  test('is not another one with the same table', async () => {
    const { world } = await restoredWorld(901);
    await recover(world.ports(), ORDER, world.now, 'recovery');
    const other = { ...ORDER, restoredTo: ORDER.restoredTo + 1000 };
    const done = await recover(world.ports(), other, world.now, 'recovery');
    expect(done).toMatchObject({
      error: { reason: expect.stringContaining('has begun'), passes: false },
    });
  });

  test('may turn to go on without the ledger for as long as it has not read it, and not back', async () => {
    const { world } = await restoredWorld(901);
    const without = { ...ORDER, withoutLedger: true };
    await recover(world.ports(), ORDER, world.now, 'recovery');
    await toTheEnd(world, world.ports(), without);
    expect(world.recovery).toMatchObject({ phase: 'ended', withoutLedger: true });
    expect((await recover(world.ports(), ORDER, world.now, 'recovery')).ok).toBe(false);
    const { world: halfway } = await restoredWorld(901);
    while (halfway.recovery?.phase !== 'rows') {
      await recover(halfway.ports(), ORDER, halfway.now, 'recovery');
    }
    // Its rows read the ledger, too, which is lost by now.
    const lost = { ...halfway.ports(), tail: async () => stopped('the ledger lacks a file') };
    expect(await toTheEnd(halfway, lost, without)).toMatchObject({ phase: 'ended' });
    const { world: other } = await restoredWorld(901);
    await toTheEnd(other);
    const late = await recover(other.ports(), without, other.now, 'recovery');
    expect(late).toMatchObject({
      error: { reason: expect.stringContaining('has read the ledger') },
    });
  });

  test('stands still where a role cannot be cut off now, and goes on where no repeat mends it', async () => {
    const { world } = await restoredWorld(901);
    world.cut = () => err('Throttling: later');
    expect(await recover(world.ports(), ORDER, world.now, 'recovery')).toMatchObject({
      error: { passes: true },
    });
    await expect(toTheEnd(world)).rejects.toThrow(/is not cut off: Throttling: later/);
    expect(world.restored).toEqual([]);
    world.cut = () => ok({ patterns: [], except: [], refused: 'no-such-role: it is gone' });
    const { report } = await toTheEnd(world);
    expect(report.lookAt[0]?.why).toMatch(/vends nothing: no-such-role/);
  });

  test('ends what a role had denied by its id, and counts as open', async () => {
    const { world, wanted } = await restoredLike(hasActive);
    const [active] = [...wanted].find(([, status]) => status === 'active') ?? [''];
    world.cut = () => ok({ patterns: [active], except: [] });
    const { report } = await toTheEnd(world);
    expect(report.grants.deniedByRole).toBeGreaterThan(0);
    expect(world.table.grants.get(active)?.status).toMatch(/^revok/);
    expect(world.told).toContain(active);
  });

  test('ends a grant of which an entry cannot be read: it may say that it ended', async () => {
    const { world, wanted } = await restoredLike(hasActive);
    const [active] = [...wanted].find(([, status]) => status === 'active') ?? [''];
    const entry = { v: 1, id: 'ev_x', grantId: active, type: 'of-tomorrow', at: 'now' };
    world.unreadable.set(active, Buffer.from(JSON.stringify(entry)));
    const { report } = await toTheEnd(world);
    expect(world.table.grants.get(active)?.status).not.toBe('active');
    expect(report.lookAt.map(({ what }) => what)).toContain(active);
  });

  test('keeps out whom an entry suspends that cannot be read', async () => {
    const { world } = await restoredWorld(901);
    const at = new Date(world.now).toISOString();
    const entry = { v: 1, id: 'ev_x', principalId: 'people:mia', type: 'principal-suspended', at };
    world.unreadable.set('people:mia', Buffer.from(JSON.stringify(entry)));
    const { report } = await toTheEnd(world);
    expect(world.table.suspensions.has('people:mia')).toBe(true);
    expect(report.lookAt.map(({ what }) => what)).toContain('people:mia');
  });

  test('ends what an order about a principal had not ended yet', async () => {
    for (const how of ['suspended', 'revoked']) {
      const { world, wanted, events } = await restoredLike(hasActive);
      const [active = ''] = [...wanted].find(([, status]) => status === 'active') ?? [];
      const asked = events.find(({ grantId, type }) => grantId === active && type === 'requested');
      const principal = asked?.type === 'requested' ? asked.inputs.principal.id : '';
      if (how === 'suspended') {
        world.table.suspensions.set(principal, { at: LATER, by: BY.actor, reason: '' });
      } else {
        const revoked = {
          ...SUSPENDED,
          id: 'ev_a',
          type: 'principal-revoked',
          at: world.now,
        } as const;
        world.principalEvents.push({ ...revoked, principalId: principal });
      }
      await toTheEnd(world);
      expect([how, world.table.grants.get(active)?.status]).not.toEqual([how, 'active']);
    }
  });

  test('without the ledger ends every open grant, and brings back nothing', async () => {
    const { world } = await restoredLike(({ world: { table } }) =>
      [...table.grants.values()].some(({ status }) => status === 'active'),
    );
    const before = new Set(world.table.grants.keys());
    const { report } = await toTheEnd(world, world.ports(), { ...ORDER, withoutLedger: true });
    const statuses = new Set([...world.table.grants.values()].map(({ status }) => status));
    for (const open of ['pending', 'scheduled', 'active']) expect(statuses).not.toContain(open);
    expect(new Set(world.table.grants.keys())).toEqual(before);
    expect(report.grants.ended).toBeGreaterThan(0);
    expect(world.table.suspensions.has('people:bob')).toBe(false);
    const record = world.table.principalEvents.find(({ type }) => type === 'broker-recovered');
    expect(record).toMatchObject({ ledger: false });
  });

  test('that is a dry run says the same, and changes nothing', async () => {
    const { world } = await restoredWorld(903);
    const before = structuredClone({ grants: world.table.grants, events: world.table.events });
    let recovery: Recovery | null = null;
    do {
      const ports = rehearsal(world.ports(), recovery);
      const done = await recover(ports, ORDER, world.now, 'recovery');
      if (!done.ok) throw new Error(done.error.reason);
      recovery = done.value;
    } while (recovery.phase !== 'ended');
    expect({ grants: world.table.grants, events: world.table.events }).toEqual(before);
    expect([world.recovery, world.cutOffs, world.workflows.size]).toEqual([null, [], 0]);
    const { report } = await toTheEnd(world);
    const { madeAgain, changed } = recovery.report.grants;
    expect([madeAgain, changed]).toEqual([report.grants.madeAgain, report.grants.changed]);
    expect(recovery.report.principals).toEqual(report.principals);
  });
});

/** The call with this number throws: half of them before they do their work, half of them after. */
function failingOnce(ports: RecoverPorts, index: number) {
  let calls = 0;
  const failing = <T extends object>(group: T): T =>
    Object.fromEntries(
      Object.entries(group).map(([name, value]) => {
        if (typeof value !== 'function') return [name, isGroup(name) ? failing(value) : value];
        if (['clock', 'random'].includes(name)) return [name, value];
        const call = async (...args: readonly unknown[]) => {
          const fails = calls === index;
          calls += 1;
          if (fails && index % 2 === 0) throw new Error('the process was killed');
          const answer = await value(...args);
          if (fails) throw new Error('the process was killed');
          return answer;
        };
        return [name, call];
      }),
    ) as T;
  return { ports: failing(ports), failed: () => calls > index };
}

function isGroup(name: string): boolean {
  return ['store', 'principals', 'kills', 'restore', 'recoveries', 'applied'].includes(name);
}
