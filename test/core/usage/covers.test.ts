import { describe, expect, test } from '@jest/globals';
import { gapsIn, type Logs, type Observable, type Places } from '../../../core/usage/covers.ts';
import type { Trail } from '../../../core/usage/trail.ts';
import { ACCOUNT, LOGS, TRAIL } from './usage-world.ts';

const OTHER = '444455556666';
const HERE: Places = { accounts: [ACCOUNT], regions: ['eu-west-1'] };
const ANYWHERE: Places = { accounts: [ACCOUNT], regions: null };

const management = (readOnly: boolean | null, source = 'kms.amazonaws.com'): Observable => ({
  ...{ kind: 'management', readOnly, source },
});
const objects = (readOnly: boolean | null): Observable => ({
  ...{ kind: 'data', types: ['AWS::S3::Object'], readOnly },
});
const logs = (...trails: readonly Partial<Trail>[]): Logs => ({
  ...LOGS,
  trails: trails.map((trail) => ({ ...TRAIL, ...trail })),
});
const data = (prefixes: readonly string[] | null, which: 'all' | 'read' | 'write' = 'all') => ({
  data: [{ type: 'AWS::S3::Object', prefixes, which }],
});

const whys = (
  recording: Observable,
  where: Places,
  from: Logs,
  resources: readonly string[] = ['arn:aws:s3:::acme/*'],
) => gapsIn(recording, where, resources, from, 0).map(({ why }) => why);

describe('calls are recorded', () => {
  test('by a trail of everything, everywhere', () => {
    for (const where of [HERE, ANYWHERE]) {
      expect(gapsIn(management(null), where, ['*'], LOGS, 0)).toEqual([]);
      expect(gapsIn(objects(null), where, ['*'], LOGS, 0)).toEqual([]);
    }
  });

  test('by a trail of the account and Region', () => {
    const own = logs({ account: ACCOUNT, regions: ['eu-west-1'] });
    expect(whys(management(true), HERE, own)).toEqual([]);
    expect(whys(management(true), ANYWHERE, own)).toEqual(['no trail records every Region']);
  });

  test('by two trails, where neither has all of them', () => {
    const halves = logs({ management: 'read' }, { management: 'write' });
    expect(whys(management(null), HERE, halves)).toEqual([]);
    const buckets = logs(data(['arn:aws:s3:::one/']), data(['arn:aws:s3:::two/']));
    const both = ['arn:aws:s3:::one/*', 'arn:aws:s3:::two/*'];
    expect(whys(objects(true), HERE, buckets, both)).toEqual([]);
  });

  test('only as far as a trail goes of which all settings are understood', () => {
    const strange = { notUnderstood: ['eventName StartsWith Get'] };
    expect(whys(management(true), HERE, logs(strange, {}))).toEqual([]);
    expect(whys(management(true), HERE, logs(strange))).toEqual([
      'settings of the trails are not understood: eventName StartsWith Get',
    ]);
  });
});

describe('calls are not recorded', () => {
  test.each<[string, Observable, Places, Logs]>([
    [
      'the settings of the trails could not be read',
      management(true),
      HERE,
      { ...LOGS, trails: null },
    ],
    ['no trail records the account', management(true), HERE, logs()],
    ['no trail records the account', management(true), HERE, logs({ account: OTHER })],
    ['the trail all is not logging', management(true), HERE, logs({ logging: false })],
    [
      'since when the trail all is logging is not known',
      ...([management(true), HERE, logs({ since: null })] as const),
    ],
    [
      'the trail all is logging only since 1970-01-01T00:00:01Z',
      ...([management(true), HERE, logs({ since: 1000 })] as const),
    ],
    [
      'the trail all writes to s3://other/AWSLogs/, which was not read',
      ...([management(true), HERE, logs({ elsewhere: 's3://other/AWSLogs/' })] as const),
    ],
    [
      'no trail records data events of AWS::S3::Object; the trail data writes to s3://other/AWSLogs/, which was not read',
      objects(true),
      HERE,
      logs({ data: [] }, { name: 'data', elsewhere: 's3://other/AWSLogs/' }),
    ],
    ['no trail records the Region', management(true), HERE, logs({ regions: ['us-east-1'] })],
    [
      'the trails leave out management events of kms.amazonaws.com',
      ...([management(true), HERE, logs({ leftOut: ['kms.amazonaws.com'] })] as const),
    ],
    [
      'no trail records management events that read',
      ...([management(true), HERE, logs({ management: 'write' })] as const),
    ],
    [
      'no trail records management events that write',
      ...([management(null), HERE, logs({ management: 'read' })] as const),
    ],
    [
      'no trail records management events that write',
      ...([management(false), HERE, logs({ management: 'none' })] as const),
    ],
    [
      'no trail records data events of AWS::S3::Object',
      ...([objects(true), HERE, logs({ data: [] })] as const),
    ],
    [
      'no trail records data events of AWS::S3::Object that write',
      ...([objects(null), HERE, logs(data(null, 'read'))] as const),
    ],
    [
      'no trail records data events of AWS::S3::Object for all of arn:aws:s3:::acme/*',
      ...([objects(true), HERE, logs(data(['arn:aws:s3:::acme/releases/']))] as const),
    ],
    [
      'no trail records data events of AWS::DynamoDB::Table',
      { kind: 'data', types: ['AWS::S3::Object', 'AWS::DynamoDB::Table'], readOnly: true },
      ...([HERE, LOGS] as const),
    ],
    [
      'as what its calls are recorded is not known',
      { kind: 'data', types: [], readOnly: true },
      ...([HERE, LOGS] as const),
    ],
    [
      'the logs of the account were not read',
      management(true),
      HERE,
      { ...LOGS, accounts: [OTHER] },
    ],
    [
      'the logs of the Region were not read',
      ...([management(true), HERE, { ...LOGS, regions: ['us-east-1'] }] as const),
    ],
    [
      'the logs of some Regions were not read',
      ...([management(true), ANYWHERE, { ...LOGS, regions: ['us-east-1'] }] as const),
    ],
    ['where calls are made is not known', management(true), { accounts: [], regions: null }, LOGS],
    ['where calls are made is not known', management(true), { ...HERE, regions: [] }, LOGS],
  ])('because %s', (why, recording, where, from) => {
    expect(whys(recording, where, from)).toEqual([why]);
  });

  test('in some accounts and Regions, which are named', () => {
    const where = { accounts: [ACCOUNT, OTHER], regions: ['eu-west-1', 'us-east-1'] };
    const own = logs({ account: ACCOUNT, regions: ['eu-west-1'] });
    expect(gapsIn(management(true), where, [], own, 0)).toEqual([
      { accounts: [ACCOUNT], regions: ['us-east-1'], why: 'no trail records the Region' },
      {
        ...{ accounts: [OTHER], regions: ['eu-west-1', 'us-east-1'] },
        why: 'no trail records the account',
      },
    ]);
  });

  test('two trails each miss half of it', () => {
    const halves = logs({ management: 'write' }, { leftOut: ['kms.amazonaws.com'] });
    expect(whys(management(true), HERE, halves)).toEqual([
      'no trail records management events that read',
    ]);
  });
});

