import { describe, expect, test } from '@jest/globals';
import { openCheckpoint } from '../../../core/ledger/checkpoint.ts';
import { encodeBundle, TILE_WIDTH } from '../../../core/ledger/tiles.ts';
import { MARGIN_SECONDS, readTail } from '../../../core/recovery/read-tail.ts';
import { ok } from '../../../core/result.ts';
import {
  entriesOf,
  entryAt,
  type LedgerFolder,
  ledgerOf,
  newSigner,
} from '../../support/test-ledger.ts';

/** The tail of a log: all of it that is young enough, and nothing that was not signed. */

const SIGNER = newSigner();
const START = Date.UTC(2026, 10, 26);

async function tail(files: LedgerFolder, since: number) {
  const note = Buffer.from(files.get('checkpoint') ?? []).toString('utf8');
  const opened = openCheckpoint(note, SIGNER.key);
  if (!opened.ok) throw new Error(opened.error.code);
  const found: (readonly [first: number, entries: number])[] = [];
  const read = async (path: string) => ok(files.get(path) ?? null);
  for await (const page of readTail(read, opened.value, since)) {
    if (!page.ok) return page.error;
    found.push([page.value.first, page.value.entries.length]);
  }
  return found;
}

/** The moment at which an entry of the test ledger happened. */
const timeOf = (place: number): number => START + place * 1000;

test.each([1, 2, 255, 256, 257, 512, 700, 1025])(
  'a log of %i entries is read whole, from its end',
  async (size) => {
    const files = ledgerOf(entriesOf(size), SIGNER);
    const bundles = Math.ceil(size / TILE_WIDTH);
    expect(await tail(files, 0)).toEqual(
      Array.from({ length: bundles }, (_, nth) => {
        const first = (bundles - 1 - nth) * TILE_WIDTH;
        return [first, Math.min(TILE_WIDTH, size - first)];
      }),
    );
  },
);

test('reading ends with the fourth bundle in a row of which all is older than the margin before the restore point', async () => {
  const files = ledgerOf(entriesOf(8 * TILE_WIDTH), SIGNER);
  const oldest = timeOf(6 * TILE_WIDTH) + MARGIN_SECONDS * 1000;
  expect(await tail(files, oldest)).toEqual(
    [7, 6, 5, 4, 3, 2].map((bundle) => [bundle * TILE_WIDTH, TILE_WIDTH]),
  );
});

test('a bundle of events that were late hides no newer ones before it', async () => {
  const late = entriesOf(TILE_WIDTH);
  const files = ledgerOf([...entriesOf(3 * TILE_WIDTH), ...late], SIGNER);
  const found = await tail(files, timeOf(2 * TILE_WIDTH) + MARGIN_SECONDS * 1000);
  expect(found).toContainEqual([2 * TILE_WIDTH, TILE_WIDTH]);
});

test('an empty log has no tail', async () => {
  expect(await tail(ledgerOf([], SIGNER), 0)).toEqual([]);
});

describe('nothing is taken that was not signed', () => {
  const SIZE = 700;
  const other = (place: number, files: LedgerFolder): void => {
    const index = Math.floor(place / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, SIZE - index * TILE_WIDTH);
    const entries = Array.from({ length: width }, (_, nth) => {
      const at = index * TILE_WIDTH + nth;
      return at === place ? entryAt(at, 'forged') : entryAt(at);
    });
    const partial = width === TILE_WIDTH ? '' : `.p/${width}`;
    files.set(`tile/entries/00${index}${partial}`, encodeBundle(entries));
  };

  test.each([0, 1, 255, 256, 300, 511, 512, 513, 699])(
    'the entry %i is another one',
    async (place) => {
      const files = ledgerOf(entriesOf(SIZE), SIGNER);
      other(place, files);
      expect(await tail(files, 0)).toMatchObject({ code: 'not-signed' });
    },
  );

  test('a bundle is missing', async () => {
    const files = ledgerOf(entriesOf(SIZE), SIGNER);
    files.delete('tile/entries/001');
    expect(await tail(files, 0)).toEqual({ code: 'missing', path: 'tile/entries/001' });
  });

  test('a bundle has an entry less', async () => {
    const files = ledgerOf(entriesOf(SIZE), SIGNER);
    files.set('tile/entries/001', encodeBundle(entriesOf(TILE_WIDTH - 1)));
    expect(await tail(files, 0)).toEqual({ code: 'damaged', path: 'tile/entries/001' });
  });
});
