import { describe, expect, test } from '@jest/globals';
import type { LedgerEntry, LedgerStore } from '../../core/ledger/ledger-ports.ts';
import { append, EMPTY_TREE, leafHash, rootOf, type Tree } from '../../core/ledger/merkle.ts';
import { placeEntries } from '../../core/ledger/place-entries.ts';
import { NOWHERE } from '../../core/ledger/places.ts';
import { ok } from '../../core/result.ts';
import { MemoryLedgerFiles } from '../simulation/memory-ledger.ts';

const conflict = { ok: false, error: { code: 'conflict' } };
const done = ok(undefined);

/** Entries named after what begins their ids. */
export function entriesOf(name: string, count: number, bytes = 40): readonly LedgerEntry[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `ev_${name}${at}`;
    return { id, bytes: Buffer.from(JSON.stringify({ id, pad: 'é'.repeat(bytes / 2) })) };
  });
}

export function grown(tree: Tree, entries: readonly LedgerEntry[]): Tree {
  return entries.reduce((all, { bytes }) => append(all, leafHash(bytes)), tree);
}

/** Adds what follows the whole ledger. */
async function addTo(store: LedgerStore, entries: readonly LedgerEntry[]): Promise<Tree> {
  const head = await store.head();
  if (!head.ok) throw new Error('no head');
  const next = grown(head.value, entries);
  expect(await store.add(head.value, next, entries)).toEqual(done);
  return next;
}

/** The hash of each entry, which is quicker to compare; without those that came with the last of them. */
async function hashesIn(store: LedgerStore, from: number, to: number): Promise<readonly string[]> {
  const read = await store.read(from, to);
  if (!read.ok) throw new Error('not read');
  return read.value.slice(0, to - from).map(hex);
}

const hex = (bytes: Uint8Array) => Buffer.from(leafHash(bytes)).toString('hex');
const hashesOf = (entries: readonly LedgerEntry[]) => entries.map(({ bytes }) => hex(bytes));
const idsOf = (entries: readonly LedgerEntry[]) => entries.map(({ id }) => id);

