import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PrincipalEvent } from '../../../core/audit.ts';
import { dayOf } from '../../../core/day.ts';
import type { Notice } from '../../../core/ledger/record-events.ts';
import { countEvents, countObserved } from '../../../core/stats/count-events.ts';
import { countIn } from '../../../core/stats/tally.ts';
import { draws } from '../../support/draws.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { NOW } from '../../support/sample-grants.ts';
import {
  APPROVED,
  EXPIRED,
  LIVES,
  lifeOf,
  REVOKED,
  REVOKING,
  type Step,
  VENDED,
} from './histories.ts';
import { noticeOf, World } from './world.ts';

const TODAY = dayOf(NOW);
const EVE = { type: 'User', id: 'people:eve', name: 'eve' } as const;

function countsOf(world: World): Readonly<Record<string, number>> {
  return Object.fromEntries(world.store.days.get(TODAY)?.tally.counts ?? []);
}

async function countAll(world: World, steps: readonly Step[]): Promise<void> {
  const notices = steps.map(({ grant, event }) => world.happens(grant, event));
  expect(await countEvents(world.ports(), notices)).toEqual({
    ok: true,
    value: { counted: steps.length, unknown: [] },
  });
}

describe('counting events', () => {
  test('counts requests by decision, by entitlement and by what denied them, and vends', async () => {
    const world = new World();
    await countAll(world, [
      ...lifeOf('allow', [VENDED, VENDED]),
      ...lifeOf('deny', []),
      ...lifeOf('approve', []),
    ]);
    expect(countsOf(world)).toEqual({
      ...{ events: 5, 'outcome allow': 1, 'outcome deny': 1, 'outcome approve': 1, vends: 2 },
      ...{ 'allow of artifacts-read': 1, 'deny of artifacts-read': 1 },
      ...{ 'approve of artifacts-read': 1, 'vends of artifacts-read': 2, 'policy why': 1 },
    });
  });

  test('measures from the order to revoke to its end, and from the request to its approval', async () => {
    const world = new World();
    const kill = { roles: [], at: NOW + 2600, until: NOW + 9_000_000 };
    await countAll(world, lifeOf('approve', [APPROVED, VENDED, REVOKING, REVOKED], { kill }));
    const tally = world.store.days.get(TODAY)?.tally;
    // Revoked four seconds after the request.
    expect(tally?.greatest).toEqual(
      new Map([
        ['approveSeconds', 1],
        ['revokeMs', 1400],
      ]),
    );
    expect(tally && countIn(tally, 'revoked')).toBe(1);
  });

  test('takes the seconds of the event where the kill order is gone already, and nothing where no key lived', async () => {
    const world = new World();
    const noKey = [{ type: 'revoked', reason: '', killSeconds: null }, 'revoked'] as const;
    await countAll(world, lifeOf('allow', [noKey]));
    const measured = () => world.store.days.get(TODAY)?.tally.greatest;
    expect(measured()).toEqual(new Map());
    await countAll(world, lifeOf('allow', [REVOKING, REVOKED]));
    expect(measured()).toEqual(new Map([['revokeMs', 1000]]));
    expect(countsOf(world)).toMatchObject({ events: 5, revoked: 2 });
  });

  test('counts what no figure is about as an event, and as nothing else', async () => {
    const world = new World();
    await countAll(world, lifeOf('allow', [EXPIRED]).slice(1));
    expect(countsOf(world)).toEqual({ events: 1 });
  });

  test('counts a break-glass grant once, when it begins, however late its other events come', async () => {
    const world = new World();
    const steps = lifeOf('approve', [APPROVED, VENDED, VENDED, VENDED], { breakGlass: true });
    const notices = steps.map(({ grant, event }) => world.happens(grant, event));
    for (const notice of notices.toReversed()) await countEvents(world.ports(), [notice]);
    expect(countsOf(world)['breakGlass']).toBe(1);
  });

  test('has the reviews that are due, with their time, until they are done', async () => {
    const world = new World();
    const review = {
      ...({ status: 'due', dueAt: NOW + 5, reminded: false } as const),
      ...{ reviewer: null, comment: null, at: null },
    };
    const [first] = lifeOf('allow', [], { breakGlass: true, review });
    if (first === undefined) throw new Error('no life');
    await countEvents(world.ports(), [world.happens(first.grant, first.event)]);
    expect(world.store.head?.gauges.reviewsDue).toEqual(new Map([[first.grant.id, NOW + 5]]));
    const reviewed = { ...review, status: 'done' } as const;
    const done = { ...first.grant, version: first.grant.version + 1, review: reviewed };
    const event = { ...first.event, id: 'ev_later', type: 'reviewed', comment: null } as const;
    await countEvents(world.ports(), [world.happens(done, event)]);
    expect(world.store.head?.gauges.reviewsDue).toEqual(new Map());
  });

  test('counts events of principals, too', async () => {
    const world = new World();
    const event: PrincipalEvent = {
      ...{ id: 'ev_p', principalId: 'people:ana', type: 'principal-refused', at: NOW },
      ...{ actor: 'broker', requestId: 'r', sourceIp: null, reason: '' },
      ...{ call: 'POST /v1/grants', problem: 'forbidden' },
    };
    world.others.push(event);
    const ports = world.ports();
    const asked: string[] = [];
    const grants: typeof ports.stats.grants = (edition, ids) => {
      asked.push(...ids);
      return ports.stats.grants(edition, ids);
    };
    // A queue may deliver a notice twice, in one batch, too.
    const notices = [noticeOf(event), noticeOf(event)];
    await countEvents({ ...ports, stats: { ...ports.stats, grants } }, notices);
    expect(countsOf(world)).toEqual({ events: 1 });
    expect(world.store.written).toEqual([['ev_p']]);
    expect(asked).toEqual([]);
  });

  test('counts signals, and keeps what they say', async () => {
    const world = new World();
    const signal = { kind: 'many-denials', principal: EVE, at: NOW, count: 3 } as const;
    const event: PrincipalEvent = {
      ...{ ...signal, id: 'ev_s', principalId: EVE.id, type: 'signal-raised', story: [] },
      ...{ actor: 'broker', requestId: 'r', sourceIp: null, reason: '' },
    };
    world.others.push(event);
    await countEvents(world.ports(), [noticeOf(event)]);
    expect(countsOf(world)).toEqual({ events: 1, signals: 1 });
    expect(world.store.days.get(TODAY)?.tally.signals).toEqual([signal]);
  });

  test('reads and writes nothing for a notice that comes again', async () => {
    const world = new World();
    const [step] = lifeOf('deny', []);
    if (step === undefined) throw new Error('no life');
    const notice = world.happens(step.grant, step.event);
    await countEvents(world.ports(), [notice]);
    const ports = world.ports();
    const calls: string[] = [];
    const noting = <T extends object>(group: T) =>
      new Proxy(group, {
        get: (target, name) => {
          calls.push(String(name));
          return Reflect.get(target, name);
        },
      });
    const again = { store: noting(ports.store), trail: noting(ports.trail) };
    await countEvents({ ...ports, ...again, stats: noting(ports.stats) }, [notice]);
    expect(calls).toEqual(['days', 'counted']);
  });

  test('writes nothing where another writer was faster', async () => {
    const world = new World();
    const [step] = lifeOf('deny', []);
    if (step === undefined) throw new Error('no life');
    const seen = [{ ...step, breaksGlass: false }];
    world.happens(step.grant, step.event);
    expect(await countObserved(world.ports(), seen)).toEqual({ ok: true, value: 1 });
    expect(await countObserved(world.ports(), seen)).toEqual({ ok: true, value: 0 });
    expect(world.store.written).toHaveLength(1);
  });

  test('writes at most forty events at once', async () => {
    const world = new World();
    await countAll(world, Array.from({ length: 85 }, () => lifeOf('deny', [])).flat());
    expect(world.store.written.map((events) => events.length)).toEqual([40, 40, 5]);
  });

  test('is as late as the latest event, whatever comes after it', async () => {
    const world = new World();
    const [early, late] = lifeOf('allow', [VENDED]);
    if (early === undefined || late === undefined) throw new Error('no life');
    await countAll(world, [late]);
    await countAll(world, [early]);
    expect(world.store.head?.countedAt).toBe(late.event.at);
  });

  test('says which notices the trail does not know, and counts the others', async () => {
    const world = new World();
    const [step] = lifeOf('deny', []);
    if (step === undefined) throw new Error('no life');
    const strangers: Notice[] = [
      { id: 'ev_x', at: NOW, grantId: step.grant.id },
      { id: 'ev_y', at: NOW, grantId: 'gr_none' },
      { id: 'ev_z', at: NOW, principalId: 'people:eve' },
    ];
    const notices = [...strangers, world.happens(step.grant, step.event)];
    expect(await countEvents(world.ports(), notices)).toEqual({
      ok: true,
      value: { counted: 1, unknown: strangers },
    });
  });

  test('fails with any read or write that fails', async () => {
    let notices: readonly Notice[] = [];
    const begin = () => {
      const world = new World();
      const steps = LIVES.flatMap((life) => life());
      notices = steps.map(({ grant, event }) => world.happens(grant, event));
      return world.ports();
    };
    expect(await unheardFailures(begin, (ports) => countEvents(ports, notices))).toEqual([]);
  });

  test('counts nothing while the trail cannot be read', async () => {
    const world = new World();
    const notices = lifeOf('deny', []).map(({ grant, event }) => world.happens(grant, event));
    world.answers = false;
    expect(await countEvents(world.ports(), notices)).toMatchObject({ ok: false });
    expect(world.store.events.size).toBe(0);
  });
});

