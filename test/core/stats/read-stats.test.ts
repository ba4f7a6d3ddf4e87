import { describe, expect, test } from '@jest/globals';
import { stats as answer } from '../../../core/api/stats-responses.ts';
import type { Grant } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import { countEvents } from '../../../core/stats/count-events.ts';
import { type ReadStatsPorts, readStats } from '../../../core/stats/read-stats.ts';
import { statsJson } from '../../../core/stats/stats-json.ts';
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

describe('the figures', () => {
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
      make('over', { expiresAt: now - 1 }),
      make('long', { expiresAt: now + 901_000 }),
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

  test('count all suspended principals, over all pages, and name frozen roles', async () => {
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
    ['the policy engine', { engine: { mayOnBroker: () => down } }],
  ])('are not shown without %s', async (_, without) => {
    expect(await readStats(portsOf(await busyWorld(), without), caller, WEEK)).toEqual(down);
  });

  test('are for whoever may audit, and nobody else', async () => {
    const engine = { mayOnBroker: () => ok(false) };
    const read = await readStats(portsOf(await busyWorld(), { engine }), caller, WEEK);
    expect(read).toMatchObject({ ok: false, error: { code: 'forbidden' } });
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
