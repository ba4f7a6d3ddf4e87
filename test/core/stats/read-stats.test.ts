import { describe, expect, test } from '@jest/globals';
import { rolesOfBundle } from '../../../core/accounts/roles.ts';
import { stats as answer } from '../../../core/api/stats-responses.ts';
import type { Grant } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import { countEvents } from '../../../core/stats/count-events.ts';
import { type ReadStatsPorts, readStats } from '../../../core/stats/read-stats.ts';
import { statsJson } from '../../../core/stats/stats-json.ts';
import { EMPTY_TALLY, type Tally } from '../../../core/stats/tally.ts';
import { compiled } from '../../support/bundles.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';
import { APPROVED, EXPIRED, lifeOf, REVOKED, REVOKING, VENDED } from './histories.ts';
import { World } from './world.ts';

const caller = { principal: { id: 'people:eve' } } as Parameters<typeof readStats>[1];
const WEEK = { from: '2026-11-17', to: '2026-11-24' };
const down = err({ code: 'unavailable', what: 'store' } as const);

function portsOf(world: World, more: Partial<ReadStatsPorts> = {}): ReadStatsPorts {
  world.now = NOW + 60_000;
  return {
    engine: { mayOnBroker: () => ok(true) },
    bundle: compiled(),
    deployment: { account: '111122223333', region: 'eu-west-1' },
    stats: world.store.port(),
    store: { due: async () => ok([]), find: async (id) => ok(world.grants.get(id) ?? null) },
    principals: { suspended: async () => ok({ principals: [], next: null }) },
    kills: { freezeOf: async () => ok(null) },
    clock: () => world.now,
    ...more,
  };
}

async function figuresOf(ports: ReadStatsPorts, period = WEEK) {
  const read = await readStats(ports, caller, period);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return answer.parse(statsJson(read.value));
}

async function busyWorld(): Promise<World> {
  const world = new World();
  const kill = { roles: [], at: NOW + 2000, until: NOW + 9_000_000 };
  const lives = [
    lifeOf('allow', [VENDED, REVOKING, REVOKED], { kill }),
    lifeOf('allow', [VENDED, EXPIRED]),
    lifeOf('approve', [APPROVED, VENDED]),
    lifeOf('deny', []),
    lifeOf('approve', []),
  ];
  const notices = lives.flat().map(({ grant, event }) => world.happens(grant, event));
  await countEvents(world.ports(), notices);
  return world;
}

function tallyOf(counts: Readonly<Record<string, number>>, signals: Tally['signals'] = []): Tally {
  return { ...EMPTY_TALLY, counts: new Map(Object.entries(counts)), signals };
}

