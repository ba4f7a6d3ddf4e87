import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudTrailClient, DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import {
  operatorBucket,
  operatorLogs,
  operatorTrails,
} from '../../../adapters/cloudtrail/operator-logs.ts';
import { trailsOfFile } from '../../../adapters/cloudtrail/trails-file.ts';
import { all, logText, readRecord, WINDOW } from './log-text.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('logs of an operator', () => {
  test('are files, where the place is no URL', async () => {
    writeFileSync(join(folder, 'a.json'), logText('1'));
    expect((await all(operatorLogs(folder, readRecord).read(WINDOW, null))).ids).toEqual(['1']);
  });

  test('are a bucket', () => {
    expect(operatorBucket('s3://acme-logs/a')).toMatchObject({ bucket: 'acme-logs', prefix: 'a/' });
  });

  test.each(['s3://', 's3:///a', 'https://acme-logs.s3.amazonaws.com'])('are not %s', (place) => {
    expect(() => operatorLogs(place, readRecord)).toThrow(
      /is not of the form s3:\/\/bucket\/prefix$/,
    );
  });
});

test("trails of an operator are asked for in the operator's Region", async () => {
  const before = process.env['AWS_REGION'];
  process.env['AWS_REGION'] = 'eu-north-1';
  try {
    const mock = mockClient(CloudTrailClient);
    mock.on(DescribeTrailsCommand).resolves({ trailList: [] });
    expect(await operatorTrails(null, () => {}).trails()).toEqual({ ok: true, value: [] });
    const client = mock.calls()[0]?.thisValue as CloudTrailClient | undefined;
    expect(await client?.config.region()).toBe('eu-north-1');
  } finally {
    if (before === undefined) delete process.env['AWS_REGION'];
    else process.env['AWS_REGION'] = before;
  }
});

describe('trails of a file', () => {
  test('are what it says', async () => {
    const file = join(folder, 'trails.json');
    writeFileSync(file, JSON.stringify({ trailList: [], eventSelectors: {}, trailStatus: {} }));
    expect(await trailsOfFile(file, null, () => {}).trails()).toEqual({ ok: true, value: [] });
  });

  test.each<[string, string | null, RegExp]>([
    ['that is missing', null, /cannot be read$/],
    ['that is no JSON', '{', /is not JSON$/],
    ['without settings', '{}', /lacks settings of trails: trailList/],
  ])('%s are unavailable', async (_, text, why) => {
    const file = join(folder, 'trails.json');
    if (text !== null) writeFileSync(file, text);
    const reports: string[] = [];
    const trails = await trailsOfFile(file, null, (report) => reports.push(report)).trails();
    expect(trails).toEqual({ ok: false, error: { code: 'unavailable', what: 'cloudtrail' } });
    expect(reports).toEqual([expect.stringMatching(why)]);
  });
});