/** Two readers of a queue, whose calls of the store take turns as drawn. */
function moments(turns: readonly number[]): () => Promise<void> {
  let turn = 0;
  return async () => {
    const waits = turns[turn % turns.length] ?? 0;
    turn += 1;
    for (let wait = 0; wait < waits; wait += 1) await Promise.resolve();
  };
}

test('what another writer makes begin again is no read of the trail', async () => {
  const world = new World();
  const steps = lifeOf('allow', [VENDED]);
  const notices = steps.map(({ grant, event }) => world.happens(grant, event));
  const ports = world.ports();
  let [found, conflicts] = [0, 0];
  const store = {
    ...ports.store,
    find: (id: string) => {
      found += 1;
      return ports.store.find(id);
    },
  };
  const stats = {
    ...ports.stats,
    write: async (...write: Parameters<typeof ports.stats.write>) => {
      conflicts += 1;
      if (conflicts < 9) return { ok: false, error: { code: 'conflict' } } as const;
      return ports.stats.write(...write);
    },
  };
  expect(await countEvents({ ...ports, store, stats }, notices)).toMatchObject({ ok: true });
  expect([found, conflicts]).toEqual([1, 9]);
});

test('a grant that was read before another writer counted it as it is now changes no gauge', async () => {
  const world = new World();
  const [asked, ended] = lifeOf('allow', [EXPIRED]);
  if (asked === undefined || ended === undefined) throw new Error('no life');
  const first = { ...asked, grant: { ...asked.grant, version: 1 } };
  const last = { ...ended, grant: { ...ended.grant, version: 2 } };
  const early = world.happens(first.grant, first.event);
  const stale = { ...first.grant };
  const late = world.happens(last.grant, last.event);
  await countEvents(world.ports(), [late]);
  const ports = world.ports();
  const store = { ...ports.store, find: async () => ({ ok: true, value: stale }) as const };
  await countEvents({ ...ports, store }, [early]);
  expect(world.store.head?.gauges.active).toBe(0);
});

