import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseS3Url } from '../../../adapters/cloudtrail/list-objects.ts';
import { LOGS_CALL } from '../../../adapters/cloudtrail/logs-call.ts';
import { s3Logs } from '../../../adapters/cloudtrail/s3-files.ts';
import type { WhyNot } from '../../../core/usage/logs-unavailable.ts';
import {
  type S3Call,
  type S3Fault,
  type S3StandIn,
  STAND_IN_BUCKET,
  s3StandIn,
} from '../../support/s3-stand-in.ts';
import { all, keyOf, logFile, logText, readRecord, WINDOW } from './log-text.ts';

let s3: S3StandIn;
beforeEach(async () => {
  s3 = await s3StandIn();
});
afterEach(() => s3.close());

const sourceOf = (prefix = '') =>
  s3Logs({ client: s3.client, bucket: STAND_IN_BUCKET, prefix }, readRecord);
const read = (prefix = '', window = WINDOW) => all(sourceOf(prefix).read(window, null));
const idsOf = async (...given: Parameters<typeof read>) => (await read(...given)).ids.toSorted();
const called = (what: S3Call['what']) => s3.calls.filter((call) => call.what === what);

const ORGANISATION = 'o-abcdefghij/';

/** Two accounts and an organisation, with other logs beside. */
function fill(prefix = ''): void {
  const put = (id: string, ...[delivered, place]: Parameters<typeof keyOf>) =>
    s3.put(`${prefix}${keyOf(delivered, place)}`, logFile(id));
  put('1', '2026-11-20T12:05');
  put('2', '2026-11-20T12:05', { account: '444455556666' });
  put('3', '2026-11-20T12:05', { region: 'us-east-1' });
  put('4', '2026-11-20T12:05', { account: '777788889999', organisation: ORGANISATION });
  put('late', '2026-11-21T20:00');
  put('before', '2026-11-19T20:00');
  put('after', '2026-11-22T00:00');
  put('next year', '2027-01-01T00:00');
  for (const other of ['CloudTrail-Digest', 'CloudTrail-Insight', 'Config', 'vpcflowlogs']) {
    s3.put(
      `${prefix}AWSLogs/111122223333/${other}/eu-central-1/2026/11/20/x.json.gz`,
      logFile(other),
    );
  }
}

describe('log files of a bucket', () => {
  test.each(['', 'some/where/'])('are found in CloudTrail’s layout, below “%s”', async (prefix) => {
    fill(prefix);
    s3.put('AWSLogsOfOthers/x.json', Buffer.from(logText('other')));
    expect(await idsOf(prefix)).toEqual(['1', '2', '3', '4', 'late']);
    expect(await idsOf(prefix, { ...WINDOW, accounts: ['111122223333', '777788889999'] })).toEqual([
      '1',
      '3',
      '4',
      'late',
    ]);
    expect(await idsOf(prefix, { ...WINDOW, regions: ['eu-central-1'] })).toEqual([
      '1',
      '2',
      '4',
      'late',
    ]);
  });

  test.each<[string, readonly string[]]>([
    ['AWSLogs/', ['1', '2', '3', '4', 'late']],
    [`AWSLogs/${ORGANISATION}`, ['4']],
    ['AWSLogs/111122223333/', ['1', '3', 'late']],
    ['AWSLogs/111122223333/CloudTrail/', ['1', '3', 'late']],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/', ['3']],
    ['AWSLogs/111122223333/CloudTrail/eu-central-1/2026/', ['1', 'late']],
    ['AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/21/', ['late']],
    [keyOf('2026-11-20T12:05'), ['1']],
  ])('are found from any folder of it: %s', async (prefix, ids) => {
    fill();
    expect(await idsOf(prefix)).toEqual(ids);
  });

  test('of an account that has none of the time are missing: what it holds is not known', async () => {
    const accounts = ['111122223333', '444455556666'];
    s3.put(keyOf('2026-11-20T12:05'), logFile('1'));
    s3.put(keyOf('2026-11-18T12:05', { account: '444455556666' }), logFile('old'));
    const found = await read('', { ...WINDOW, accounts });
    expect(found.ids).toEqual(['1']);
    expect(found.unreadable).toEqual([expect.objectContaining({ place: 'account 444455556666' })]);
    s3.put(keyOf('2026-11-20T12:05', { account: '444455556666' }), logFile('2'));
    expect((await read('', { ...WINDOW, accounts })).unreadable).toEqual([]);
  });

  test('are all below a prefix that is laid out in another way', async () => {
    s3.put('export/a.jsonl', Buffer.from(logText('1')));
    s3.put('export/deep/b.json.gz', logFile('2'));
    s3.put('export/readme.txt', Buffer.from('no log'));
    s3.put('other/c.json', Buffer.from(logText('3')));
    expect(await idsOf('export/')).toEqual(['1', '2']);
  });

  test('are listed in pages, and only for the days of the window', async () => {
    for (let day = 10; day < 30; day += 1) {
      for (const unique of ['a', 'b', 'c'])
        s3.put(keyOf(`2026-11-${day}T12:00`, { unique }), logFile(`${day}${unique}`));
    }
    s3.pageOf = 2;
    expect(await idsOf('AWSLogs/111122223333/CloudTrail/eu-central-1/')).toEqual([
      '20a',
      '20b',
      '20c',
      '21a',
      '21b',
      '21c',
    ]);
    expect(called('LIST')).toHaveLength(4);
  });

  test('are known beforehand', async () => {
    fill();
    const size = await sourceOf().size(WINDOW);
    const { files } = await read();
    expect(size).toEqual({ files: 5, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) });
  });

  test('are no more asked for once the reader stops', async () => {
    for (let number = 0; number < 40; number += 1) {
      s3.put(`x/${10 + number}.json`, Buffer.from(logText(`${number}`)));
    }
    for await (const part of sourceOf('x/').read(WINDOW, null)) if (part.kind === 'file') break;
    expect(called('GET').length).toBeLessThanOrEqual(9);
  });
});

