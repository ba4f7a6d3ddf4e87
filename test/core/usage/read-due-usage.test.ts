import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Grant } from '../../../core/grant.ts';
import { err, ok } from '../../../core/result.ts';
import type { SignalEvent } from '../../../core/signals/signal-store.ts';
import { LogsUnavailable } from '../../../core/usage/logs-unavailable.ts';
import { readDueUsage } from '../../../core/usage/read-due-usage.ts';
import type { ReadUsagePorts } from '../../../core/usage/read-once.ts';
import type { Needles, ReadPart, Window } from '../../../core/usage/usage-ports.ts';
import type { UsageReading } from '../../../core/usage/usage-seams.ts';
import { spanOf } from '../../../core/usage/window-of.ts';
import { MemoryUsage } from '../../support/memory-usage.ts';
import { IN_FORCE, NOT_QUARANTINED } from '../../support/quarantine.ts';
import { activeGrant, expiredEvent, NOW } from '../../support/sample-grants.ts';
import { grantUsage, TRAIL } from '../../support/sample-usage.ts';

const HOUR = 3_600_000;
const UNAVAILABLE = { code: 'unavailable', what: 'store' } as const;
const FILE: ReadPart = { kind: 'file', name: 'a.json.gz', bytes: 10, records: 1 };

let now: number;
let usages: MemoryUsage;
let grants: Map<string, Grant>;
let looks: {
  readonly window: Window;
  readonly needles: Needles;
  readonly until: number | undefined;
}[];
let reported: unknown[];
let raised: SignalEvent[];
/** Vends of keys that the logs have. */
let vends: number;
/** What happens while logs are read. */
let reading: (ids: readonly string[]) => void;
let ports: ReadUsagePorts;

beforeEach(() => {
  now = NOW;
  usages = new MemoryUsage(() => now);
  grants = new Map();
  looks = [];
  reported = [];
  raised = [];
  vends = 1;
  reading = () => undefined;
  ports = {
    ...{ quarantine: NOT_QUARANTINED, usages, clock: () => now, reading: fakeReading() },
    store: { find: async (id) => ok(grants.get(id) ?? null) },
    signals: {
      raise: async (event) => {
        raised.push(event);
        return ok(true);
      },
    },
    places: { accounts: null, regions: null },
    report: (failure) => reported.push(failure),
  };
});

function fakeReading(): UsageReading {
  return {
    source: {
      source: 'files',
      read: async function* (window, needles, until) {
        looks.push({ window, needles, until });
        reading(needles ?? []);
        yield FILE;
        yield FILE;
      },
    },
    trails: { trails: async () => ok([TRAIL]) },
    beginFold: async () => {
      let files = 0;
      return ok({
        add: () => {
          files += 1;
        },
        usageOf: (grant) =>
          grantUsage(grant, { vends, read: { ...grantUsage(grant).read, files } }),
      });
    },
    event: (grant) => expiredEvent(grant),
    signals: async () => ok([]),
  };
}

/** A grant whose calls are due since `hours` ago. */
async function due(hours = 1, changes: Partial<Grant> = {}): Promise<Grant> {
  const endedAt = NOW - (hours + 1) * HOUR;
  const grant = activeGrant({
    ...{ status: 'expired', startsAt: endedAt - HOUR, endedAt, keysValidUntil: endedAt },
    ...changes,
  });
  grants.set(grant.id, grant);
  await usages.await(grant, NOW - hours * HOUR);
  return grant;
}

const pass = async (until = now + 600_000) => {
  const done = await readDueUsage(ports, 'r-1', until);
  if (!done.ok) throw new Error(done.error.code);
  return done.value;
};