describe('the figures', () => {
  test('are as late as the last event or the last look, whichever was later', async () => {
    const world = await busyWorld();
    const head = world.store.head;
    if (head === null) throw new Error('no head');
    world.store.head = { ...head, checkedUntil: NOW + 40_000 };
    expect((await figuresOf(portsOf(world))).at).toBe('2026-11-23T10:00:40.123Z');
    world.store.head = { ...head, countedAt: null, checkedUntil: NOW };
    expect((await figuresOf(portsOf(world))).at).toBe('2026-11-23T10:00:00.123Z');
  });

  test('show the policies that denied most first, and those that denied as often by name', async () => {
    const world = await busyWorld();
    const tally = tallyOf({
      'policy c': 2,
      'policy x': 1,
      'policy a': 1,
      'policy m': 1,
      'policy d': 7,
    });
    world.store.days.set('2026-11-20', { edition: 1, tally });
    const { denialsByPolicy } = await figuresOf(portsOf(world));
    expect(denialsByPolicy).toEqual([
      ...[
        { policy: 'd', count: 7 },
        { policy: 'c', count: 2 },
      ],
      ...['a', 'm', 'why', 'x'].map((policy) => ({ policy, count: 1 })),
    ]);
  });

  test('show signals, and what they say', async () => {
    const world = await busyWorld();
    const principal = { type: 'User', id: 'people:eve', name: 'eve' } as const;
    const signal = { kind: 'many-denials', principal, at: NOW, count: 3 };
    const tally = tallyOf({ signals: 1 }, [signal]);
    world.store.days.set('2026-11-20', { edition: 1, tally });
    const { signals, days } = await figuresOf(portsOf(world));
    expect(signals).toEqual([{ ...signal, at: '2026-11-23T10:00:00.123Z' }]);
    expect(days[3]).toMatchObject({ date: '2026-11-20', signals: 1 });
  });

  test('show the reviews that are due, and which of them are overdue', async () => {
    const world = await busyWorld();
    const head = world.store.head;
    if (head === null) throw new Error('no head');
    const now = NOW + 60_000;
    const reviewsDue = new Map([
      ['gr_1', now - 1],
      ['gr_2', now],
      ['gr_3', now + 1],
    ]);
    world.store.head = { ...head, gauges: { ...head.gauges, reviewsDue } };
    const { breakGlass } = await figuresOf(portsOf(world));
    expect(breakGlass).toEqual({ used: 0, reviewsDue: 3, overdue: 1 });
  });

  test('add up the days of the period, and show what is open now', async () => {
    const figures = await figuresOf(portsOf(await busyWorld()));
    expect(figures).toMatchObject({
      ...{ ...WEEK, at: '2026-11-23T10:00:03.123Z', active: 1, pending: 1 },
      outcomes: { allow: 2, approve: 2, deny: 1 },
      automaticShare: 0.4,
      timeToRevokeMs: { count: 1, p50: 1000, p95: 1000, max: 1000 },
      timeToApproveSeconds: { count: 1, p50: 1, p95: 1, max: 1 },
      denialsByPolicy: [{ policy: 'why', count: 1 }],
      entitlements: [{ id: 'artifacts-read', allow: 2, approve: 2, deny: 1, vends: 3 }],
      ...{ signals: [], suspended: 0, frozenRoles: [], expiringSoon: [] },
      breakGlass: { used: 0, reviewsDue: 0, overdue: 0 },
    });
    expect(figures.days).toHaveLength(8);
    expect(figures.days[6]).toEqual({
      date: '2026-11-23',
      ...{ allow: 2, approve: 2, deny: 1, vends: 3, revoked: 1, signals: 0 },
    });
    expect(figures.days[0]).toMatchObject({ date: '2026-11-17', allow: 0 });
  });

  test('name the policy bundle in force', async () => {
    const bundle = compiled();
    const figures = await figuresOf(portsOf(await busyWorld(), { bundle }));
    expect(figures.bundle).toBe(bundle.hash);
  });

  test('say null, and not 0, where there is nothing to measure', async () => {
    const figures = await figuresOf(portsOf(await busyWorld()), {
      from: '2026-11-01',
      to: '2026-11-01',
    });
    expect(figures).toMatchObject({
      automaticShare: null,
      timeToRevokeMs: { count: 0, p50: null, p95: null, max: null },
      days: [{ date: '2026-11-01' }],
      active: 1,
    });
  });

  test('show active grants that expire within a quarter of an hour, the next one first', async () => {
    const world = await busyWorld();
    const make = (id: string, changes: Partial<Grant>) => {
      world.grants.set(id, activeGrant({ id, ...changes }));
      return id;
    };
    const now = NOW + 60_000;
    const ids = [
      make('later', { expiresAt: now + 800_000 }),
      make('soon', { expiresAt: now + 1000 }),
      make('over', { expiresAt: now }),
      make('long', { expiresAt: now + 900_000 }),
      make('ended', { status: 'expired', expiresAt: now + 1000 }),
      make('waits', { status: 'pending', expiresAt: null }),
      'gone',
    ];
    const store = {
      due: async () => ok(ids),
      find: async (id: string) => ok(world.grants.get(id) ?? null),
    };
    const figures = await figuresOf(portsOf(world, { store }));
    expect(figures.expiringSoon.map(({ id }) => id)).toEqual(['soon', 'later']);
  });

  test('show the twenty that expire first', async () => {
    const store = {
      due: async () => ok(Array.from({ length: 40 }, (_, index) => String(index))),
      find: async (id: string) => ok(activeGrant({ id, expiresAt: NOW + 61_000 + Number(id) })),
    };
    const figures = await figuresOf(portsOf(await busyWorld(), { store }));
    expect(figures.expiringSoon.map(({ id }) => Number(id))).toEqual([...Array(20).keys()]);
  });

  test.each([1, 400])('cost as many reads of the store with %i grants', async (many) => {
    const world = new World();
    const lives = Array.from({ length: many }, () => lifeOf('allow', [VENDED]));
    await countEvents(
      world.ports(),
      lives.flat().map(({ grant, event }) => world.happens(grant, event)),
    );
    const calls: string[] = [];
    const port = world.store.port();
    const stats = {
      head: () => {
        calls.push('head');
        return port.head();
      },
      days: (dates: readonly string[]) => {
        calls.push(`${dates.length} days`);
        return port.days(dates);
      },
    };
    const store = {
      due: async (_: number, limit: number) => {
        calls.push(`at most ${limit} due`);
        return ok([]);
      },
      find: async () => down,
    };
    expect((await figuresOf(portsOf(world, { stats, store }))).active).toBe(many);
    expect(calls).toEqual(['head', '8 days', 'at most 40 due']);
  });

  test.each([
    ['without an end', { until: null }, true],
    ['that lasts', { until: NOW + 60_001 }, true],
    ['that is over', { until: NOW + 60_000 }, false],
  ])('name a role with a freeze %s: %j', async (_, freeze, named) => {
    const bundle = compiled();
    const deployment = { account: '111122223333', region: 'eu-west-1' };
    const [first] = rolesOfBundle(bundle, deployment);
    const kills: ReadStatsPorts['kills'] = {
      freezeOf: async (role) => ok(role === first ? { ...freeze, reason: '' } : null),
    };
    const figures = await figuresOf(portsOf(await busyWorld(), { bundle, deployment, kills }));
    expect(figures.frozenRoles).toEqual(named ? [first] : []);
  });

  test('count all suspended principals, over all pages', async () => {
    const world = await busyWorld();
    const one = { principal: 'people:x', at: 0, by: 'broker', reason: '' } as const;
    const next = { at: 0, hash: 'x' };
    const figures = await figuresOf(
      portsOf(world, {
        principals: {
          suspended: async ({ after }) =>
            ok(
              after === undefined
                ? { principals: [one, one], next }
                : { principals: [one], next: null },
            ),
        },
      }),
    );
    expect(figures.suspended).toBe(3);
  });

  test.each(['head', 'days'] as const)('are not shown without the %s', async (what) => {
    const world = await busyWorld();
    const stats = { ...world.store.port(), [what]: async () => down };
    expect(await readStats(portsOf(world, { stats }), caller, WEEK)).toEqual(down);
  });

  test.each<[string, Partial<ReadStatsPorts>]>([
    ['the list of what is due', { store: { due: async () => down, find: async () => down } }],
    ['a grant that is due', { store: { due: async () => ok(['gr_1']), find: async () => down } }],
    ['suspensions', { principals: { suspended: async () => down } }],
    ['the freezes of roles', { kills: { freezeOf: async () => down } }],
    ['the policy engine', { engine: { mayOnBroker: () => down } }],
  ])('are not shown without %s', async (_, without) => {
    expect(await readStats(portsOf(await busyWorld(), without), caller, WEEK)).toEqual(down);
  });

  test('are for whoever may audit, and nobody else', async () => {
    const engine: ReadStatsPorts['engine'] = { mayOnBroker: (what) => ok(what !== 'audit') };
    const read = await readStats(portsOf(await busyWorld(), { engine }), caller, WEEK);
    const detail = 'You need permission to audit to read the figures.';
    expect(read).toEqual(err({ code: 'forbidden', detail }));
  });

  test.each([
    ['2026-11-25', '2026-11-24', 'is after 2026-11-24, the last day'],
    ['2025-11-23', '2026-11-24', 'is more than a year before 2026-11-24: ask for less'],
  ])('of %s to %s are refused: %s', async (from, to, detail) => {
    const read = await readStats(portsOf(await busyWorld()), caller, { from, to });
    expect(read).toEqual(err({ code: 'invalid', errors: [{ pointer: '/from', detail }] }));
  });

  test('of a whole year are shown', async () => {
    const period = { from: '2025-11-24', to: '2026-11-24' };
    expect((await figuresOf(portsOf(await busyWorld()), period)).days).toHaveLength(366);
  });
});
