import { describe, expect, test } from '@jest/globals';
import { dayOf, daysLater } from '../../../core/day.ts';
import { readObserved } from '../../../core/observing/read-observed.ts';
import { err } from '../../../core/result.ts';
import { raiseSignals } from '../../../core/signals/raise-signals.ts';
import { countEvents } from '../../../core/stats/count-events.ts';
import { countMissed, recountSince } from '../../../core/stats/count-missed.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { NO_STORE } from '../../support/failing-ports.ts';
import { NOW } from '../../support/sample-grants.ts';
import { lifeOf, VENDED } from './histories.ts';
import { World } from './world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TODAY = dayOf(NOW);

/** Its notices never came. */
function withLives(count: number): World {
  const world = new World();
  world.now = NOW + HOUR;
  for (let life = 0; life < count; life += 1) {
    for (const { grant, event } of lifeOf('allow', [VENDED])) world.happens(grant, event);
  }
  return world;
}

const eventsOf = (world: World): number | undefined =>
  world.store.days.get(TODAY)?.tally.counts.get('events');

describe('looking for events that were not counted', () => {
  test('counts the last hundred days at the first look, and then only what is new', async () => {
    const world = withLives(3);
    const first = await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(first).toEqual({
      ok: true,
      value: { missed: 6, raised: [], until: NOW + HOUR - 30_000, done: true },
    });
    expect(eventsOf(world)).toBe(6);
    expect(world.store.head).toMatchObject({
      gauges: { active: 3 },
      checkedUntil: NOW + HOUR - 30_000,
    });
    world.now += HOUR;
    const next = await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(next).toMatchObject({ value: { missed: 0, done: true } });
    expect(eventsOf(world)).toBe(6);
  });

  test('counts no event of the last half minute: its notice is on its way', async () => {
    const world = withLives(1);
    world.now = NOW + 20_000;
    expect(await countMissed(world.ports(), Number.POSITIVE_INFINITY)).toMatchObject({
      value: { missed: 0 },
    });
  });

  test('goes on where its time was up', async () => {
    const world = withLives(1);
    const until: number[] = [];
    for (let look = 0; look < 200; look += 1) {
      const stopAt = world.now + 1;
      const ports = { ...world.ports(), clock: () => world.now };
      const stepping = {
        ...ports.stats,
        write: async (...write: Parameters<typeof ports.stats.write>) => {
          const written = await ports.stats.write(...write);
          world.now += 1;
          return written;
        },
      };
      const done = await countMissed({ ...ports, stats: stepping }, stopAt);
      if (!done.ok) throw new Error('not looked');
      until.push(done.value.until);
      if (done.value.done) break;
    }
    expect(until.length).toBeGreaterThan(50);
    expect(until).toEqual(until.toSorted((a, b) => a - b));
    expect(eventsOf(world)).toBe(2);
  });

  test('counts open grants that are older than every event it looks at', async () => {
    const world = new World();
    world.now = NOW + 200 * DAY;
    const lives = [
      lifeOf('allow', []),
      lifeOf('approve', []),
      ...Array.from({ length: 7 }, () => lifeOf('allow', [])),
    ];
    for (const { grant, event } of lives.flat()) world.happens(grant, event);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(world.store.head?.gauges).toMatchObject({ active: 8, pending: 1 });
    expect(eventsOf(world)).toBeUndefined();
  });

  test('lists open grants once an hour', async () => {
    const world = withLives(1);
    const ports = world.ports();
    const listed: string[] = [];
    const list: typeof ports.store.list = (query) => {
      listed.push(String(query.status));
      return ports.store.list(query);
    };
    const look = () =>
      countMissed({ ...ports, store: { ...ports.store, list } }, Number.POSITIVE_INFINITY);
    world.now = Date.parse('2026-11-23T11:00:30Z');
    await look();
    expect(listed).toEqual(['active', 'pending']);
    world.now += HOUR - 1;
    await look();
    expect(listed).toHaveLength(2);
    world.now += 1;
    await look();
    expect(listed).toHaveLength(4);
  });

  test('passes over a grant that is gone since it was listed', async () => {
    const world = withLives(1);
    const ports = world.ports();
    const store = { ...ports.store, find: async () => ({ ok: true, value: null }) as const };
    const overdue = { between: async function* () {} };
    const look = await countMissed({ ...ports, store, overdue }, Number.POSITIVE_INFINITY);
    expect(look).toMatchObject({ value: { missed: 0, done: true } });
    expect(world.store.head?.gauges.active).toBe(0);
  });

  test('counts what was written ten minutes late', async () => {
    const world = withLives(0);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    const until = world.store.head?.checkedUntil ?? 0;
    const [step] = lifeOf('deny', []);
    if (step === undefined) throw new Error('no life');
    world.happens(step.grant, { ...step.event, at: until - 10 * 60_000 });
    world.now += 1;
    const look = await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(look).toMatchObject({ value: { missed: 1 } });
  });

  test('begins no day when its time is up', async () => {
    const world = withLives(1);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    world.now += HOUR;
    expect(await countMissed(world.ports(), world.now)).toMatchObject({
      value: { until: world.now - HOUR - 30_000, done: false },
    });
  });

  test('marks the events that there are, and nothing else', async () => {
    const world = withLives(2);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    const marked = world.store.written.flat();
    expect(marked.toSorted()).toStrictEqual(world.trail.map(({ id }) => id).toSorted());
  });

  test('fails with any read or write that fails', async () => {
    const begin = async () => {
      const world = withLives(0);
      await countMissed(world.ports(), Number.POSITIVE_INFINITY);
      world.now += HOUR;
      for (const life of [lifeOf('allow', [VENDED]), lifeOf('approve', [])]) {
        for (const { grant, event } of life) world.happens(grant, event);
      }
      return world.ports();
    };
    const look = (ports: ReturnType<World['ports']>) =>
      countMissed(ports, Number.POSITIVE_INFINITY);
    expect(await unheardFailures(begin, look)).toEqual([]);
    const fromNothing = () => new World().ports();
    expect(await unheardFailures(fromNothing, (ports) => countMissed(ports, 0))).toEqual([]);
  });

  test('begins anew where the head is lost', async () => {
    const world = withLives(2);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    world.store.head = null;
    world.now += 1;
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(eventsOf(world)).toBe(4);
    expect(world.store.head).toMatchObject({ gauges: { active: 2 } });
  });
});