describe('whatever the order of notices, duplicates and writers at once', () => {
  test('every event is counted exactly once, and the gauges are the grants as they are', async () => {
    const lives = fc.array(fc.nat({ max: LIVES.length - 1 }), { minLength: 1, maxLength: 8 });
    const turns = fc.array(fc.nat({ max: 5 }), { minLength: 3, maxLength: 9 });
    const mix = fc.array(fc.nat(), { minLength: 20, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(lives, turns, mix, async (chosen, waits, order) => {
        const world = new World(moments(waits));
        const open = chosen.map((life) => [...(LIVES[life]?.() ?? [])]);
        const steps = open.flat();
        const sent: Notice[] = [];
        const running: Promise<unknown>[] = [];
        const send = (notices: readonly Notice[]): void => {
          running.push(countEvents(world.ports(), notices));
        };
        for (const draw of order) {
          const life = open[draw % open.length];
          const step = draw % 3 === 0 ? undefined : life?.shift();
          if (step !== undefined) sent.push(world.happens(step.grant, step.event));
          const again = sent[draw % Math.max(1, sent.length)];
          const last = sent.at(-1);
          if (draw % 4 === 0 && again !== undefined && last !== undefined) send([again, last]);
          if (draw % 7 === 0) await Promise.resolve();
        }
        for (const { grant, event } of open.flat()) sent.push(world.happens(grant, event));
        send(sent);
        await Promise.all(running);
        const expected = new World();
        for (const { grant, event } of steps) expected.happens(grant, event);
        await countEvents(
          expected.ports(),
          steps.map(({ event }) => noticeOf(event)),
        );
        expect(countsOf(world)).toEqual(countsOf(expected));
        expect(countsOf(world)['events']).toBe(steps.length);
        const grants = [...world.grants.values()];
        expect(world.store.head?.gauges).toMatchObject({
          active: grants.filter(({ status }) => status === 'active').length,
          pending: grants.filter(({ status }) => status === 'pending').length,
        });
      }),
      { numRuns: draws(150) },
    );
  });
});