describe('a pass', () => {
  test('reads what is due, keeps it with one event, and has nothing left', async () => {
    const grant = await due();
    expect(await pass()).toEqual({ read: [grant.id], failed: [], signals: [], lagSeconds: 0 });
    expect(looks.map(({ needles }) => needles)).toEqual([[grant.id]]);
    const found = await usages.find(grant);
    expect(found).toMatchObject(
      ok({
        state: 'kept',
        kept: {
          vended: true,
          readAt: NOW,
          of: spanOf(grant),
          logs: { accounts: ['000000000000'], regions: null, trails: [TRAIL] },
          usage: { read: { files: 2 } },
        },
      }),
    );
    expect(usages.events).toHaveLength(1);
    expect(usages.waiting.size).toBe(0);
    expect(await pass()).toMatchObject({ read: [], failed: [] });
    expect(looks).toHaveLength(1);
  });

  test('reads the logs once for many grants of the same time', async () => {
    const many = await Promise.all(Array.from({ length: 150 }, () => due()));
    expect((await pass()).read.toSorted()).toEqual(many.map(({ id }) => id).toSorted());
    expect(looks).toHaveLength(1);
  });

  test('reads nothing before its time', async () => {
    await due(-1);
    expect(await pass()).toEqual({ read: [], failed: [], signals: [], lagSeconds: 0 });
    expect(looks).toEqual([]);
  });

  test('and one at the same time keep one usage and one event between them', async () => {
    const grant = await due();
    const [one, other] = await Promise.all([pass(), pass()]);
    expect([...(one?.read ?? []), ...(other?.read ?? [])]).toEqual([grant.id]);
    expect(looks).toHaveLength(1);
    expect(usages.events).toHaveLength(1);
  });

  test('notes when reading began', async () => {
    await pass();
    now += HOUR;
    await pass();
    expect(await usages.begunAt()).toEqual(ok(NOW));
  });

  test('does nothing in a quarantine, or where nobody knows, and all stays due', async () => {
    const grant = await due();
    for (const read of [ok(IN_FORCE), err(UNAVAILABLE)]) {
      ports = { ...ports, quarantine: async () => read };
      expect(await pass()).toMatchObject({ read: [], failed: [] });
    }
    expect(looks).toEqual([]);
    expect(usages.waiting.get(grant.id)).toMatchObject({ attempts: 0 });
  });

  test('drops what is due of a grant that is not there, or goes on', async () => {
    const gone = await due();
    grants.delete(gone.id);
    const open = await due(1, { status: 'active' });
    expect(await pass()).toMatchObject({ read: [], failed: [] });
    expect(usages.waiting.size).toBe(0);
    expect([gone, open].map(({ id }) => usages.rows.get(id)?.state)).toEqual([
      'waiting',
      'waiting',
    ]);
  });

  test('tells how long what is left should have been read', async () => {
    await due(7);
    await due(3);
    reading = () => {
      throw new Error('no');
    };
    expect((await pass()).lagSeconds).toBe(7 * 3600);
  });
});

describe('logs that cannot be read', () => {
  test('put the grant off, further each time, and hold up no other', async () => {
    const bad = await due(30);
    const good = await due(1);
    reading = (ids) => {
      if (!ids.includes(bad.id)) return;
      const why = { reason: 'AccessDenied', permission: 's3:GetObject' };
      throw new LogsUnavailable('a secret', why);
    };
    expect(await pass()).toMatchObject({ read: [good.id], failed: [bad.id] });
    expect(reported).toEqual([
      { reason: 'AccessDenied', permission: 's3:GetObject', grantIds: [bad.id] },
    ]);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const { dueAt = 0 } = usages.waiting.get(bad.id) ?? {};
      pauses.push((dueAt - now) / HOUR);
      expect(await pass(now + 1000)).toMatchObject({ read: [], failed: [] });
      now = dueAt;
      await pass();
    }
    expect(pauses).toEqual([1, 2, 4, 4]);
    expect(usages.waiting.get(bad.id)).toMatchObject({ attempts: 5, since: NOW - 30 * HOUR });
    reading = () => undefined;
    now += 4 * HOUR;
    expect(await pass()).toMatchObject({ read: [bad.id] });
  });

  test('put it off before they are read, so that a pass that never returns comes back later', async () => {
    const grant = await due();
    reading = () => {
      expect(usages.waiting.get(grant.id)).toMatchObject({ attempts: 1, dueAt: now + HOUR });
    };
    expect((await pass()).read).toEqual([grant.id]);
  });

  test('stop with the time of the pass, and nothing of them is kept', async () => {
    const grant = await due();
    const until = now + 600_000;
    reading = () => {
      now = until;
    };
    expect(await pass(until)).toMatchObject({ read: [], failed: [grant.id] });
    expect(looks.map((look) => look.until)).toEqual([until]);
    expect(reported).toEqual([{ reason: 'out of time', grantIds: [grant.id] }]);
    expect(usages.rows.get(grant.id)?.state).toBe('waiting');
  });

  test('begin no more when the time is up', async () => {
    const first = await due(50);
    const second = await due(1);
    reading = () => {
      now += 1000;
    };
    const until = now + 1001;
    const slow = { ...ports, clock: () => now };
    ports = {
      ...slow,
      usages: {
        ...pick(usages),
        put: async (write) => {
          now = until;
          return usages.put(write);
        },
      },
    };
    expect(await pass(until)).toMatchObject({ read: [first.id], failed: [], lagSeconds: 3600 });
    expect(usages.waiting.get(second.id)).toMatchObject({ attempts: 0 });
  });
});

