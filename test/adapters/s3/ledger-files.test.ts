import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { s3LedgerFiles } from '../../../adapters/s3/ledger-files.ts';
import { TILE_WIDTH, tilePath } from '../../../core/ledger/tiles.ts';
import { ok } from '../../../core/result.ts';
import {
  ledgerFilesContract,
  ledgerHistoryContract,
} from '../../contracts/ledger-files.contract.ts';
import {
  type S3Call,
  type S3Fault,
  type S3StandIn,
  STAND_IN_BUCKET,
  s3StandIn,
} from '../../support/s3-stand-in.ts';

const UNAVAILABLE = { ok: false, error: expect.objectContaining({ code: 'unavailable' }) };
const DIFFERS = { ok: false, error: { code: 'differs' } };
const CONFLICT = { ok: false, error: { code: 'conflict' } };
const done = ok(undefined);

let s3: S3StandIn;
let reports: string[];
const opened: S3StandIn[] = [];

const filesOf = (standIn: S3StandIn) =>
  s3LedgerFiles(standIn.client, STAND_IN_BUCKET, (operation, error) => {
    reports.push(`${operation}: ${error instanceof Error ? error.name : ''}`);
  });

beforeEach(async () => {
  reports = [];
  s3 = await s3StandIn();
  opened.push(s3);
});
afterEach(async () => {
  for (const standIn of opened.splice(0)) await standIn.close();
});

const open = async () => filesOf(s3);
ledgerFilesContract('S3', open);
ledgerHistoryContract('S3', open);
ledgerFilesContract('S3 whose lists come in small pages', async () => {
  s3.pageOf = 3;
  return filesOf(s3);
});

/** The first so many calls of this kind fail. */
function failing(what: S3Call['what'], fault: S3Fault, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  s3.fault = (call) => {
    if (call.what !== what || left <= 0) return null;
    left -= 1;
    return fault;
  };
}

const PATH = 'tile/0/000.p/3';
const BYTES = Buffer.from('three hashes');
const called = () => s3.calls.map(({ what }) => what);

describe('a file of the ledger', () => {
  test('has the type that its format asks for', async () => {
    const files = filesOf(s3);
    await files.create(PATH, BYTES);
    await files.replaceCheckpoint('x\n', null);
    expect(s3.typeOf(PATH)).toBe('application/octet-stream');
    expect(s3.typeOf('checkpoint')).toBe('text/plain; charset=utf-8');
  });

  test('is created by one call', async () => {
    await filesOf(s3).create(PATH, BYTES);
    expect(called()).toEqual(['PUT']);
  });

  test('is there once where the answer gets lost, and the client repeats the call', async () => {
    failing('PUT', 'lost', 1);
    expect(await filesOf(s3).create(PATH, BYTES)).toEqual(done);
    expect([called(), reports]).toEqual([['PUT', 'PUT', 'GET'], []]);
  });

  test('is not that of another writer whose bytes differ', async () => {
    s3.put(PATH, Buffer.from('other hashes'));
    expect(await filesOf(s3).create(PATH, BYTES)).toEqual(DIFFERS);
    expect(reports).toEqual([]);
  });

  test('is written again where S3 says that another write of it is under way', async () => {
    failing('PUT', { status: 409, code: 'ConditionalRequestConflict' }, 2);
    expect(await filesOf(s3).create(PATH, BYTES)).toEqual(done);
    expect([called(), reports]).toEqual([['PUT', 'PUT', 'PUT'], []]);
  });

  test('is not there where that never ends', async () => {
    failing('PUT', { status: 409, code: 'ConditionalRequestConflict' });
    expect(await filesOf(s3).create(PATH, BYTES)).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['PutObject: ConditionalRequestConflict']);
  });

  test('is written again where S3 asks to slow down', async () => {
    failing('PUT', { status: 503, code: 'SlowDown' }, 1);
    expect(await filesOf(s3).create(PATH, BYTES)).toEqual(done);
    expect(reports).toEqual([]);
  });

  test.each([
    [503, 'SlowDown'],
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [500, 'InternalError'],
    [409, 'OperationAborted'],
  ])('is unavailable, and reported by name, where S3 answers %d %s', async (status, code) => {
    s3.fault = () => ({ status, code });
    const files = filesOf(s3);
    expect(await files.create(PATH, BYTES)).toEqual(UNAVAILABLE);
    expect(await files.read(PATH)).toEqual(UNAVAILABLE);
    expect(await files.checkpoint()).toEqual(UNAVAILABLE);
    expect(await files.storedSize(0)).toEqual(UNAVAILABLE);
    expect(await files.replaceCheckpoint('x\n', null)).toEqual(UNAVAILABLE);
    expect(await files.checkpoints({ limit: 1, after: null })).toEqual(UNAVAILABLE);
    const operations = ['PutObject', 'GetObject', 'GetObject', 'ListObjectsV2', 'PutObject'];
    expect(reports).toEqual(
      [...operations, 'ListObjectVersions'].map((name) => `${name}: ${code}`),
    );
  });

  test('is unavailable where its bytes are cut off, also of one that is there already', async () => {
    s3.put(PATH, BYTES);
    failing('GET', 'cut');
    expect(await filesOf(s3).read(PATH)).toEqual(UNAVAILABLE);
    expect(await filesOf(s3).create(PATH, BYTES)).toEqual(UNAVAILABLE);
    expect(reports).toHaveLength(2);
  });

  test('is unavailable where S3 says both that it is there and that it is not', async () => {
    failing('PUT', { status: 412, code: 'PreconditionFailed' });
    expect(await filesOf(s3).create(PATH, BYTES)).toEqual(UNAVAILABLE);
    expect(reports).toEqual(['GetObject: IncompleteAnswer']);
  });

  test('is absent where somebody put a delete marker on it', async () => {
    s3.put(PATH, BYTES);
    s3.remove(PATH);
    expect(await filesOf(s3).read(PATH)).toEqual(ok(null));
  });
});

