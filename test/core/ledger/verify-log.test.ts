import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { checkpointText } from '../../../core/ledger/checkpoint.ts';
import { leafHash, rootOf } from '../../../core/ledger/merkle.ts';
import { EMPTY_TAIL, grow, treeOf } from '../../../core/ledger/tail.ts';
import { encodeBundle } from '../../../core/ledger/tiles.ts';
import { type VerifyLog, verifyLog } from '../../../core/ledger/verify-log.ts';
import { err, ok } from '../../../core/result.ts';
import { type NoteKey, noteWith } from '../../../core/signed-note.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { entriesOf } from './trees.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key: NoteKey = {
  name: 'broker.example/ledger',
  publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
};
const stranger: NoteKey = { ...key, publicKey: new Uint8Array(32) };

type Log = {
  readonly files: Map<string, Uint8Array>;
  readonly size: number;
  readonly root: Uint8Array;
};

function logOf(entries: readonly Uint8Array[], name = key.name): Log {
  const { tail, files } = grow(EMPTY_TAIL, entries);
  const root = rootOf(treeOf(tail));
  const text = checkpointText({ origin: name, size: tail.size, root });
  const note = noteWith(text, { ...key, name }, sign(null, Buffer.from(text), privateKey));
  const all = files.map(({ path, bytes }) => [path, bytes] as const);
  return { files: new Map([...all, ['checkpoint', Buffer.from(note)]]), size: tail.size, root };
}

const verified = ({ files }: Log, more: Partial<VerifyLog> = {}) =>
  verifyLog({ read: async (path) => ok(files.get(path) ?? null), key, before: null, ...more });

const entries = entriesOf(600);
const log = () => logOf(entries);
const set = (all: Log, path: string, change: (bytes: Buffer) => Uint8Array) => {
  all.files.set(path, change(Buffer.from(all.files.get(path) ?? [])));
  return all;
};
const flip = (at: number) => (bytes: Buffer) => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};

describe('a log', () => {
  test.each([0, 1, 255, 256, 257, 600])(
    'of %d entries as it was signed is right',
    async (count) => {
      const { root, ...right } = logOf(entriesOf(count));
      expect(await verified({ root, ...right })).toEqual({
        ok: true,
        value: { origin: key.name, size: count, root },
      });
    },
  );

  test('says how far it is verified', async () => {
    const seen: number[] = [];
    await verified(log(), { seen: (count) => seen.push(count) });
    expect(seen).toEqual([256, 512, 600]);
  });

  test('is the one that was seen before, at any size, or is called a fork', async () => {
    for (const size of [0, 1, 255, 256, 257, 512, 599, 600]) {
      const before = logOf(entries.slice(0, size));
      expect(await verified(log(), { before })).toMatchObject({ ok: true });
      const other = logOf([...entries.slice(0, Math.max(0, size - 1)), Buffer.from('other')]);
      expect(await verified(log(), { before: { ...other, size: Math.max(1, size) } })).toEqual({
        ok: false,
        error: { code: 'forked', before: Math.max(1, size), size: 600 },
      });
    }
  });

  test('that has become smaller is wrong, and called older where its tiles prove that', async () => {
    const fault = (code: string) => ({ ok: false, error: { code, before: 600, size: 5 } });
    const cut = logOf(entries.slice(0, 5));
    expect(await verified(cut, { before: log() })).toEqual(fault('smaller'));
    const whole = new Map([...log().files, ...cut.files]);
    expect(await verified({ ...cut, files: whole }, { before: log() })).toEqual(fault('older'));
  });

  test('that was empty when it was seen is another one where that had another root', async () => {
    const before = { size: 0, root: new Uint8Array(32) };
    expect(await verified(log(), { before })).toEqual(
      err({ code: 'forked', before: 0, size: 600 }),
    );
  });

  test('is read once, file by file', async () => {
    const { files } = log();
    const asked: string[] = [];
    const read = async (path: string) => {
      asked.push(path);
      return ok(files.get(path) ?? null);
    };
    await verified(log(), { read });
    expect(asked.toSorted()).toEqual([...files.keys()].toSorted());
  });

  test.each([
    ['a right one', log],
    ['one with a wrong hash', () => set(log(), 'tile/0/001', flip(10))],
  ])('is not judged where a file cannot be read: %s', async (_, make) => {
    const { files } = make();
    const begin = () => ({ served: { read: async (path: string) => ok(files.get(path) ?? null) } });
    const verify = ({ served: { read } }: ReturnType<typeof begin>) =>
      verifyLog({ read, key, before: null });
    expect(await unheardFailures(begin, verify)).toEqual([]);
  });

  test('has full tiles of tiles, and each hash of them counts', async () => {
    const many = entriesOf(65_537);
    const path = 'tile/1/000';
    const large = logOf(many);
    const whole = large.files.get(path) ?? Buffer.of();
    large.files.set(path, flip(100)(Buffer.from(whole)));
    expect(await verified(large)).toEqual(err({ code: 'damaged', path, entry: 3 * 256 }));
  });

  test('that cannot be read is not verified', async () => {
    const unavailable = async () => err({ code: 'unavailable', what: 'store' } as const);
    expect(await verified(log(), { read: unavailable })).toMatchObject({ ok: false });
  });
});

/** A byte of the signature itself: one of its base64 could be none any more. */
const forged = (note: Buffer): Buffer => {
  const start = note.lastIndexOf(' ') + 1;
  const signature = flip(20)(Buffer.from(note.subarray(start).toString(), 'base64'));
  return Buffer.concat([note.subarray(0, start), Buffer.from(`${signature.toString('base64')}\n`)]);
};

