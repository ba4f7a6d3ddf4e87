import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { cloudTrails } from '../../../adapters/cloudtrail/trails.ts';

const mock = mockClient(CloudTrailClient);
const SINCE = new Date('2026-01-01T00:00:00Z');
let asked: string[];
let reports: string[];

const reader = cloudTrails({
  in: (region) => {
    asked.push(region);
    return new CloudTrailClient({ region });
  },
  regions: ['eu-central-1', 'us-east-1'],
  place: { bucket: 'acme-logs', prefix: 'AWSLogs/' },
  report: (why) => reports.push(why),
});

const described = (name: string, HomeRegion: string) => ({
  Name: name,
  S3BucketName: 'acme-logs',
  TrailARN: `arn:aws:cloudtrail:${HomeRegion}:111122223333:trail/${name}`,
  HomeRegion,
  IsMultiRegionTrail: true,
  IsOrganizationTrail: false,
  IncludeGlobalServiceEvents: true,
  HasCustomEventSelectors: false,
});

beforeEach(() => {
  mock.reset();
  [asked, reports] = [[], []];
  mock.on(DescribeTrailsCommand).resolves({ trailList: [described('audit', 'eu-west-1')] });
  mock.on(GetTrailStatusCommand).resolves({ IsLogging: true, StartLoggingTime: SINCE });
  mock.on(GetEventSelectorsCommand).resolves({
    EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
  });
});

const refused = (name: string, message = '') => Object.assign(new Error(message), { name });
const UNAVAILABLE = { ok: false, error: { code: 'unavailable', what: 'cloudtrail' } };

test('trails are asked for in every Region, and their settings at home, once', async () => {
  const trails = await reader.trails();
  expect(trails).toEqual({
    ok: true,
    value: [expect.objectContaining({ name: 'audit', management: 'all', regions: null })],
  });
  expect(asked).toEqual(['eu-central-1', 'us-east-1', 'eu-west-1']);
  expect(mock.commandCalls(DescribeTrailsCommand)[0]?.args[0].input).toEqual({
    includeShadowTrails: true,
  });
  const TrailName = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit';
  expect(mock.commandCalls(GetEventSelectorsCommand).map(({ args }) => args[0].input)).toEqual([
    { TrailName },
  ]);
});

test('a trail tells since when it logs, and where it writes to if that is not read', async () => {
  const elsewhere = { ...described('data', 'eu-west-1'), S3BucketName: 'acme-other' };
  mock.on(DescribeTrailsCommand).resolves({
    trailList: [described('audit', 'eu-west-1'), elsewhere],
  });
  const trails = await reader.trails();
  const facts = trails.ok
    ? trails.value.map(({ name, since, logging, elsewhere: to }) => [name, since, logging, to])
    : null;
  expect(facts).toEqual([
    ['audit', SINCE.getTime(), true, undefined],
    ['data', SINCE.getTime(), true, 's3://acme-other/AWSLogs/'],
  ]);
});

test('no trail is an empty list', async () => {
  mock.on(DescribeTrailsCommand).resolves({ trailList: [] });
  expect(await reader.trails()).toEqual({ ok: true, value: [] });
});

describe('nothing is known', () => {
  test.each<[string, () => void, string]>([
    [
      'without the permission to list',
      () => mock.on(DescribeTrailsCommand).rejects(refused('AccessDeniedException')),
      'the credentials need cloudtrail:DescribeTrails',
    ],
    [
      'without the permission that AWS names',
      () =>
        mock
          .on(GetEventSelectorsCommand)
          .rejects(
            refused(
              'AccessDeniedException',
              'User: x is not authorized to perform: cloudtrail:GetEventSelectors on resource: y',
            ),
          ),
      'the credentials need cloudtrail:GetEventSelectors',
    ],
    [
      'of a trail without its status',
      () => mock.on(GetTrailStatusCommand).rejects(refused('TrailNotFoundException')),
      'GetTrailStatus failed (TrailNotFoundException)',
    ],
    [
      'where an answer lacks what it must have',
      () => mock.on(GetTrailStatusCommand).resolves({}),
      'the status of audit: IsLogging: Invalid input: expected boolean, received undefined',
    ],
    [
      'where there is no list',
      () => mock.on(DescribeTrailsCommand).resolves({}),
      'DescribeTrails failed (Error)',
    ],
  ])('%s', async (_, make, report) => {
    make();
    expect(await reader.trails()).toEqual(UNAVAILABLE);
    expect(reports).toEqual([report]);
  });
});
