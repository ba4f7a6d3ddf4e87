import { describe, expect, test } from '@jest/globals';
import type { LedgerEntry, LedgerFiles, LedgerStore } from '../../../core/ledger/ledger-ports.ts';
import { placeEntries } from '../../../core/ledger/place-entries.ts';
import { publishLog } from '../../../core/ledger/publish-log.ts';
import { encodeBundle } from '../../../core/ledger/tiles.ts';
import { err, ok } from '../../../core/result.ts';
import {
  MemoryLedgerFiles,
  MemoryLedgerStore,
  memorySigner,
} from '../../simulation/memory-ledger.ts';
import { NO_STORE } from '../../support/failing-ports.ts';

const entry = (id: string, more = ''): LedgerEntry => ({
  id,
  bytes: Buffer.from(JSON.stringify({ id, ...(more !== '' && { more }) })),
});
const entries = (from: number, to: number): readonly LedgerEntry[] =>
  Array.from({ length: to - from }, (_, at) => entry(`ev_${from + at}`));

function ledger(changes: { store?: Partial<LedgerStore>; files?: Partial<LedgerFiles> } = {}) {
  const table = new MemoryLedgerStore();
  const bucket = new MemoryLedgerFiles();
  const batches: string[][] = [];
  const memory = table.port();
  const add: LedgerStore['add'] = async (head, next, batch) => {
    batches.push(batch.map(({ id }) => id));
    return memory.add(head, next, batch);
  };
  const store = { ...memory, add, ...changes.store };
  const ports = { store, files: { ...bucket.port(), ...changes.files } };
  const order = async () => {
    const read = await memory.read(0, 1e9);
    return read.ok ? read.value.map((bytes) => JSON.parse(Buffer.from(bytes).toString()).id) : [];
  };
  const publish = () => publishLog({ ...ports, signer: memorySigner(() => {}) });
  return { ports, table, bucket, batches, order, publish };
}

const idsOf = (list: readonly LedgerEntry[]): readonly string[] => list.map(({ id }) => id);
const broken = (reason: string) => err({ code: 'broken', reason });