describe('the prefixes of data events', () => {
  test.each<[boolean, string]>([
    [true, 'arn:aws:s3:::acme/*'],
    [true, 'arn:aws:s3:::acme/a'],
    [true, 'arn:aws:s3:::acme/{{prefix}}/*'],
    [false, 'arn:aws:s3:::acme*'],
    [false, 'arn:aws:s3:::acme?a'],
    [false, 'arn:aws:s3:::{{bucket}}/a'],
    [false, 'arn:aws:s3:::${aws:username}/a'],
    [false, 'arn:aws:s3:::other/a'],
    [false, '*'],
  ])('cover (%p) %s', (isCovered, resource) => {
    const gaps = whys(objects(true), HERE, logs(data(['arn:aws:s3:::acme/'])), [resource]);
    expect(gaps.length === 0).toBe(isCovered);
  });
});

test('the resources of data events that are named alone are these alone', () => {
  const named = logs({
    data: [
      {
        ...{ type: 'AWS::S3::Object', which: 'all', prefixes: [] },
        exact: ['arn:aws:s3:::acme/a', 'arn:aws:s3:::acme/*'],
      },
    ],
  });
  expect(whys(objects(true), HERE, named, ['arn:aws:s3:::acme/a'])).toEqual([]);
  for (const resource of ['arn:aws:s3:::acme/ab', 'arn:aws:s3:::acme/*']) {
    expect(whys(objects(true), HERE, named, [resource])).toHaveLength(1);
  }
});

describe('services without Regions', () => {
  const only = (...regions: string[]) => logs({ regions });

  test.each(['iam', 'cloudfront', 'route53'])('%s is recorded in us-east-1', (service) => {
    const recording = management(true, `${service}.amazonaws.com`);
    for (const where of [HERE, ANYWHERE]) {
      expect(whys(recording, where, only('us-east-1'))).toEqual([]);
      expect(whys(recording, where, only('eu-west-1'))).toEqual(['no trail records the Region']);
    }
  });

  test('STS is recorded where it is called, and in us-east-1', () => {
    const recording = management(true, 'sts.amazonaws.com');
    expect(whys(recording, HERE, only('eu-west-1', 'us-east-1'))).toEqual([]);
    expect(gapsIn(recording, HERE, [], only('eu-west-1'), 0)).toMatchObject([
      { regions: ['us-east-1'] },
    ]);
    expect(whys(recording, ANYWHERE, only('us-east-1'))).toHaveLength(1);
  });

  test('others are recorded in no Region that an entitlement names', () => {
    const recording = management(true, 'organizations.amazonaws.com');
    expect(whys(recording, HERE, only('eu-west-1', 'us-east-1'))).toHaveLength(1);
    expect(whys(recording, HERE, LOGS)).toEqual([]);
  });

  test.each([
    ['cn-northwest-1', 'cn-north-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
  ])('of the partition of %s are recorded in %s', (region, home) => {
    const recording = management(true, 'iam.amazonaws.com');
    expect(whys(recording, { ...HERE, regions: [region] }, only(home))).toEqual([]);
  });
});