/** The first so many reads of a key fail. */
function failing(
  fault: S3Fault,
  times = Number.POSITIVE_INFINITY,
  what: S3Call['what'] = 'GET',
): void {
  let left = times;
  s3.fault = (call) => {
    if (call.what !== what || call.key.includes('good') || left <= 0) return null;
    left -= 1;
    return fault;
  };
}

describe('an object', () => {
  beforeEach(() => {
    s3.put('x/a.json', Buffer.from(logText('1', '2')));
    s3.put('x/good.json', Buffer.from(logText('3')));
  });

  test('whose body breaks off is read again', async () => {
    failing('cut', 1);
    const { ids, unreadable, files } = await read('x/');
    expect([...new Set(ids)]).toEqual(['1', '2', '3']);
    expect([unreadable, files.length]).toEqual([[], 2]);
  });

  test.each<[string, S3Fault, RegExp]>([
    ['that always breaks off', 'cut', /^S3: /],
    ['that vanished', { status: 404, code: 'NoSuchKey' }, /removed after it was listed/],
    ['that is archived', { status: 403, code: 'InvalidObjectState' }, /archived; restore it/],
    [
      'whose key is disabled',
      { status: 400, code: 'KMS.DisabledException' },
      /KMS\.DisabledException/,
    ],
  ])('%s is unreadable', async (_, fault, why) => {
    failing(fault);
    const { ids, unreadable } = await read('x/');
    expect(ids.filter((id) => id === '3')).toEqual(['3']);
    expect(unreadable).toEqual([
      {
        kind: 'unreadable',
        place: `s3://${STAND_IN_BUCKET}/x/a.json`,
        why: expect.stringMatching(why),
      },
    ]);
  });
});

