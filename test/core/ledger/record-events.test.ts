import { describe, expect, test } from '@jest/globals';
import type { AuditEvent, PrincipalEvent } from '../../../core/audit.ts';
import { type MissedPorts, recordMissed } from '../../../core/ledger/find-missed.ts';
import { type Notice, recordEvents } from '../../../core/ledger/record-events.ts';
import { decodeBundle, tilePath } from '../../../core/ledger/tiles.ts';
import { err, ok } from '../../../core/result.ts';
import {
  MemoryLedgerFiles,
  MemoryLedgerStore,
  memorySigner,
} from '../../simulation/memory-ledger.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { NOW } from '../../support/sample-grants.ts';

const PAGE = 3;

function eventAt(grantId: string, number: number, at = NOW + number): AuditEvent {
  return {
    ...{ id: `ev_${grantId}_${number}`, grantId, entitlement: 'free', status: 'active', at },
    ...{ actor: 'broker', requestId: 'r', sourceIp: null, type: 'started' },
  };
}

function refusedAt(number: number): PrincipalEvent {
  return {
    ...{ id: `ev_p_${number}`, principalId: 'people:ana', type: 'principal-refused' },
    ...{ at: NOW + number, actor: 'broker', requestId: 'r', sourceIp: null },
    ...{ call: 'POST /v1/grants', problem: 'forbidden', reason: '' },
  };
}

function noticeOf(event: AuditEvent | PrincipalEvent): Notice {
  const { id, at } = event;
  return 'grantId' in event
    ? { id, at, grantId: event.grantId }
    : { id, at, principalId: event.principalId };
}

class World {
  readonly trail: AuditEvent[] = [];
  readonly refused: PrincipalEvent[] = [];
  readonly files = new MemoryLedgerFiles();
  readonly store = new MemoryLedgerStore();
  checked: number | null = null;
  pagesRead = 0;

  ports(): MissedPorts {
    return {
      store: this.store.port(),
      files: this.files.port(),
      signer: memorySigner(() => undefined),
      content: 'events',
      trail: {
        latest: async (grantId, before) => {
          this.pagesRead += 1;
          const all = this.trail.filter((one) => one.grantId === grantId).toReversed();
          const from = before === null ? 0 : Number(before);
          const next = from + PAGE < all.length ? String(from + PAGE) : null;
          return ok({ events: all.slice(from, from + PAGE), next });
        },
        ofPrincipal: async ({ id }) => ok(this.refused.find((one) => one.id === id) ?? null),
      },
      overdue: {
        between: (from, until) => this.between(from, until),
        checkedUntil: async () => ok(this.checked),
        noteChecked: async (until) => {
          this.checked = until;
          return ok(null);
        },
      },
    };
  }

  private async *between(from: number, until: number) {
    const all = [...this.trail, ...this.refused];
    const due = all.filter(({ at }) => at >= from && at < until).map(noticeOf);
    if (due.length > 0) yield ok(due);
  }

  inLog(): readonly string[] {
    const size = this.store.size();
    const bundle = this.files.files.get(tilePath({ level: 'entries', index: 0, width: size }));
    const entries = decodeBundle(bundle ?? new Uint8Array());
    return entries.ok ? entries.value.map((one) => JSON.parse(String(one)).id as string) : [];
  }
}

describe('notices of a grant', () => {
  test('bring in what no notice came for, in the order of the trail', async () => {
    const world = new World();
    world.trail.push(...[1, 2, 3, 4, 5].map((number) => eventAt('gr_1', number)));
    const last = world.trail.at(-1);
    const done = await recordEvents(world.ports(), last ? [noticeOf(last)] : []);
    expect(done).toEqual(ok({ size: 5, unknown: [] }));
    expect(world.inLog()).toEqual(world.trail.map(({ id }) => id));
  });

  test('read no more of a long trail than what is new, and one page that is not', async () => {
    const world = new World();
    world.trail.push(...Array.from({ length: 30 }, (_, number) => eventAt('gr_1', number)));
    await recordEvents(world.ports(), world.trail.map(noticeOf));
    world.trail.push(eventAt('gr_1', 30));
    world.pagesRead = 0;
    await recordEvents(world.ports(), [noticeOf(eventAt('gr_1', 30))]);
    expect(world.pagesRead).toBe(2);
    expect(world.inLog()).toHaveLength(31);
  });

  test('read no more of each trail than what is new in it', async () => {
    const world = new World();
    for (const grant of ['gr_1', 'gr_2']) {
      world.trail.push(...Array.from({ length: 9 }, (_, number) => eventAt(grant, number)));
    }
    world.refused.push(refusedAt(1));
    await recordEvents(world.ports(), world.trail.map(noticeOf));
    world.pagesRead = 0;
    const ports = world.ports();
    const asked: string[] = [];
    const ofPrincipal: typeof ports.trail.ofPrincipal = (notice) => {
      asked.push(notice.id);
      return ports.trail.ofPrincipal(notice);
    };
    const notices = [eventAt('gr_1', 8), eventAt('gr_2', 8), refusedAt(1)].map(noticeOf);
    await recordEvents({ ...ports, trail: { ...ports.trail, ofPrincipal } }, notices);
    expect([world.pagesRead, asked]).toEqual([2, ['ev_p_1']]);
  });

  test('bring in an event that is older than what the log has, late but once', async () => {
    const world = new World();
    const late = eventAt('gr_1', 0);
    world.trail.push(...Array.from({ length: 8 }, (_, number) => eventAt('gr_1', number + 1)));
    await recordEvents(world.ports(), world.trail.map(noticeOf));
    world.trail.unshift(late);
    for (let again = 0; again < 2; again += 1) await recordEvents(world.ports(), [noticeOf(late)]);
    expect(world.inLog().filter((id) => id === late.id)).toHaveLength(1);
    expect(world.inLog()).toHaveLength(9);
  });
});

