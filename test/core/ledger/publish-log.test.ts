import { describe, expect, test } from '@jest/globals';
import type { LedgerFiles, LedgerPorts, LedgerStore } from '../../../core/ledger/ledger-ports.ts';
import { placeEntries } from '../../../core/ledger/place-entries.ts';
import { publishLog } from '../../../core/ledger/publish-log.ts';
import { verifyLog } from '../../../core/ledger/verify-log.ts';
import { err, ok } from '../../../core/result.ts';
import {
  MemoryLedgerFiles,
  MemoryLedgerStore,
  memorySigner,
} from '../../simulation/memory-ledger.ts';
import { NO_STORE } from '../../support/failing-ports.ts';

/** A log with its table and its bucket in memory, which grows and is published as a test says. */
function ledger() {
  const table = new MemoryLedgerStore();
  const bucket = new MemoryLedgerFiles();
  const signed: string[] = [];
  const reads: (readonly [number, number])[] = [];
  const memory = table.port();
  const read: LedgerStore['read'] = async (from, to) => {
    reads.push([from, to]);
    return memory.read(from, to);
  };
  const signer = memorySigner((text) => signed.push(text));
  const ports: LedgerPorts = { store: { ...memory, read }, files: bucket.port(), signer };
  let placed = 0;
  const grow = async (count: number): Promise<void> => {
    const entries = Array.from({ length: count }, (_, at) => {
      const id = `ev_${placed + at}`;
      return { id, bytes: Buffer.from(JSON.stringify({ id })) };
    });
    placed += count;
    await placeEntries(ports, entries);
  };
  const verify = () =>
    verifyLog({
      read: async (path) =>
        ok(
          path === 'checkpoint'
            ? Buffer.from(bucket.checkpoints.at(-1) ?? '')
            : (bucket.files.get(path) ?? null),
        ),
      key: signer.key,
      before: null,
    });
  return { ports, table, bucket, signed, reads, grow, verify };
}

async function published(count: number) {
  const log = ledger();
  await log.grow(count);
  await publishLog(log.ports);
  return log;
}

const broken = (reason: string) => err({ code: 'broken', reason });
const changed = (
  ports: LedgerPorts,
  store: Partial<LedgerStore>,
  files: Partial<LedgerFiles> = {},
) => ({
  ...ports,
  store: { ...ports.store, ...store },
  files: { ...ports.files, ...files },
});

describe('a log is published', () => {
  test('entry for entry, each time with all that was published before', async () => {
    const { ports, grow, verify, signed } = ledger();
    let size = 0;
    for (const more of [1, 254, 1, 1, 511, 300]) {
      await grow(more);
      size += more;
      expect(await publishLog(ports)).toEqual(ok(size));
      expect(await verify()).toMatchObject({ ok: true, value: { size } });
    }
    expect(signed).toHaveLength(6);
  });

  test('not again while nothing was added', async () => {
    const { ports, bucket, signed, reads } = await published(5);
    expect(await publishLog(ports)).toEqual(ok(5));
    expect(signed).toHaveLength(1);
    expect(bucket.checkpoints).toHaveLength(1);
    expect(reads).toEqual([[0, 5]]);
    expect(await publishLog(ledger().ports)).toEqual(ok(0));
  });

  test('in pages of whole bundles', async () => {
    const { ports, reads, grow } = await published(300);
    await grow(1800);
    expect(await publishLog(ports)).toEqual(ok(2100));
    const pages = [
      [300, 1024],
      // The batch that reaches beyond the first page ends here; so does the log with the last one of the second.
      [1068, 2048],
    ];
    // Once to know that all of it is right, and once to write it. A single page is read once.
    expect(reads).toEqual([[0, 300], ...pages, ...pages]);
  });

  test('by one of two that do it at once, and the other one goes on from there', async () => {
    const { ports, grow, verify, signed } = ledger();
    await grow(3);
    let raced = false;
    const replaceCheckpoint: LedgerFiles['replaceCheckpoint'] = async (note, previous) => {
      if (!raced) {
        raced = true;
        await publishLog(ports);
        await grow(2);
      }
      return ports.files.replaceCheckpoint(note, previous);
    };
    expect(await publishLog(changed(ports, {}, { replaceCheckpoint }))).toEqual(ok(5));
    expect(await verify()).toMatchObject({ value: { size: 5 } });
    expect(signed.map((text) => text.split('\n')[1])).toEqual(['3', '3', '5']);
  });

  test('once more from where it stopped, because files that are there stay', async () => {
    const { ports, grow, verify, bucket } = ledger();
    await grow(700);
    let left = 4;
    const create: LedgerFiles['create'] = async (...file) =>
      left-- > 0 ? ports.files.create(...file) : err(NO_STORE);
    expect(await publishLog(changed(ports, {}, { create }))).toEqual(err(NO_STORE));
    expect(bucket.files.size).toBe(4);
    expect(bucket.checkpoints).toEqual([]);
    expect(await publishLog(ports)).toEqual(ok(700));
    expect(await verify()).toMatchObject({ ok: true });
  });
});