describe('counting days anew', () => {
  test('gives the same figures, after a row was lost or wrong', async () => {
    const world = withLives(2);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    const day = world.store.days.get(TODAY);
    if (day === undefined) throw new Error('no day');
    const right = day.tally;
    world.store.days.set(TODAY, { ...day, tally: { ...right, counts: new Map([['events', 99]]) } });
    world.now += 1;
    expect(await recountSince(world.ports(), daysLater(TODAY, -1))).toEqual({
      ok: true,
      value: { days: 2 },
    });
    expect(eventsOf(world)).toBeUndefined();
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(world.store.days.get(TODAY)?.tally).toEqual(right);
    expect(world.store.head?.gauges.active).toBe(2);
    world.store.days.delete(TODAY);
    world.now += 1;
    await recountSince(world.ports(), TODAY);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(world.store.days.get(TODAY)?.tally).toEqual(right);
  });

  test('has the next look count open grants, within the first hour of the day, too', async () => {
    const world = withLives(1);
    world.now = Date.parse(TODAY) + 40 * 60_000;
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    const forgotten = world.store.head;
    if (forgotten === null) throw new Error('no head');
    world.store.grants.clear();
    world.store.head = { ...forgotten, gauges: { ...forgotten.gauges, active: 0 } };
    await recountSince(world.ports(), TODAY);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(world.store.head.gauges.active).toBe(1);
  });

  test('begins at most 25 days in one write', async () => {
    const world = withLives(0);
    const ports = world.ports();
    const begun: number[] = [];
    const write: typeof ports.stats.write = (version, change) => {
      begun.push(change.days.size);
      return ports.stats.write(version, change);
    };
    await recountSince({ ...ports, stats: { ...ports.stats, write } }, daysLater(TODAY, -49));
    expect(begun).toEqual([25, 25]);
  });

  test('is not undone by a look that was under way', async () => {
    const world = withLives(2);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    const right = world.store.days.get(TODAY)?.tally;
    world.now += HOUR;
    const ports = world.ports();
    const between: typeof ports.overdue.between = async function* (...range) {
      world.now += 1;
      await recountSince(world.ports(), TODAY);
      yield* ports.overdue.between(...range);
    };
    const look = await countMissed({ ...ports, overdue: { between } }, Number.POSITIVE_INFINITY);
    expect(look).toMatchObject({ value: { done: false } });
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(world.store.days.get(TODAY)?.tally).toEqual(right);
  });

  test('counts what happens meanwhile once', async () => {
    const world = withLives(1);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    world.now += 1;
    await recountSince(world.ports(), TODAY);
    const [step] = lifeOf('deny', []);
    if (step === undefined) throw new Error('no life');
    const notice = world.happens(step.grant, step.event);
    await countEvents(world.ports(), [notice]);
    expect(eventsOf(world)).toBe(1);
    await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    expect(eventsOf(world)).toBe(3);
  });
});