test('events of several grants and principals are in the order of time, each grant in its own', async () => {
  const world = new World();
  // Both events of the second grant have the same time: the trail has the order.
  world.trail.push(eventAt('gr_1', 9), eventAt('gr_2', 1, NOW + 5), eventAt('gr_2', 2, NOW + 5));
  world.refused.push(refusedAt(7));
  await recordEvents(world.ports(), [...world.trail, ...world.refused].map(noticeOf).toReversed());
  expect(world.inLog()).toEqual(['ev_gr_2_1', 'ev_gr_2_2', 'ev_p_7', 'ev_gr_1_9']);
});

test('a notice of an event that the trail does not have is returned, and the others are recorded', async () => {
  const world = new World();
  world.trail.push(eventAt('gr_1', 1));
  const notices = [eventAt('gr_1', 1), eventAt('gr_1', 2), refusedAt(3)].map(noticeOf);
  const done = await recordEvents(world.ports(), notices);
  expect(done).toEqual(ok({ size: 1, unknown: [notices[1], notices[2]] }));
});

test('a trail that does not answer fails the call, and nothing is recorded', async () => {
  const world = new World();
  const ports = world.ports();
  const failing = async () => err({ code: 'unavailable', what: 'store' } as const);
  const down = { ...ports, trail: { latest: failing, ofPrincipal: failing } };
  const notices = [noticeOf(eventAt('gr_1', 1))];
  expect(await recordEvents(down, notices)).toEqual(await failing());
  expect(await recordEvents(down, [noticeOf(refusedAt(1))])).toEqual(await failing());
  expect(world.inLog()).toEqual([]);
});

test('whatever read or write fails, the call fails, and its notices come again', async () => {
  const begin = () => {
    const world = new World();
    world.trail.push(eventAt('gr_1', 1), eventAt('gr_1', 2));
    world.refused.push(refusedAt(3));
    return world.ports();
  };
  const notices = [eventAt('gr_1', 2), refusedAt(3)].map(noticeOf);
  expect(await unheardFailures(begin, (ports) => recordEvents(ports, notices))).toEqual([]);
  const look = (ports: MissedPorts) => recordMissed(ports, NOW + 600_000);
  expect(await unheardFailures(begin, look)).toEqual([]);
});