describe('the checkpoint', () => {
  test('that is written while its answer gets lost conflicts, and is there', async () => {
    const files = filesOf(s3);
    failing('PUT', 'lost', 1);
    expect(await files.replaceCheckpoint('x\n', null)).toEqual(CONFLICT);
    expect(await files.checkpoint()).toMatchObject(ok({ note: 'x\n' }));
  });

  test('conflicts where it is gone meanwhile', async () => {
    const files = filesOf(s3);
    await files.replaceCheckpoint('x\n', null);
    const found = await files.checkpoint();
    s3.remove('checkpoint');
    if (!found.ok) throw new Error('not read');
    expect(await files.replaceCheckpoint('y\n', found.value)).toEqual(CONFLICT);
  });

  test('is written again while another write of it is under way, and then conflicts', async () => {
    const files = filesOf(s3);
    s3.put('checkpoint', Buffer.from('of another\n'));
    failing('PUT', { status: 409, code: 'ConditionalRequestConflict' }, 1);
    expect(await files.replaceCheckpoint('x\n', null)).toEqual(CONFLICT);
    expect(called()).toEqual(['PUT', 'PUT']);
  });

  test('of a page is listed with one call, and read with one more each', async () => {
    for (const note of ['1', '2', '3']) s3.put('checkpoint', Buffer.from(note));
    s3.remove('checkpoint');
    s3.put('checkpoint', Buffer.from('4'));
    const page = await filesOf(s3).checkpoints({ limit: 50, after: null });
    const notes = page.ok && page.value.checkpoints.map(({ note }) => note);
    expect(notes).toEqual(['4', '3', '2', '1']);
    expect(called()).toEqual(['VERSIONS', 'GET', 'GET', 'GET', 'GET']);
  });

  test('that is listed and cannot be read makes the page unavailable', async () => {
    s3.put('checkpoint', Buffer.from('1'));
    failing('GET', { status: 404, code: 'NoSuchVersion' });
    expect(await filesOf(s3).checkpoints({ limit: 9, after: null })).toEqual(UNAVAILABLE);
  });
});

describe('how many entries are stored', () => {
  const WIDTHS = [1, 9, 10, 100, 255];
  /** A log whose bundles were written one by one, as far as it matters from `from` on. */
  const store = (size: number, from = 0): void => {
    for (let index = from; index * TILE_WIDTH < size; index += 1) {
      const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
      for (const one of [...WIDTHS.filter((other) => other < width), width]) {
        s3.put(tilePath({ level: 'entries', index, width: one }), Buffer.from('x'));
      }
    }
  };

  test.each([1, 2, 9, 10, 11, 99, 101, 255])(
    'is found with one call in a log of %d',
    async (size) => {
      store(size);
      expect(await filesOf(s3).storedSize(0)).toEqual(ok(size));
      expect(called()).toEqual(['LIST']);
    },
  );

  test('is found on the last page of a list', async () => {
    store(99);
    s3.pageOf = 2;
    expect(await filesOf(s3).storedSize(0)).toEqual(ok(99));
    expect(called()).toEqual(['LIST', 'LIST']);
  });

  test.each([
    ['the first folder', 999, 1003 * TILE_WIDTH + 20],
    ['the thousandth folder', 1_999, 2_001 * TILE_WIDTH],
    ['the first folder of folders', 999_998, 1_000_001 * TILE_WIDTH + 10],
    ['the next folder of folders', 1_000_999, 1_001_000 * TILE_WIDTH + 255],
  ])('is right across %s, from any bundle on', async (_, first, size) => {
    store(size, first);
    const files = filesOf(s3);
    const last = Math.floor(size / TILE_WIDTH);
    for (let from = first; from <= last; from += 1) {
      const none = from * TILE_WIDTH >= size;
      expect(await files.storedSize(from)).toEqual(ok(none ? 0 : size));
    }
    expect(await files.storedSize(last + 1)).toEqual(ok(0));
  });

  test('is found with some twenty calls in 1,200 bundles', async () => {
    store(1200 * TILE_WIDTH + 77);
    expect(await filesOf(s3).storedSize(0)).toEqual(ok(1200 * TILE_WIDTH + 77));
    expect(s3.calls.length).toBeLessThanOrEqual(2 + 2 * Math.ceil(Math.log2(1200)));
  });
});
