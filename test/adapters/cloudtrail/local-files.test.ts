import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { localLogs } from '../../../adapters/cloudtrail/local-files.ts';
import { all, GRANT, keyOf, logFile, logText, readRecord, recordJson, WINDOW } from './log-text.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, bytes: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

const read = (path = folder, window = WINDOW, needles: readonly string[] | null = null) =>
  all(localLogs(path, readRecord).read(window, needles));
const idsOf = async (...given: Parameters<typeof read>) => (await read(...given)).ids.toSorted();

describe('log files of a folder', () => {
  test('are read in every form, compressed or not, whatever their names say', async () => {
    put('a.json', logText('1', '2'));
    put('b.json.gz', logFile('3'));
    put('deep/er/c.jsonl', `${JSON.stringify(recordJson('4'))}\n${logText('5')}\n`);
    put('d.log', gzipSync(JSON.stringify(recordJson('6'))));
    put('e.ndjson.gz', JSON.stringify(recordJson('7')));
    put('f.json.gz', Buffer.concat([logFile('8'), logFile('9')]));
    put('notes.txt', 'no log');
    put('empty.json', '');
    put('short.json', '{');
    const found = await read();
    expect(found.ids.toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(found.unreadable).toEqual([
      {
        kind: 'unreadable',
        place: expect.stringMatching(/short\.json, record 1 \(byte 0\)$/),
        why: expect.any(String),
      },
    ]);
    expect(found.files).toHaveLength(8);
  });

  test('are counted by bytes and records, and known beforehand', async () => {
    const file = put('a.json.gz', logFile('1', '2', '3'));
    const source = localLogs(folder, readRecord);
    const size = await source.size(WINDOW);
    expect((await read()).files).toEqual([
      { kind: 'file', name: file, bytes: size.bytes, records: 3 },
    ]);
    expect(size).toEqual({ files: 1, bytes: logFile('1', '2', '3').length });
  });

  test('may be one file', async () => {
    const file = put('export.txt', logText('1'));
    expect(await idsOf(file)).toEqual(['1']);
  });

  test('may be links; folders and pipes with such names are none', async () => {
    symlinkSync(put('a.json', logText('1')), join(folder, 'b.json'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'c.json'));
    mkdirSync(join(folder, 'd.json'));
    expect(await idsOf()).toEqual(['1', '1']);
  });

  test('are not digests, insights or events of endpoints', async () => {
    put('a.json', logText('1'));
    put('111122223333/CloudTrail-Digest/eu-central-1/2026/11/20/x.json.gz', logFile('2'));
    put('111122223333_CloudTrail-Digest_eu-central-1_trail_20261120T120000Z.json.gz', logFile('3'));
    put('111122223333/CloudTrail-Insight/eu-central-1/2026/11/20/x.json.gz', logFile('4'));
    put('111122223333/CloudTrail-NetworkActivity/eu-central-1/2026/11/20/x.json', logText('5'));
    expect(await idsOf()).toEqual(['1']);
  });

  test('are read once they can hold calls of the window', async () => {
    put(keyOf('2026-11-19T23:55'), logFile('the day before'));
    put(keyOf('2026-11-20T09:59'), logFile('delivered in the last minute before'));
    put(keyOf('2026-11-20T09:58'), logFile('delivered before'));
    put(keyOf('2026-11-20T14:10'), logFile('delivered after'));
    put(keyOf('2026-11-21T23:00'), logFile('late'));
    put(keyOf('2026-11-22T00:00'), logFile('too late'));
    put('AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/19/renamed.json.gz', logFile('19'));
    put('AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/21/renamed.json.gz', logFile('21'));
    expect(await idsOf()).toEqual([
      '21',
      'delivered after',
      'delivered in the last minute before',
      'late',
    ]);
  });

  test('are those of the accounts and Regions, also of an organisation', async () => {
    put(keyOf('2026-11-20T12:05', { unique: 'a' }), logFile('1'));
    put(keyOf('2026-11-20T12:05', { account: '444455556666', unique: 'b' }), logFile('2'));
    put(keyOf('2026-11-20T12:05', { region: 'us-east-1', unique: 'c' }), logFile('3'));
    const organisation = 'o-abcdefghij/';
    put(keyOf('2026-11-20T12:05', { organisation, account: '777788889999' }), logFile('4'));
    expect(await idsOf(folder, { ...WINDOW, accounts: ['111122223333'] })).toEqual(['1', '3']);
    expect(await idsOf(folder, { ...WINDOW, regions: ['eu-central-1'] })).toEqual(['1', '2', '4']);
  });
});

describe('records', () => {
  test('of another time are left out', async () => {
    const at = (eventTime: string) => JSON.stringify(recordJson(eventTime, { eventTime }));
    const times = [
      '2026-11-20T09:59:59Z',
      '2026-11-20T10:00:00Z',
      '2026-11-20T13:59:59Z',
      '2026-11-20T14:00:00Z',
    ];
    put('a.jsonl', times.map(at).join('\n'));
    expect(await idsOf()).toEqual(times.slice(1, 3));
  });

  test('of the second in which the window begins belong to it', async () => {
    put(
      'a.json',
      JSON.stringify({ Records: [recordJson('1', { eventTime: '2026-11-20T10:00:00Z' })] }),
    );
    expect(await idsOf(folder, { ...WINDOW, from: WINDOW.from + 500 })).toEqual(['1']);
  });

  test('without a needle are never read, and counted', async () => {
    put(
      'a.json',
      JSON.stringify({ Records: [recordJson('1'), recordJson('2', { userIdentity: {} })] }),
    );
    let calls = 0;
    const counting = (json: unknown) => {
      calls += 1;
      return readRecord(json);
    };
    const { ids, files } = await all(localLogs(folder, counting).read(WINDOW, [GRANT]));
    expect([ids, calls, files[0]?.records]).toEqual([['1'], 1, 2]);
  });

  test('that are none are told with their place', async () => {
    const file = put(
      'a.json',
      `{"Records":[${JSON.stringify(recordJson('1'))},{"eventVersion":"1"}]}`,
    );
    expect((await read()).unreadable).toEqual([
      { kind: 'unreadable', place: `${file}, record 2`, why: 'it has no eventID' },
    ]);
  });

  test('before the place where a compressed file breaks off are given', async () => {
    const ids = Array.from({ length: 5000 }, (_, number) => `${number}-${Math.sin(number)}`);
    const whole = logFile(...ids);
    for (const share of [0.2, 0.5, 0.9, 0.9999]) {
      const file = put('a.json.gz', whole.subarray(0, Math.floor(whole.length * share)));
      const found = await read(file);
      expect(found.ids).toEqual(ids.slice(0, found.ids.length));
      expect(found.ids.length).toBeGreaterThan(ids.length * (share - 0.05));
      expect(found.unreadable).toEqual([
        { kind: 'unreadable', place: file, why: 'the compressed file: it does not end' },
      ]);
    }
  });

  test('of a file that cannot be decompressed are unreadable', async () => {
    const broken = Buffer.from(logFile('1', '2'));
    broken.fill(0xff, 20, 40);
    put('a.json.gz', broken);
    expect((await read()).unreadable).toEqual([
      expect.objectContaining({ why: expect.stringMatching(/^the compressed file: it is broken/) }),
    ]);
  });
});

test('of an account that has no file of the time, what it holds is not known', async () => {
  put(keyOf('2026-11-20T12:05'), logFile('1'));
  put(keyOf('2026-11-18T12:05', { account: '444455556666' }), logFile('old'));
  const found = await read(folder, { ...WINDOW, accounts: ['111122223333', '444455556666'] });
  expect(found.ids).toEqual(['1']);
  expect(found.unreadable).toEqual([expect.objectContaining({ place: 'account 444455556666' })]);
});

describe('nothing to read is an error that says so', () => {
  test('of one of the accounts', async () => {
    put(keyOf('2026-11-20T12:05'), logFile('1'));
    const window = { ...WINDOW, accounts: ['111122223333', '999900001111'] };
    await expect(read(folder, window)).rejects.toMatchObject({
      name: 'LogsUnavailable',
      message: expect.stringMatching(/has no logs of 999900001111$/),
    });
    put('exported.json', logText('2'));
    expect(await idsOf(folder, window)).toEqual(['1', '2']);
  });

  test.each<[string, () => void, RegExp]>([
    ['no such path', () => rmSync(folder, { recursive: true }), /does not exist$/],
    ['no log file', () => put('notes.txt', ''), /has no log file: none ends with \.json/],
    ['a digest alone', () => put('1_CloudTrail-Digest_x.json', ''), /has no log file/],
    [
      'none of the window',
      () => put(keyOf('2026-11-19T12:00'), ''),
      /has 1 log files, and none of them can hold records from 2026-11-20T10:00:00Z until 2026-11-20T14:00:00Z in account 111122223333$/,
    ],
  ])('%s', async (_, make, message) => {
    make();
    const source = localLogs(folder, readRecord);
    const window = { ...WINDOW, accounts: ['111122223333'] };
    const failure = { name: 'LogsUnavailable', message: expect.stringMatching(message) };
    await expect(all(source.read(window, null))).rejects.toMatchObject(failure);
    await expect(source.size(window)).rejects.toMatchObject(failure);
    mkdirSync(folder, { recursive: true });
  });
});