describe('signals of events that no notice came for', () => {
  /** Denied requests of one person, a minute after another. */
  function denials(world: World, count: number, from: number, who = 'people:eve') {
    const requester = { type: 'User', id: who, name: 'eve' } as const;
    return Array.from({ length: count }, (_, minute) => {
      const createdAt = from + minute * 60_000;
      const [step] = lifeOf('deny', [], { requester, createdAt, endedAt: createdAt });
      if (step === undefined) throw new Error('no life');
      return world.happens(step.grant, { ...step.event, at: createdAt });
    });
  }

  const look = async (world: World) => {
    const done = await countMissed(world.ports(), Number.POSITIVE_INFINITY);
    if (!done.ok) throw new Error('not looked');
    return done.value.raised.map(({ kind, at, count }) => ({ kind, at, count }));
  };

  test('are raised late, once, and of the time when it happened', async () => {
    const world = new World();
    world.now = NOW;
    await look(world);
    denials(world, 4, NOW + HOUR);
    world.now = NOW + 5 * HOUR;
    expect(await look(world)).toEqual([
      { kind: 'many-denials', at: NOW + HOUR + 120_000, count: 3 },
    ]);
    world.now += HOUR;
    expect(await look(world)).toEqual([]);
    expect(world.raised).toHaveLength(1);
  });

  test('are raised although a later one was raised in time', async () => {
    const world = new World();
    world.now = NOW;
    await look(world);
    denials(world, 3, NOW + HOUR);
    const seen = denials(world, 3, NOW + 4 * HOUR);
    const ports = world.ports();
    const observed = await readObserved(ports, seen);
    if (!observed.ok) throw new Error('not read');
    await raiseSignals(ports, observed.value);
    await countEvents(ports, seen);
    expect(world.raised).toHaveLength(1);
    world.now = NOW + 5 * HOUR;
    expect(await look(world)).toMatchObject([{ at: NOW + HOUR + 120_000 }]);
  });

  test('come again with the next look where they could not be raised, before anything is counted', async () => {
    const world = new World();
    world.now = NOW;
    await look(world);
    denials(world, 3, NOW + HOUR);
    world.now = NOW + 2 * HOUR;
    const ports = world.ports();
    const signals = { ...ports.signals, raise: async () => err(NO_STORE) };
    expect(await countMissed({ ...ports, signals }, Number.POSITIVE_INFINITY)).toEqual(
      err(NO_STORE),
    );
    expect(eventsOf(world)).toBeUndefined();
    expect(await look(world)).toMatchObject([{ kind: 'many-denials' }]);
  });

  test('are not raised when days are counted anew, nor after a week', async () => {
    const world = new World();
    world.now = NOW;
    await look(world);
    denials(world, 3, NOW + HOUR);
    denials(world, 3, NOW + HOUR, 'people:bo');
    world.now = NOW + 2 * HOUR;
    expect(await look(world)).toHaveLength(2);
    await recountSince(world.ports(), TODAY);
    world.now += 1;
    expect(await look(world)).toEqual([]);
    const late = new World();
    denials(late, 3, NOW);
    late.now = NOW + 7 * DAY + HOUR;
    expect(await look(late)).toEqual([]);
    expect(late.raised).toEqual([]);
    expect(eventsOf(late)).toBe(3);
  });
});