describe('entries get their places', () => {
  test('in the order in which they come, each once, whatever is repeated', async () => {
    const { ports, order, batches } = ledger();
    const [first, second, third] = entries(0, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('none');
    expect(await placeEntries(ports, [first, second, first])).toEqual(ok(undefined));
    expect(await placeEntries(ports, [second, third])).toEqual(ok(undefined));
    expect(await placeEntries(ports, [third, first])).toEqual(ok(undefined));
    expect(await order()).toEqual(['ev_0', 'ev_1', 'ev_2']);
    expect(batches).toEqual([['ev_0', 'ev_1'], ['ev_2']]);
  });

  test('in transactions that DynamoDB accepts: of 96 entries', async () => {
    const { ports, order, batches } = ledger();
    const all = entries(0, 200);
    expect(await placeEntries(ports, all)).toEqual(ok(undefined));
    expect(batches.map(({ length }) => length)).toEqual([96, 96, 8]);
    expect(await order()).toEqual(idsOf(all));
    const even = ledger();
    await placeEntries(even.ports, entries(0, 96));
    expect(even.batches).toHaveLength(1);
  });

  test('and of 300,000 bytes, unless a single entry has more', async () => {
    const { ports, batches } = ledger();
    const of = (id: string, bytes: number) =>
      entry(id, 'x'.repeat(bytes - entry(id, 'x').bytes.length + 1));
    const list = [
      of('a', 100_000),
      of('b', 200_000),
      of('c', 1_000),
      of('d', 300_001),
      of('e', 100),
    ];
    expect(list.map(({ bytes }) => bytes.length)).toEqual([100_000, 200_000, 1_000, 300_001, 100]);
    await placeEntries(ports, list);
    expect(batches).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  test('after those of another writer, who was faster', async () => {
    const { ports, order } = ledger();
    let raced = false;
    const add: LedgerStore['add'] = async (...write) => {
      if (!raced) {
        raced = true;
        await placeEntries(ports, [entry('theirs'), entry('both')]);
      }
      return ports.store.add(...write);
    };
    const store = { ...ports.store, add };
    expect(await placeEntries({ ...ports, store }, [entry('both'), entry('ours')])).toEqual(
      ok(undefined),
    );
    expect(await order()).toEqual(['theirs', 'both', 'ours']);
  });

  test.each(['head', 'placed', 'add'] as const)(
    'not where the table does not answer %s',
    async (call) => {
      const { ports, order } = ledger({ store: { [call]: async () => err(NO_STORE) } });
      expect(await placeEntries(ports, entries(0, 2))).toEqual(err(NO_STORE));
      expect(await order()).toEqual([]);
    },
  );

  test('not where the files cannot be listed', async () => {
    const { ports, order } = ledger({ files: { storedSize: async () => err(NO_STORE) } });
    expect(await placeEntries(ports, entries(0, 2))).toEqual(err(NO_STORE));
    expect(await order()).toEqual([]);
  });
});

describe('after the table was restored to an earlier moment', () => {
  /** A log that has published `published` entries, whose table has only the first `kept`. */
  async function restored(kept: number, published: number, torn = false) {
    const log = ledger();
    await placeEntries(log.ports, entries(0, kept));
    await log.publish();
    const restore = torn ? log.table.savedHead() : log.table.saved();
    await placeEntries(log.ports, entries(kept, published));
    await log.publish();
    restore();
    log.batches.length = 0;
    return log;
  }

  test.each([
    [0, 3],
    [3, 700],
    [256, 512],
    [300, 301],
  ])(
    'with %d of %d entries, what was published keeps its place, and new entries follow',
    async (kept, published) => {
      const { ports, order, publish } = await restored(kept, published);
      expect(await placeEntries(ports, [entry('new')])).toEqual(ok(undefined));
      expect(await order()).toEqual([...idsOf(entries(0, published)), 'new']);
      expect(await publish()).toEqual(ok(published + 1));
    },
  );

  test.each([
    [0, 3],
    [3, 700],
    [256, 512],
  ])(
    'whose head is older than its places, with %d of %d entries, each event keeps one place',
    async (kept, published) => {
      const { ports, table, order, publish } = await restored(kept, published, true);
      expect(await placeEntries(ports, [entry('new'), entry('ev_1')])).toEqual(ok(undefined));
      expect(await order()).toEqual([...idsOf(entries(0, published)), 'new']);
      expect(table.placeOf('new')).toBe(published);
      expect(await publish()).toEqual(ok(published + 1));
    },
  );

  test('nobody is told where another writer placed and published in between', async () => {
    const log = ledger();
    await placeEntries(log.ports, entries(0, 3));
    await log.publish();
    const { store } = log.ports;
    let reads = 0;
    const head = async () => {
      const read = await store.head();
      reads += 1;
      if (reads > 1) return read;
      // After this read, the other one is faster.
      await placeEntries(log.ports, entries(3, 6));
      await log.publish();
      return read;
    };
    const told: string[] = [];
    const tableIsOlder = async () => ok(told.push('older'));
    const racing = { ...log.ports, store: { ...store, head }, tableIsOlder };
    expect(await placeEntries(racing, [entry('new')])).toEqual(ok(undefined));
    expect(told).toEqual([]);
    expect(await log.order()).toEqual([...idsOf(entries(0, 6)), 'new']);
  });

  test('somebody is told before anything is taken over, and only then', async () => {
    const { ports, order } = await restored(3, 700);
    const told: number[] = [];
    const tableIsOlder = async () => {
      told.push((await order()).length);
      return told.length === 1 ? err(NO_STORE) : ok(null);
    };
    expect(await placeEntries({ ...ports, tableIsOlder }, [entry('new')])).toEqual(err(NO_STORE));
    expect(told).toEqual([3]);
    expect(await placeEntries({ ...ports, tableIsOlder }, [entry('new')])).toEqual(ok(undefined));
    expect(told[1]).toBe(3);
    told.length = 0;
    expect(await placeEntries({ ...ports, tableIsOlder }, [entry('newer')])).toEqual(ok(undefined));
    expect(told).toEqual([]);
  });

  test('an entry with a place beyond the head, which was never published, is placed', async () => {
    const { ports, table, order, publish } = ledger();
    await placeEntries(ports, entries(0, 2));
    await publish();
    const restore = table.savedHead();
    await placeEntries(ports, entries(2, 4));
    restore();
    await placeEntries(ports, [entry('ev_3')]);
    expect(await order()).toEqual(['ev_0', 'ev_1', 'ev_3']);
    expect(await publish()).toEqual(ok(3));
  });

  test('an entry that was published is not placed again where its event is delivered once more', async () => {
    const { ports, order } = await restored(1, 4);
    await placeEntries(ports, entries(2, 5));
    expect(await order()).toEqual(idsOf(entries(0, 5)));
  });

  test('the files are not asked again once the table has all that they have', async () => {
    const { ports, batches } = await restored(1, 4);
    await placeEntries(ports, []);
    expect(batches).toEqual([['ev_1', 'ev_2', 'ev_3']]);
    await placeEntries(ports, []);
    expect(batches).toHaveLength(1);
  });

  test('another writer may do the same at once', async () => {
    const { ports, order } = await restored(1, 4);
    let raced = false;
    const placed: LedgerStore['placed'] = async (ids) => {
      if (!raced) {
        raced = true;
        await placeEntries(ports, []);
      }
      return ports.store.placed(ids);
    };
    const store = { ...ports.store, placed };
    expect(await placeEntries({ ...ports, store }, [entry('new')])).toEqual(ok(undefined));
    expect(await order()).toEqual([...idsOf(entries(0, 4)), 'new']);
  });

  const PATH = 'tile/entries/000.p/4';
  const DAMAGED = broken(`${PATH} is missing or damaged`);
  test.each<[string, Uint8Array | null, ReturnType<typeof broken>]>([
    ['is missing', null, DAMAGED],
    ['is cut off', Buffer.of(0, 9), DAMAGED],
    [
      'has an entry that is no JSON',
      encodeBundle([Buffer.from('{}'), Buffer.from('x')]),
      broken(`${PATH} has an entry without an id`),
    ],
    [
      'has an entry without an id',
      encodeBundle([Buffer.from('{}'), Buffer.from('{"id":7}')]),
      broken(`${PATH} has an entry without an id`),
    ],
    [
      'has an entry that has a place already',
      encodeBundle(entries(0, 4).map((_, at) => entry(at === 3 ? 'ev_0' : `ev_${at}`).bytes)),
      broken('the files have an entry twice'),
    ],
  ])('nothing gets a place where a file %s', async (_, bytes, fault) => {
    const { ports, bucket, order } = await restored(1, 4);
    if (bytes === null) bucket.files.delete(PATH);
    else bucket.files.set(PATH, bytes);
    expect(await placeEntries(ports, [entry('new')])).toEqual(fault);
    expect(await order()).toEqual(['ev_0']);
  });

  test('nothing gets a place where the files or the table cannot be read', async () => {
    const { ports, order } = await restored(1, 4);
    const files = { ...ports.files, read: async () => err(NO_STORE) };
    expect(await placeEntries({ ...ports, files }, [])).toEqual(err(NO_STORE));
    for (const call of ['placed', 'add'] as const) {
      const store = { ...ports.store, [call]: async () => err(NO_STORE) };
      expect(await placeEntries({ ...ports, store }, [])).toEqual(err(NO_STORE));
    }
    let reads = 0;
    const store: LedgerStore = {
      ...ports.store,
      head: async () => (++reads === 1 ? ports.store.head() : err(NO_STORE)),
      placed: async (ids) => ok(new Map(ids.map((id, place) => [id, place]))),
    };
    expect(await placeEntries({ ...ports, store }, [])).toEqual(err(NO_STORE));
    expect(await order()).toEqual(['ev_0']);
  });
});