const bundle = (list: readonly Uint8Array[]) => () => encodeBundle(list);

describe('every manipulation is found', () => {
  test.each<[string, () => Log, object]>([
    [
      'a flipped bit in an entry',
      () => set(log(), 'tile/entries/001', flip(10)),
      { code: 'wrong-hash', path: 'tile/0/001', entry: 256, wrong: 'entry' },
    ],
    [
      'a dropped entry',
      () =>
        set(log(), 'tile/entries/000', bundle([...entries.slice(0, 5), ...entries.slice(6, 256)])),
      { code: 'damaged', path: 'tile/entries/000', entry: 5 },
    ],
    [
      'two entries in another order',
      () =>
        set(
          log(),
          'tile/entries/000',
          bundle([
            ...entries.slice(0, 7),
            ...entries.slice(7, 9).toReversed(),
            ...entries.slice(9, 256),
          ]),
        ),
      { code: 'wrong-hash', path: 'tile/0/000', entry: 7, wrong: 'entry' },
    ],
    [
      'a log that is cut off',
      () => {
        const cut = log();
        cut.files.delete('tile/entries/002.p/88');
        return cut;
      },
      { code: 'missing', path: 'tile/entries/002.p/88', entry: 512 },
    ],
    [
      'a byte after the last entry',
      () => set(log(), 'tile/entries/000', (bytes) => Buffer.concat([bytes, Buffer.of(1)])),
      { code: 'damaged', path: 'tile/entries/000', entry: 256 },
    ],
    ['a forged signature', () => set(log(), 'checkpoint', forged), { code: 'forged' }],
    ['another log', () => logOf(entries, 'other.example/ledger'), { code: 'unsigned' }],
    ['no checkpoint', () => ({ ...log(), files: new Map() }), { code: 'no-checkpoint' }],
    [
      'a replaced tile',
      () => set(log(), 'tile/0/001', () => Buffer.concat(entries.slice(0, 256).map(leafHash))),
      { code: 'wrong-hash', path: 'tile/0/001', entry: 256, wrong: 'tile' },
    ],
    [
      'a tile that is missing',
      () => {
        const all = log();
        all.files.delete('tile/0/001');
        return all;
      },
      { code: 'missing', path: 'tile/0/001' },
    ],
    [
      'a changed tile that is not full',
      () => set(log(), 'tile/1/000.p/2', flip(40)),
      { code: 'damaged', path: 'tile/1/000.p/2', entry: 256 },
    ],
    [
      'a checkpoint of another history with the same size',
      () => {
        const other = logOf([...entries.slice(0, 599), Buffer.from('other')]);
        const all = log();
        all.files.set('checkpoint', other.files.get('checkpoint') ?? Buffer.of());
        return all;
      },
      { code: 'wrong-root', size: 600 },
    ],
  ])('%s', async (_, manipulated, fault) => {
    expect(await verified(manipulated())).toMatchObject({ ok: false, error: fault });
  });

  test('and the key of somebody else opens nothing', async () => {
    expect(await verified(log(), { key: stranger })).toMatchObject({ error: { code: 'unsigned' } });
  });

  test('and a tile with bytes too many or too few is wrong', async () => {
    const path = 'tile/0/002.p/88';
    const longer = set(log(), path, (bytes) => Buffer.concat([bytes, Buffer.of(0)]));
    expect(await verified(longer)).toMatchObject({ error: { code: 'damaged', path, entry: 600 } });
    const shorter = set(log(), path, (bytes) => bytes.subarray(0, -1));
    expect(await verified(shorter)).toMatchObject({ error: { code: 'damaged', path, entry: 599 } });
  });

  test('and a bundle that stops inside an entry is wrong from that entry on', async () => {
    const path = 'tile/entries/002.p/88';
    const cut = set(log(), path, (bytes) => bytes.subarray(0, -1));
    expect(await verified(cut)).toMatchObject({ error: { code: 'damaged', path, entry: 599 } });
    const longer = set(log(), path, bundle([...entries.slice(512), Buffer.from('more')]));
    expect(await verified(longer)).toMatchObject({ error: { code: 'damaged', path, entry: 600 } });
  });

  test.each([
    ['tile/0/001', 256],
    ['tile/0/002.p/88', 512],
    ['tile/1/000.p/2', 0],
  ])('and %s that is not there is missing', async (path, entry) => {
    const all = log();
    all.files.delete(path);
    expect(await verified(all)).toMatchObject({ error: { code: 'missing', path, entry } });
  });

  test('and of an entry whose hash was changed with it nobody can say which is wrong', async () => {
    const both = set(log(), 'tile/entries/001', flip(10));
    set(both, 'tile/0/001', flip(40));
    expect(await verified(both)).toMatchObject({
      error: { code: 'wrong-hash', entry: 256, wrong: 'unknown' },
    });
    const alone = set(log(), 'tile/entries/001', flip(10));
    alone.files.delete('tile/1/000.p/2');
    expect(await verified(alone)).toMatchObject({
      error: { code: 'wrong-hash', entry: 256, wrong: 'unknown' },
    });
  });

  test('and a checkpoint with a size that no log has ends at the first file that is missing', async () => {
    const text = checkpointText({ origin: key.name, size: 999_999_999_999_999, root: log().root });
    const note = noteWith(text, key, sign(null, Buffer.from(text), privateKey));
    const huge = set(log(), 'checkpoint', () => Buffer.from(note));
    expect(await verified(huge)).toMatchObject({
      error: { code: 'missing', path: 'tile/entries/002', entry: 512 },
    });
  });
});