function pick({ begin, due: dueOf, claim, put, drop }: MemoryUsage): ReadUsagePorts['usages'] {
  return { begin, due: dueOf, claim, put, drop };
}

test('a grant that cannot be read is put off, and holds up no other', async () => {
  const [bad, good] = [await due(), await due()];
  const { find } = ports.store;
  ports = {
    ...ports,
    store: { find: async (id) => (id === bad.id ? err(UNAVAILABLE) : find(id)) },
  };
  expect(await pass()).toMatchObject({ read: [good.id], failed: [bad.id], lagSeconds: 3600 });
  expect(usages.waiting.get(bad.id)).toMatchObject({ attempts: 1 });
  expect(reported).toEqual([{ reason: 'grants not read', grantIds: [bad.id] }]);
});

test('a pass that cannot note when reading began, or read what is due, fails as a whole', async () => {
  await due();
  for (const broken of ['begin', 'due'] as const) {
    const failing = {
      ...ports,
      usages: { ...pick(usages), [broken]: async () => err(UNAVAILABLE) },
    };
    expect(await readDueUsage(failing, 'r-1', now + 600_000)).toEqual(err(UNAVAILABLE));
  }
  expect(looks).toEqual([]);
});

describe('what fails before anything is read leaves the grant due', () => {
  test('its claim', async () => {
    const grant = await due();
    ports = { ...ports, usages: { ...pick(usages), claim: async () => err(UNAVAILABLE) } };
    expect(await pass()).toMatchObject({ read: [], failed: [grant.id], lagSeconds: 3600 });
    expect([looks.length, reported]).toEqual([
      0,
      [{ reason: 'not written', grantIds: [grant.id] }],
    ]);
  });

  test('what it takes to count', async () => {
    const grant = await due();
    const beginFold = async () => err(UNAVAILABLE);
    ports = { ...ports, reading: { ...ports.reading, beginFold } };
    expect(await pass()).toMatchObject({ read: [], failed: [grant.id] });
    expect(reported).toEqual([{ reason: 'grants not read', grantIds: [grant.id] }]);
  });

  test.each([
    [new TypeError('a secret'), 'TypeError'],
    ['a secret', 'unknown'],
  ])('logs that fail in no known way: %s', async (thrown, reason) => {
    const grant = await due();
    reading = () => {
      throw thrown;
    };
    expect(await pass()).toMatchObject({ read: [], failed: [grant.id] });
    expect(reported).toEqual([{ reason, grantIds: [grant.id] }]);
  });

  test('a claim that somebody else has is left to them', async () => {
    await due(5);
    ports = { ...ports, usages: { ...pick(usages), claim: async () => ok(null) } };
    expect(await pass()).toEqual({ read: [], failed: [], signals: [], lagSeconds: 0 });
    expect([looks, reported]).toEqual([[], []]);
  });
});

describe('trails that cannot be read', () => {
  beforeEach(() => {
    const trails = { trails: async () => err(UNAVAILABLE) };
    ports = { ...ports, reading: { ...ports.reading, trails } };
  });

  test('are waited for', async () => {
    const grant = await due();
    expect(await pass()).toMatchObject({ read: [], failed: [grant.id] });
    expect(reported).toEqual([{ reason: 'trails not read', grantIds: [grant.id] }]);
  });

  test('are gone without at the third attempt, so that nothing counts as unused', async () => {
    const grant = await due();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await pass();
      now = usages.waiting.get(grant.id)?.dueAt ?? now;
    }
    expect(await usages.find(grant)).toMatchObject(
      ok({ state: 'kept', kept: { logs: { trails: null } } }),
    );
  });
});