describe('the look for what was missed', () => {
  const MINUTES = 60_000;

  test('is for what has no place: it reads no trail for all else, and says what is unknown', async () => {
    const world = new World();
    world.trail.push(eventAt('gr_1', 1), eventAt('gr_2', 2));
    const [first] = world.trail;
    await recordEvents(world.ports(), first ? [noticeOf(first)] : []);
    const ports = world.ports();
    const stranger = { id: 'ev_x', at: NOW, principalId: 'people:x' };
    const spans: number[] = [];
    const between: typeof ports.overdue.between = async function* (from, until) {
      spans.push(from);
      yield* ports.overdue.between(from, until);
      yield ok([stranger]);
    };
    world.pagesRead = 0;
    const look = () =>
      recordMissed({ ...ports, overdue: { ...ports.overdue, between } }, NOW + 10 * MINUTES);
    expect(await look()).toEqual(ok({ missed: 2, size: 2, unknown: [stranger] }));
    expect(world.pagesRead).toBe(1);
    let published = 0;
    const checkpoint: typeof ports.files.checkpoint = async () => {
      published += 1;
      return ports.files.checkpoint();
    };
    const files = { ...ports.files, checkpoint };
    await recordMissed(
      { ...ports, files, overdue: { ...ports.overdue, between } },
      NOW + 10 * MINUTES,
    );
    expect(world.pagesRead).toBe(1);
    // For the stranger, and at the end; not for the page of what has its place.
    expect(published).toBe(2);
    expect(spans).toEqual([0, NOW + 7 * MINUTES - 10 * MINUTES]);
  });

  test('brings in what no notice came for, once it had its time', async () => {
    const world = new World();
    world.trail.push(eventAt('gr_1', 1), eventAt('gr_2', 2, NOW + 9 * MINUTES));
    world.refused.push(refusedAt(3));
    const done = await recordMissed(world.ports(), NOW + 10 * MINUTES);
    expect(done).toMatchObject({ ok: true, value: { missed: 2, size: 2 } });
    expect(world.inLog()).toEqual(['ev_gr_1_1', 'ev_p_3']);
    expect(world.checked).toBe(NOW + 7 * MINUTES);
  });

  test('looks again at the last ten minutes, for whoever wrote late', async () => {
    const world = new World();
    await recordMissed(world.ports(), NOW + 10 * MINUTES);
    world.trail.push(eventAt('gr_1', 1, NOW - 2 * MINUTES));
    const done = await recordMissed(world.ports(), NOW + 10 * MINUTES);
    expect(done).toMatchObject({ ok: true, value: { missed: 1 } });
  });

  test('goes on where everything was in order, after a failure in between', async () => {
    const world = new World();
    world.trail.push(eventAt('gr_1', 1));
    const ports = world.ports();
    const add = async () => err({ code: 'unavailable', what: 'store' } as const);
    await recordMissed({ ...ports, store: { ...ports.store, add } }, NOW + 10 * MINUTES);
    expect(world.checked).toBeNull();
    await recordMissed(ports, NOW + 10 * MINUTES);
    expect(world.inLog()).toEqual(['ev_gr_1_1']);
  });

  test('after an outage of hours notes what is done by the hour', async () => {
    const world = new World();
    await recordMissed(world.ports(), NOW);
    world.trail.push(
      eventAt('gr_1', 1, NOW + 20 * MINUTES),
      eventAt('gr_2', 2, NOW + 90 * MINUTES),
    );
    const ports = world.ports();
    let writes = 0;
    const add: typeof ports.store.add = async (...write) => {
      writes += 1;
      return writes === 1 ? ports.store.add(...write) : err({ code: 'unavailable', what: 'store' });
    };
    const late = NOW + 200 * MINUTES;
    await recordMissed({ ...ports, store: { ...ports.store, add } }, late);
    // From ten minutes before the last look, an hour on.
    expect(world.checked).toBe(NOW + 47 * MINUTES);
    expect(await recordMissed(ports, late)).toMatchObject({ value: { missed: 1, size: 2 } });
    expect(world.checked).toBe(NOW + 197 * MINUTES);
  });

  test('publishes what has a place and is in no file, although nothing was missed', async () => {
    const world = new World();
    world.trail.push(eventAt('gr_1', 1));
    const ports = world.ports();
    const sign = async () => err({ code: 'unavailable', what: 'ledger' } as const);
    const broken = { ...ports, signer: { ...ports.signer, sign } };
    await recordEvents(broken, world.trail.map(noticeOf));
    expect(world.files.checkpoints).toEqual([]);
    await recordMissed(ports, NOW);
    expect(world.files.checkpoints).toHaveLength(1);
  });
});

describe('after a torn restore, which kept places and not the head that they came with', () => {
  /** The table placed the last event, and nothing was published; then its head is older than that place. */
  async function torn() {
    const world = new World();
    world.trail.push(eventAt('gr_1', 1), eventAt('gr_1', 2));
    await recordEvents(world.ports(), world.trail.map(noticeOf));
    const restore = world.store.savedHead();
    const last = eventAt('gr_1', 3);
    world.trail.push(last);
    const ports = world.ports();
    const create = async () => err({ code: 'unavailable', what: 'ledger' } as const);
    await recordEvents({ ...ports, files: { ...ports.files, create } }, [noticeOf(last)]);
    restore();
    return { world, last };
  }

  test('an event that was never published is published when its notice comes again', async () => {
    const { world, last } = await torn();
    const done = await recordEvents(world.ports(), [noticeOf(last)]);
    expect(done).toEqual(ok({ size: 3, unknown: [] }));
    expect(world.inLog()).toEqual(world.trail.map(({ id }) => id));
  });

  test('and when nobody tells of it', async () => {
    const { world } = await torn();
    const done = await recordMissed(world.ports(), NOW + 600_000);
    expect(done).toMatchObject({ ok: true, value: { missed: 1, size: 3, unknown: [] } });
    expect(world.inLog()).toEqual(world.trail.map(({ id }) => id));
  });

  test('a notice of an event that no trail has stays unknown, whatever place is left of it', async () => {
    const { world, last } = await torn();
    world.trail.pop();
    const done = await recordEvents(world.ports(), [noticeOf(last)]);
    expect(done).toMatchObject({ ok: true, value: { unknown: [noticeOf(last)] } });
  });
});