describe('an error says what is missing', () => {
  const failure = (message: RegExp, why: WhyNot = { reason: 'no logs' }) => ({
    name: 'LogsUnavailable',
    message: expect.stringMatching(message),
    why,
  });
  const denied = (permission: string) => ({ reason: 'AccessDenied', permission });

  test('the permission to read', async () => {
    s3.put('x/a.json', Buffer.from(logText('1')));
    failing({ status: 403, code: 'AccessDenied' });
    await expect(read('x/')).rejects.toMatchObject(
      failure(/x\/a\.json: the credentials need s3:GetObject$/, denied('s3:GetObject')),
    );
  });

  test('the permission to decrypt', async () => {
    s3.put('x/a.json', Buffer.from(logText('1')));
    const message =
      'User: arn:aws:sts::1:x is not authorized to perform: kms:Decrypt on resource: key';
    failing({ status: 403, code: 'AccessDenied', message });
    await expect(read('x/')).rejects.toMatchObject(
      failure(/the credentials need kms:Decrypt$/, denied('kms:Decrypt')),
    );
  });

  test('the permission to list', async () => {
    failing({ status: 403, code: 'AccessDenied' }, 9, 'LIST');
    await expect(read('x/')).rejects.toMatchObject(
      failure(/the bucket ledger: the credentials need s3:ListBucket$/, denied('s3:ListBucket')),
    );
  });

  test('the bucket', async () => {
    failing({ status: 404, code: 'NoSuchBucket' }, 9, 'LIST');
    await expect(sourceOf().size(WINDOW)).rejects.toMatchObject(
      failure(/NoSuchBucket/, { reason: 'NoSuchBucket' }),
    );
  });

  test('any log file', async () => {
    s3.put(keyOf('2026-11-10T12:00'), logFile('1'));
    const window = { ...WINDOW, regions: ['eu-central-1'] };
    await expect(read('', window)).rejects.toMatchObject(
      failure(
        /^s3:\/\/ledger\/ has no log file from 2026-11-20T10:00:00Z until 2026-11-20T14:00:00Z in Region eu-central-1$/,
      ),
    );
  });

  test('the logs of an account', async () => {
    fill();
    await expect(
      read('', { ...WINDOW, accounts: ['111122223333', '999900001111'] }),
    ).rejects.toMatchObject(failure(/has no logs of 999900001111$/));
  });

  test.each([
    ['AWSLogs/111122223333/', { accounts: ['111122223333', '444455556666'] }, '444455556666'],
    [
      'AWSLogs/111122223333/CloudTrail/us-east-1/',
      { regions: ['us-east-1', 'eu-central-1'] },
      'eu-central-1',
    ],
    [`AWSLogs/${ORGANISATION}`, { accounts: ['777788889999', '444455556666'] }, '444455556666'],
  ])('the logs of another place than %s', async (prefix, places, missing) => {
    fill();
    await expect(read(prefix, { ...WINDOW, ...places })).rejects.toMatchObject(
      failure(new RegExp(`has no logs of ${missing}$`)),
    );
  });
});

describe('a download that stalls', () => {
  const stalling = async (socketTimeout: number) => {
    await s3.close();
    s3 = await s3StandIn({ requestHandler: { ...LOGS_CALL.requestHandler, socketTimeout } });
    for (const id of ['1', '2', '3']) s3.put(`x/${id}.json`, Buffer.from(logText(id)));
    s3.fault = ({ what, key }) => (what === 'GET' && key !== 'x/2.json' ? 'stalled' : null);
  };

  test('is read again, and then unreadable; others, which stall before their turn, end nothing', async () => {
    expect(LOGS_CALL.requestHandler.socketTimeout).toBe(30_000);
    await stalling(150);
    const { ids, unreadable } = await read('x/');
    expect(ids).toEqual(expect.arrayContaining(['2']));
    expect(unreadable.map(({ place }) => place)).toEqual(
      ['1', '3'].map((id) => `s3://${STAND_IN_BUCKET}/x/${id}.json`),
    );
    expect(called('GET').filter(({ key }) => key === 'x/1.json')).toHaveLength(3);
  });

  test('and a list end where the time is up', async () => {
    const late = { name: 'LogsUnavailable', why: { reason: 'out of time' } };
    await stalling(30_000);
    const begun = Date.now();
    const parts = () => all(sourceOf('x/').read(WINDOW, null, Date.now() + 300));
    await expect(parts()).rejects.toMatchObject(late);
    s3.fault = ({ what }) => (what === 'LIST' ? 'stalled' : null);
    await expect(parts()).rejects.toMatchObject(late);
    expect(Date.now() - begun).toBeLessThan(5000);
  });
});

test.each<[string, ReturnType<typeof parseS3Url>]>([
  ['s3://acme-logs', { bucket: 'acme-logs', prefix: '' }],
  ['s3://acme-logs/', { bucket: 'acme-logs', prefix: '' }],
  ['s3://acme-logs/a/b', { bucket: 'acme-logs', prefix: 'a/b/' }],
  ['s3://acme-logs/a/b.json.gz', { bucket: 'acme-logs', prefix: 'a/b.json.gz' }],
  ['https://acme-logs/a', null],
  ['s3://A', null],
])('%s', (url, place) => {
  expect(parseS3Url(url)).toEqual(place);
});
