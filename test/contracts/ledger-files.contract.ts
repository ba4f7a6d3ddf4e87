import { describe, expect, test } from '@jest/globals';
import type { LedgerFiles, LedgerHistory } from '../../core/ledger/ledger-ports.ts';
import { placeEntries } from '../../core/ledger/place-entries.ts';
import { publishLog } from '../../core/ledger/publish-log.ts';
import { encodeBundle, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';
import { ok } from '../../core/result.ts';
import { MemoryLedgerStore, memorySigner } from '../simulation/memory-ledger.ts';
import { entriesOf } from './ledger-store.contract.ts';

const done = ok(undefined);
const conflict = { ok: false, error: { code: 'conflict' } };

const bundle = (index: number, width: number) => ({
  path: tilePath({ level: 'entries', index, width }),
  bytes: encodeBundle(Array.from({ length: width }, (_, at) => Buffer.from(`${index}/${at}`))),
});

/** The promises of every adapter of the LedgerFiles port; each test opens one without files. */
export function ledgerFilesContract(name: string, open: () => Promise<LedgerFiles>): void {
  describe(`the files of a ledger in ${name}`, () => {
    const write = (files: LedgerFiles, { path, bytes }: ReturnType<typeof bundle>) =>
      files.create(path, bytes);
    const read = async (files: LedgerFiles, path: string) => {
      const found = await files.read(path);
      if (!found.ok) throw new Error('not read');
      return found.value === null ? null : Buffer.from(found.value).toString('hex');
    };

    test('are not there at first', async () => {
      const files = await open();
      expect(await files.read('tile/0/000')).toEqual(ok(null));
      expect(await files.checkpoint()).toEqual(ok(null));
      expect(await files.storedSize(0)).toEqual(ok(0));
    });

    test('stay as they were created', async () => {
      const files = await open();
      const path = 'tile/0/x001/234.p/7';
      const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
      expect(await files.create(path, bytes)).toEqual(done);
      expect(await files.create(path, bytes)).toEqual(done);
      for (const other of [bytes.toReversed(), bytes.subarray(1), Buffer.alloc(0)]) {
        expect(await files.create(path, other)).toEqual({ ok: false, error: { code: 'differs' } });
      }
      expect(await read(files, path)).toBe(Buffer.from(bytes).toString('hex'));
      expect(await files.read('tile/0/x001/234')).toEqual(ok(null));
    });

    test('have the size of their last bundle', async () => {
      const files = await open();
      const sizes = async () => Promise.all([0, 1, 2, 3].map(files.storedSize));
      const expected = (...all: readonly number[]) => all.map((size) => ok(size));
      await write(files, bundle(0, 9));
      expect(await sizes()).toEqual(expected(9, 0, 0, 0));
      for (const width of [10, 100, 2]) await write(files, bundle(0, width));
      expect(await sizes()).toEqual(expected(100, 0, 0, 0));
      await write(files, bundle(0, TILE_WIDTH));
      expect(await sizes()).toEqual(expected(256, 0, 0, 0));
      await write(files, bundle(1, 1));
      expect(await sizes()).toEqual(expected(257, 257, 0, 0));
      await write(files, bundle(1, TILE_WIDTH));
      await write(files, bundle(2, 200));
      await files.create('tile/0/002', Buffer.from('of another level'));
      expect(await sizes()).toEqual(expected(712, 712, 712, 0));
    });

    test('have one checkpoint, which is replaced only by who has read it', async () => {
      const files = await open();
      const stored = async () => {
        const found = await files.checkpoint();
        if (!found.ok || found.value === null) throw new Error('no checkpoint');
        return found.value;
      };
      expect(await files.replaceCheckpoint('— one\n', null)).toEqual(done);
      const one = await stored();
      expect(one.note).toBe('— one\n');
      expect(await files.replaceCheckpoint('— late\n', null)).toEqual(conflict);
      expect(await files.replaceCheckpoint('— two\n', one)).toEqual(done);
      expect(await files.replaceCheckpoint('— late\n', one)).toEqual(conflict);
      expect((await stored()).note).toBe('— two\n');
    });

    test('have one checkpoint after several published at once', async () => {
      const files = await open();
      const notes = ['a', 'b', 'c', 'd'].map((letter) => `${letter}\n`);
      const replaced = await Promise.all(notes.map((note) => files.replaceCheckpoint(note, null)));
      const won = notes.filter((_, at) => replaced[at]?.ok);
      expect(won).toHaveLength(1);
      expect(await files.checkpoint()).toMatchObject(ok({ note: won[0] }));
    });

    test('are all that a table needs that was restored to its first day', async () => {
      const files = await open();
      const signer = memorySigner(() => undefined);
      const entries = entriesOf('a', 600);
      const store = new MemoryLedgerStore().port();
      for (const count of [1, 70, 300, 600]) {
        expect(await placeEntries({ store, files }, entries.slice(0, count))).toEqual(done);
        expect(await publishLog({ store, files, signer })).toEqual(ok(count));
      }
      expect(await publishLog({ store, files, signer })).toEqual(ok(600));
      const restored = new MemoryLedgerStore().port();
      expect(await placeEntries({ store: restored, files }, entriesOf('b', 1))).toEqual(done);
      expect(await restored.head()).toMatchObject(ok({ size: 601 }));
      expect(await restored.placed(['ev_a599', 'ev_b0'])).toEqual(
        ok(
          new Map([
            ['ev_a599', 599],
            ['ev_b0', 600],
          ]),
        ),
      );
      expect(await publishLog({ store: restored, files, signer })).toEqual(ok(601));
    });
  });
}

/** Where the files have versions: every checkpoint that was ever published. */
export function ledgerHistoryContract(
  name: string,
  open: () => Promise<LedgerFiles & LedgerHistory>,
): void {
  describe(`the checkpoints of a ledger in ${name}`, () => {
    test('are listed from the newest on, in pages', async () => {
      const files = await open();
      expect(await files.checkpoints({ limit: 2, after: null })).toEqual(
        ok({ checkpoints: [], next: null }),
      );
      for (const note of ['1\n', '2\n', '3\n', '4\n', '5\n']) {
        const found = await files.checkpoint();
        if (!found.ok) throw new Error('not read');
        await files.replaceCheckpoint(note, found.value);
      }
      for (const name of ['checkpoint.old', 'checkpoint.older']) {
        await files.create(name, Buffer.from('of another name'));
      }
      const pages: string[][] = [];
      const times: number[] = [];
      for (let after: string | null = null; pages.length < 9; ) {
        const page = await files.checkpoints({ limit: 2, after });
        if (!page.ok) throw new Error('not listed');
        pages.push(page.value.checkpoints.map(({ note }) => note));
        times.push(...page.value.checkpoints.map(({ at }) => at));
        after = page.value.next;
        if (after === null) break;
      }
      expect(pages.filter(({ length }) => length > 0)).toEqual([
        ['5\n', '4\n'],
        ['3\n', '2\n'],
        ['1\n'],
      ]);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      for (const limit of [6, 9]) {
        expect(await files.checkpoints({ limit, after: null })).toMatchObject(
          ok({ checkpoints: [{ note: '5\n' }, {}, {}, {}, { note: '1\n' }], next: null }),
        );
      }
    });
  });
}