describe('logs that lack the vend of a grant', () => {
  beforeEach(() => {
    vends = 0;
  });

  test('lack its calls as well: it stays due until they have it', async () => {
    const grant = await due();
    expect(await pass()).toMatchObject({ read: [], failed: [grant.id] });
    expect(reported).toEqual([{ reason: 'no record of its vend', grantIds: [grant.id] }]);
    expect(usages.rows.get(grant.id)?.state).toBe('waiting');
    expect(usages.events).toEqual([]);
    vends = 1;
    now = usages.waiting.get(grant.id)?.dueAt ?? now;
    expect(await pass()).toMatchObject({ read: [grant.id] });
  });

  test('are gone with at the third attempt, and it is kept that they lack it', async () => {
    const grant = await due();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await pass();
      now = usages.waiting.get(grant.id)?.dueAt ?? now;
    }
    expect(reported).toHaveLength(2);
    expect(await usages.find(grant)).toMatchObject(
      ok({ state: 'kept', kept: { vended: true, usage: { vends: 0 } } }),
    );
  });

  test('hold up no grant whose vend they have', async () => {
    const [lacking, good] = [await due(), await due()];
    const { beginFold } = ports.reading;
    const fold: UsageReading['beginFold'] = async (...of) => {
      const begun = await beginFold(...of);
      if (!begun.ok) return begun;
      const usageOf = (grant: Grant) => grantUsage(grant, { vends: grant.id === good.id ? 1 : 0 });
      return ok({ ...begun.value, usageOf });
    };
    ports = { ...ports, reading: { ...ports.reading, beginFold: fold } };
    expect(await pass()).toMatchObject({ read: [good.id], failed: [lacking.id] });
  });
});

describe('signals', () => {
  const signal = (grant: Grant): SignalEvent => ({
    ...{ id: 'ev_1', type: 'signal-raised', at: NOW, requestId: 'r-1', actor: 'broker' },
    ...{ sourceIp: null, principalId: grant.requester.id, principal: grant.requester },
    ...{ kind: 'new-network', count: 1, story: [], reason: 'called from elsewhere' },
  });
  beforeEach(() => {
    const signals: UsageReading['signals'] = async (grant) =>
      ok([{ event: signal(grant), quietSeconds: 3600 }]);
    ports = { ...ports, reading: { ...ports.reading, signals } };
  });

  test('are raised before what was read is kept, and told', async () => {
    const grant = await due();
    const { raise } = ports.signals;
    ports = {
      ...ports,
      signals: {
        raise: (event, quiet) => {
          expect(usages.rows.get(grant.id)?.state).toBe('waiting');
          return raise(event, quiet);
        },
      },
    };
    expect((await pass()).signals).toEqual([signal(grant)]);
    expect(raised).toEqual([signal(grant)]);
  });

  test('that nobody can tell leave the grant due', async () => {
    const grant = await due();
    const signals: UsageReading['signals'] = async () => err(UNAVAILABLE);
    ports = { ...ports, reading: { ...ports.reading, signals } };
    expect(await pass()).toMatchObject({ read: [], failed: [grant.id] });
    expect(usages.rows.get(grant.id)?.state).toBe('waiting');
  });

  test('that cannot be raised leave the grant due', async () => {
    const grant = await due();
    ports = { ...ports, signals: { raise: async () => err(UNAVAILABLE) } };
    expect(await pass()).toMatchObject({ read: [], failed: [grant.id] });
    expect(usages.rows.get(grant.id)?.state).toBe('waiting');
  });

  test('have the time when the grant was due first, so that read again they are the same', async () => {
    const grant = await due(3);
    const times: number[] = [];
    const { reading: made } = ports;
    ports = {
      ...ports,
      reading: {
        ...made,
        signals: (of, usage, by) => {
          times.push(by.at);
          return made.signals(of, usage, by);
        },
      },
      usages: { ...pick(usages), put: async () => err(UNAVAILABLE) },
    };
    await pass();
    now = usages.waiting.get(grant.id)?.dueAt ?? now;
    await pass();
    expect(times).toEqual([NOW - 3 * HOUR, NOW - 3 * HOUR]);
  });

  test('that go on already are not told again', async () => {
    await due();
    ports = { ...ports, signals: { raise: async () => ok(false) } };
    expect((await pass()).signals).toEqual([]);
  });
});

test('what is due and cannot be read is an error, not nothing', async () => {
  ports = { ...ports, usages: { ...pick(usages), due: async () => err(UNAVAILABLE) } };
  expect(await readDueUsage(ports, 'r-1', now)).toEqual(err(UNAVAILABLE));
});