/** The promises of every adapter of the LedgerStore port; each test opens one without entries. */
export function ledgerStoreContract(name: string, open: () => Promise<LedgerStore>): void {
  describe(`the order of a ledger in ${name}`, () => {
    test('begins with nothing', async () => {
      const store = await open();
      expect(await store.head()).toEqual(ok(EMPTY_TREE));
      expect(await store.placed(['ev_a0'])).toEqual(ok(new Map()));
      expect(await store.placed([])).toEqual(ok(new Map()));
      expect(await store.read(0, 9)).toEqual(ok([]));
    });

    test('has each entry at its place, whatever was added with it', async () => {
      const store = await open();
      const [three, two, one] = [entriesOf('a', 3), entriesOf('b', 2), entriesOf('c', 1)];
      for (const entries of [three, two]) await addTo(store, entries);
      const tree = await addTo(store, one);
      const all = [...three, ...two, ...one];
      expect(await store.head()).toEqual(ok(grown(EMPTY_TREE, all)));
      expect(rootOf(tree)).toEqual(rootOf(grown(EMPTY_TREE, all)));
      const places = new Map(all.map(({ id }, place) => [id, place]));
      expect(await store.placed(['ev_x', ...idsOf(all)])).toEqual(ok(places));
      for (let from = 0; from <= all.length; from += 1) {
        for (let to = from; to <= all.length; to += 1) {
          expect(await hashesIn(store, from, to)).toEqual(hashesOf(all.slice(from, to)));
        }
      }
      expect(await hashesIn(store, 4, 99)).toEqual(hashesOf(all.slice(4)));
      expect(await hashesIn(store, 6, 99)).toEqual([]);
    });

    test('is not changed by who read an earlier head', async () => {
      const store = await open();
      const [first, late] = [entriesOf('a', 2), entriesOf('b', 2)];
      const tree = await addTo(store, first);
      expect(await store.add(EMPTY_TREE, grown(EMPTY_TREE, late), late)).toEqual(conflict);
      await addTo(store, entriesOf('c', 1));
      expect(await store.add(tree, grown(tree, late), late)).toEqual(conflict);
      expect(await store.placed(idsOf(late))).toEqual(ok(new Map()));
      expect(await store.head()).toMatchObject(ok({ size: 3 }));
    });

    test('is not changed by who read as many other entries', async () => {
      const store = await open();
      await addTo(store, entriesOf('a', 2));
      const other = grown(EMPTY_TREE, entriesOf('b', 2));
      const late = entriesOf('c', 1);
      expect(await store.add(other, grown(other, late), late)).toEqual(conflict);
      expect(await store.placed(idsOf(late))).toEqual(ok(new Map()));
    });

    test('takes no entry that has a place, and none with it', async () => {
      const store = await open();
      const tree = await addTo(store, entriesOf('a', 2));
      const entries = [...entriesOf('b', 2), ...entriesOf('a', 1)];
      expect(await store.add(tree, grown(tree, entries), entries)).toEqual(conflict);
      expect(await store.placed(idsOf(entries))).toEqual(ok(new Map([['ev_a0', 0]])));
      expect(await store.head()).toEqual(ok(tree));
      expect(await hashesIn(store, 0, 9)).toEqual(hashesOf(entriesOf('a', 2)));
    });

    test('knows no place at or beyond its head, whoever wrote it', async () => {
      const store = await open();
      const tree = await addTo(store, entriesOf('a', 2));
      await store.complete(
        new Map([
          ['ev_x', 2],
          ['ev_y', 7],
          ['ev_z', NOWHERE],
        ]),
      );
      expect(await store.placed(['ev_a1', 'ev_x', 'ev_y', 'ev_z'])).toEqual(
        ok(new Map([['ev_a1', 1]])),
      );
      const entries = ['ev_z', 'ev_y'].map((id) => ({ id, bytes: Buffer.from(id) }));
      expect(await store.add(tree, grown(tree, entries), entries)).toEqual(done);
      expect(await store.placed(['ev_x', 'ev_y', 'ev_z'])).toEqual(
        ok(
          new Map([
            ['ev_x', 2],
            ['ev_y', 3],
            ['ev_z', 2],
          ]),
        ),
      );
    });

    test('completes places, as often as it is told to', async () => {
      const store = await open();
      const all = entriesOf('a', 250);
      const tree = grown(EMPTY_TREE, all);
      const places = new Map(all.map(({ id }, place) => [id, place]));
      expect(await store.adopt(EMPTY_TREE, tree)).toEqual(done);
      expect(await store.placed(idsOf(all))).toEqual(ok(new Map()));
      for (let times = 0; times < 2; times += 1) {
        expect(await store.complete(places)).toEqual(done);
        expect(await store.placed(idsOf(all))).toEqual(ok(places));
      }
      expect(await store.complete(new Map())).toEqual(done);
    });

    test('adopts a head, larger or smaller, from whoever read the last one', async () => {
      const store = await open();
      const two = await addTo(store, entriesOf('a', 2));
      const five = grown(two, entriesOf('b', 3));
      expect(await store.adopt(EMPTY_TREE, five)).toEqual(conflict);
      expect(await store.adopt(two, five)).toEqual(done);
      expect(await store.head()).toEqual(ok(five));
      expect(await store.adopt(five, two)).toEqual(done);
      await addTo(store, entriesOf('c', 1));
      expect(await store.placed(['ev_c0'])).toEqual(ok(new Map([['ev_c0', 2]])));
      expect(await store.adopt(five, two)).toEqual(conflict);
    });

    test('takes a whole batch, and answers for more ids than fit into one question', async () => {
      const store = await open();
      const all = entriesOf('a', 192, 1000);
      await addTo(store, all.slice(0, 96));
      await addTo(store, all.slice(96));
      const ids = [...idsOf(all).flatMap((id) => [id, id]), ...idsOf(entriesOf('b', 20))];
      const places = new Map(all.map(({ id }, place) => [id, place]));
      expect(await store.placed(ids)).toEqual(ok(places));
      expect(await hashesIn(store, 0, 192)).toEqual(hashesOf(all));
      expect(await hashesIn(store, 90, 100)).toEqual(hashesOf(all.slice(90, 100)));
    });

    test('is read whole where it is larger than one answer', async () => {
      const store = await open();
      const all = entriesOf('a', 90, 16_000);
      for (let from = 0; from < all.length; from += 18)
        await addTo(store, all.slice(from, from + 18));
      expect(await hashesIn(store, 0, 90)).toEqual(hashesOf(all));
      expect(await hashesIn(store, 17, 90)).toEqual(hashesOf(all.slice(17)));
    });

    test('has every entry once where several add the same at once', async () => {
      const store = await open();
      const all = entriesOf('a', 12);
      const files = new MemoryLedgerFiles().port();
      const shares = [all.slice(0, 6), all.slice(3, 9), all.slice(6), all.slice(0, 12)];
      const added = await Promise.all(shares.map((share) => placeEntries({ store, files }, share)));
      expect(added).toEqual(shares.map(() => done));
      expect((await hashesIn(store, 0, 99)).toSorted()).toEqual(hashesOf(all).toSorted());
      expect(await store.head()).toMatchObject(ok({ size: all.length }));
    });
  });
}