describe('nothing is signed', () => {
  async function growing(count = 300) {
    const log = await published(count);
    await log.grow(5);
    log.signed.length = 0;
    return log;
  }

  test.each(['head', 'read'] as const)('where the table does not answer %s', async (call) => {
    const { ports, signed } = await growing();
    const silent = changed(ports, { [call]: async () => err(NO_STORE) });
    expect(await publishLog(silent)).toEqual(err(NO_STORE));
    expect(signed).toEqual([]);
  });

  test.each(['checkpoint', 'read', 'create'] as const)(
    'where the bucket does not answer %s',
    async (call) => {
      const { ports, signed } = await growing();
      const silent = changed(ports, {}, { [call]: async () => err(NO_STORE) });
      expect(await publishLog(silent)).toEqual(err(NO_STORE));
      expect(signed).toEqual([]);
    },
  );

  test('where the last bundle cannot be read', async () => {
    const { ports, signed } = await growing();
    const read: LedgerFiles['read'] = async (path) =>
      path.startsWith('tile/entries/') ? err(NO_STORE) : ports.files.read(path);
    expect(await publishLog(changed(ports, {}, { read }))).toEqual(err(NO_STORE));
    expect(signed).toEqual([]);
  });

  const other = Buffer.alloc(44 * 32, 7);
  test.each<[string, string, Uint8Array | null, string]>([
    ['tile', 'tile/0/001.p/44', null, 'tile/0/001.p/44 is missing'],
    ['tile', 'tile/0/001.p/44', other.subarray(1), 'tile/0/001.p/44 is damaged'],
    ['tile', 'tile/0/001.p/44', other, 'the files are not those of the published checkpoint'],
    ['bundle', 'tile/entries/001.p/44', null, 'tile/entries/001.p/44 is missing'],
    ['bundle', 'tile/entries/001.p/44', Buffer.of(9), 'the last bundle is damaged'],
    ['next tile', 'tile/0/001.p/49', other, 'tile/0/001.p/49 has other bytes already'],
  ])('where a %s has changed: %s', async (_, path, bytes, reason) => {
    const { ports, bucket, signed } = await growing();
    if (bytes === null) bucket.files.delete(path);
    else bucket.files.set(path, bytes);
    expect(await publishLog(ports)).toEqual(broken(reason));
    expect(signed).toEqual([]);
  });

  test('where the checkpoint is not signed by our key', async () => {
    const { ports, bucket, signed } = await growing();
    bucket.checkpoints.push(bucket.checkpoints[0]?.replace('300', '299') ?? '');
    const reason = 'the published checkpoint is not signed by our key';
    expect(await publishLog(ports)).toEqual(broken(reason));
    expect(signed).toEqual([]);
  });

  test('where the order lacks entries, or has other ones', async () => {
    const { ports, signed } = await growing();
    const read: LedgerStore['read'] = async (from, to) => {
      const all = await ports.store.read(from, to);
      return all.ok ? ok(all.value.slice(0, -1)) : all;
    };
    expect(await publishLog(changed(ports, { read }))).toEqual(
      broken('entries with a place are missing'),
    );
    const fresh = ledger();
    await fresh.grow(305);
    const head = await fresh.ports.store.head();
    if (!head.ok) throw new Error('no head');
    const subtrees = head.value.subtrees.map((hash, at) => (at === 0 ? new Uint8Array(32) : hash));
    const forked = { head: async () => ok({ ...head.value, subtrees }) };
    expect(await publishLog(changed(ports, forked))).toEqual(
      broken('the files are of another log than the order of entries'),
    );
    expect(signed).toEqual([]);
  });

  test('and published, where the key does not answer', async () => {
    const { ports, bucket } = await growing();
    const signer = { ...ports.signer, sign: async () => err(NO_STORE) };
    expect(await publishLog({ ...ports, signer })).toEqual(err(NO_STORE));
    expect(bucket.checkpoints).toHaveLength(1);
  });
});

test('entries that were changed before they were published are noticed before a file is written', async () => {
  const { ports, bucket, grow } = ledger();
  await grow(3);
  const forged = async (from: number, to: number) => {
    const read = await ports.store.read(from, to);
    return read.ok ? ok(read.value.map(() => Buffer.from('{}'))) : read;
  };
  const store = { ...ports.store, read: forged };
  expect(await publishLog({ ...ports, store })).toMatchObject({ error: { code: 'broken' } });
  expect(bucket.files.size).toBe(0);
  expect(await publishLog(ports)).toEqual(ok(3));
});
