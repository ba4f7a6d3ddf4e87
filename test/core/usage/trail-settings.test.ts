import { describe, expect, test } from '@jest/globals';
import { readExportedTrails, trailOf } from '../../../core/usage/trail-settings.ts';

/** The answers of CloudTrail → what a trail records; what is not certain counts as not recorded. */

const ARN = 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit';
const TRAIL = {
  Name: 'audit',
  S3BucketName: 'acme-logs',
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: true,
  HomeRegion: 'eu-central-1',
  TrailARN: ARN,
  LogFileValidationEnabled: true,
  HasCustomEventSelectors: false,
  HasInsightSelectors: false,
  IsOrganizationTrail: false,
};
const SINCE = Date.parse('2026-01-01T00:00:00Z');
const LOGGING = { IsLogging: true, StartLoggingTime: new Date(SINCE) };
const PLACE = { bucket: 'acme-logs', prefix: '' };
const BASIC = {
  ReadWriteType: 'All',
  IncludeManagementEvents: true,
  DataResources: [],
  ExcludeManagementEventSources: [],
};

const basicOf = (...selectors: readonly object[]) =>
  trailOf(TRAIL, { TrailARN: ARN, EventSelectors: selectors }, LOGGING, PLACE);
const advancedOf = (...selectors: readonly (readonly object[])[]) =>
  trailOf(
    TRAIL,
    {
      TrailARN: ARN,
      AdvancedEventSelectors: selectors.map((FieldSelectors) => ({ Name: 'x', FieldSelectors })),
    },
    LOGGING,
    PLACE,
  );
const records = (value: object) => ({ ok: true, value: expect.objectContaining(value) });

const MANAGEMENT = { Field: 'eventCategory', Equals: ['Management'] };
const DATA = { Field: 'eventCategory', Equals: ['Data'] };
const OBJECTS = { Field: 'resources.type', Equals: ['AWS::S3::Object'] };
const READS = { Field: 'readOnly', Equals: ['true'] };
const WRITES = { Field: 'readOnly', Equals: ['false'] };
const NO_WRITES = { Field: 'readOnly', NotEquals: ['false'] };
const INSIGHT = { Field: 'eventCategory', Equals: ['Insight'] };
const NOTHING = { management: 'none', leftOut: [], data: [], notUnderstood: [] };

describe('a trail', () => {
  test('of one account and all Regions', () => {
    expect(basicOf(BASIC)).toEqual({
      ok: true,
      value: {
        name: 'audit',
        account: '111122223333',
        regions: null,
        logging: true,
        since: SINCE,
        management: 'all',
        leftOut: [],
        data: [],
        notUnderstood: [],
      },
    });
  });

  test.each<[string, object, object, object]>([
    ['of an organisation', { IsOrganizationTrail: true }, {}, { account: null }],
    ['of one Region', { IsMultiRegionTrail: false }, {}, { regions: ['eu-central-1'] }],
    ['that is stopped', {}, { IsLogging: false }, { logging: false }],
    ['as the command line prints it', {}, { StartLoggingTime: SINCE / 1000 }, { since: SINCE }],
    [
      'as the newer command line prints it',
      {},
      { StartLoggingTime: '2026-01-01T01:00:00.000000+01:00' },
      { since: SINCE },
    ],
    ['that never says since when', {}, { StartLoggingTime: undefined }, { since: null }],
    [
      'without global services',
      { IncludeGlobalServiceEvents: false },
      {},
      { leftOut: ['iam.amazonaws.com', 'sts.amazonaws.com', 'cloudfront.amazonaws.com'] },
    ],
  ])('%s', (_, settings, status, value) => {
    expect(
      trailOf(
        { ...TRAIL, ...settings },
        { EventSelectors: [BASIC] },
        { ...LOGGING, ...status },
        PLACE,
      ),
    ).toEqual(records(value));
  });

  test('without selectors records all management events', () => {
    expect(trailOf(TRAIL, { TrailARN: ARN }, LOGGING, PLACE)).toEqual(
      records({ ...NOTHING, management: 'all' }),
    );
  });

  test('with selectors of both kinds records what either lets through', () => {
    const EventSelectors = [{ ...BASIC, ReadWriteType: 'ReadOnly' }];
    const AdvancedEventSelectors = [{ FieldSelectors: [DATA, OBJECTS] }];
    const both = { EventSelectors, AdvancedEventSelectors };
    expect(trailOf({ ...TRAIL, HasCustomEventSelectors: true }, both, LOGGING, PLACE)).toEqual(
      records({
        ...{ management: 'read', leftOut: [], notUnderstood: [] },
        data: [{ type: 'AWS::S3::Object', which: 'all', prefixes: null }],
      }),
    );
  });
});

describe('what was read of a trail', () => {
  const OF_ALL = { IsOrganizationTrail: true };
  const OTHER = { S3BucketName: 'acme-other' };
  const ORG = 'o-0a1b2c3d4e';
  test.each<[string, object, string, object]>([
    ['all of it', {}, '', { account: '111122223333', regions: null }],
    ['all of it, from AWSLogs', {}, 'AWSLogs/', { account: '111122223333', regions: null }],
    ['all below its prefix', { S3KeyPrefix: 'org' }, 'org/', { regions: null }],
    ['all of an organisation', OF_ALL, `AWSLogs/${ORG}/`, { account: null, regions: null }],
    ['its account', {}, 'AWSLogs/111122223333/', { account: '111122223333', regions: null }],
    [
      'one account of an organisation',
      OF_ALL,
      `AWSLogs/${ORG}/444455556666/`,
      { account: '444455556666', regions: null },
    ],
    ['one Region', {}, 'AWSLogs/111122223333/CloudTrail/eu-west-1/', { regions: ['eu-west-1'] }],
    ['nothing: another bucket', OTHER, '', { elsewhere: 's3://acme-other/AWSLogs/' }],
    [
      'nothing: another prefix',
      { S3KeyPrefix: 'org' },
      '',
      { elsewhere: 's3://acme-logs/org/AWSLogs/' },
    ],
    ...(
      [
        ['another account', {}, 'AWSLogs/444455556666/'],
        ['an account, and not the organisation', OF_ALL, 'AWSLogs/111122223333/'],
        ['an organisation, and not the account', {}, `AWSLogs/${ORG}/111122223333/`],
        [
          'another Region',
          { IsMultiRegionTrail: false },
          'AWSLogs/111122223333/CloudTrail/us-east-1/',
        ],
        ['days', {}, 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/'],
        ['digests', {}, 'AWSLogs/111122223333/CloudTrail-Digest/'],
        ['a place beside', {}, 'AWSLogs-old/'],
      ] as const
    ).map(([what, settings, prefix]): [string, object, string, object] => [
      `nothing to count on: ${what}`,
      ...([settings, prefix, { elsewhere: 's3://acme-logs/AWSLogs/' }] as const),
    ]),
  ])('is %s', (_, settings, prefix, value) => {
    const place = { bucket: 'acme-logs', prefix };
    const trail = trailOf({ ...TRAIL, ...settings }, {}, LOGGING, place);
    expect(trail).toEqual(records(value));
    expect(trail.ok && 'elsewhere' in trail.value).toBe('elsewhere' in value);
  });
});

describe('basic selectors', () => {
  test.each<[string, readonly object[], object]>([
    ['reads', [{ ...BASIC, ReadWriteType: 'ReadOnly' }], { management: 'read' }],
    ['writes', [{ ...BASIC, ReadWriteType: 'WriteOnly' }], { management: 'write' }],
    [
      'both, apart',
      [
        { ...BASIC, ReadWriteType: 'ReadOnly' },
        { ...BASIC, ReadWriteType: 'WriteOnly' },
      ],
      { management: 'all' },
    ],
    ['none', [{ ...BASIC, IncludeManagementEvents: false }], NOTHING],
    [
      'without KMS',
      [{ ...BASIC, ExcludeManagementEventSources: ['kms.amazonaws.com'] }, BASIC],
      { management: 'all', leftOut: ['kms.amazonaws.com'] },
    ],
  ])('management events: %s', (_, selectors, value) => {
    expect(basicOf(...selectors)).toEqual(records(value));
  });

  test.each<[string, string, readonly string[], object]>([
    ['all objects', 'AWS::S3::Object', ['arn:aws:s3'], { prefixes: null }],
    ['all objects, longer', 'AWS::S3::Object', ['arn:aws:s3:::'], { prefixes: null }],
    ['all functions', 'AWS::Lambda::Function', ['arn:aws-cn:lambda'], { prefixes: null }],
    [
      'objects of a bucket',
      'AWS::S3::Object',
      ['arn:aws:s3:::acme/'],
      { prefixes: ['arn:aws:s3:::acme/'] },
    ],
    [
      'one function',
      'AWS::Lambda::Function',
      ['arn:aws:lambda:x:1:function:f'],
      { prefixes: [], exact: ['arn:aws:lambda:x:1:function:f'] },
    ],
    ['no object', 'AWS::S3::Object', [], { prefixes: [] }],
  ])('data events: %s', (_, Type, Values, events) => {
    const selector = { ...BASIC, ReadWriteType: 'ReadOnly', DataResources: [{ Type, Values }] };
    expect(basicOf(selector)).toEqual(
      records({ data: [{ type: Type, which: 'read', ...events }] }),
    );
  });

  test('of an unknown shape are not understood', () => {
    expect(basicOf(BASIC, { ...BASIC, OnlyOnSundays: true })).toEqual(
      records({ management: 'all', notUnderstood: ['an event selector'] }),
    );
  });
});

describe('advanced selectors', () => {
  const data = (...events: readonly object[]) => ({ ...NOTHING, data: events });
  test.each<[string, readonly (readonly object[])[], object]>([
    ['management', [[MANAGEMENT]], { ...NOTHING, management: 'all' }],
    ['reads', [[MANAGEMENT, READS]], { management: 'read' }],
    [
      'reads and writes, apart',
      [
        [MANAGEMENT, READS],
        [MANAGEMENT, WRITES],
      ],
      { management: 'all' },
    ],
    [
      'without two sources',
      [
        [
          MANAGEMENT,
          { Field: 'eventSource', NotEquals: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'] },
        ],
      ],
      { management: 'all', leftOut: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'] },
    ],
    ['management by name', [[MANAGEMENT, { Field: 'eventName', Equals: ['x'] }]], NOTHING],
    ['management of one source', [[MANAGEMENT, { Field: 'eventSource', Equals: ['x'] }]], NOTHING],
    ['objects', [[DATA, OBJECTS]], data({ type: 'AWS::S3::Object', which: 'all', prefixes: null })],
    [
      'writes of objects of two buckets',
      [[DATA, OBJECTS, WRITES, { Field: 'resources.ARN', StartsWith: ['a', 'b'] }]],
      data({ type: 'AWS::S3::Object', which: 'write', prefixes: ['a', 'b'] }),
    ],
    [
      'one resource',
      [[DATA, OBJECTS, { Field: 'resources.ARN', Equals: ['a'] }]],
      data({ type: 'AWS::S3::Object', which: 'all', prefixes: [], exact: ['a'] }),
    ],
    ['objects by name', [[DATA, OBJECTS, { Field: 'eventName', Equals: ['GetObject'] }]], NOTHING],
    [
      'objects of some callers',
      [[DATA, OBJECTS, { Field: 'userIdentity.arn', NotEquals: ['x'] }]],
      NOTHING,
    ],
    [
      'all objects but some',
      [[DATA, OBJECTS, { Field: 'resources.ARN', NotStartsWith: ['x'] }]],
      NOTHING,
    ],
    [
      'objects that begin and do not begin so',
      [[DATA, OBJECTS, { Field: 'resources.ARN', StartsWith: ['x'], NotEquals: ['xy'] }]],
      NOTHING,
    ],
    ['data of no type', [[DATA]], NOTHING],
    [
      'data of two types at once',
      [[DATA, { Field: 'resources.type', Equals: ['AWS::S3::Object', 'AWS::Lambda::Function'] }]],
      NOTHING,
    ],
    ['data of a type, said twice', [[DATA, OBJECTS, OBJECTS]], NOTHING],
    [
      'objects that begin so, by two conditions',
      [
        [
          ...[DATA, OBJECTS, { Field: 'resources.ARN', StartsWith: ['a'] }],
          { Field: 'resources.ARN', StartsWith: ['ab'] },
        ],
      ],
      NOTHING,
    ],
    [
      'objects of a condition that says nothing',
      [[DATA, OBJECTS, { Field: 'resources.ARN' }]],
      NOTHING,
    ],
    ['objects, and what only reads by its contrary', [[DATA, OBJECTS, NO_WRITES]], NOTHING],
    ['management, and what only reads by its contrary', [[MANAGEMENT, NO_WRITES]], NOTHING],
    [
      'what reads, in a word of its own',
      [[MANAGEMENT, { Field: 'readOnly', Equals: ['maybe'] }]],
      NOTHING,
    ],
    [
      'reads and writes in one condition',
      [[MANAGEMENT, { Field: 'readOnly', Equals: ['true', 'false'] }]],
      NOTHING,
    ],
    ['another category, with a type', [[INSIGHT, OBJECTS]], NOTHING],
    [
      'two categories at once',
      [[{ Field: 'eventCategory', Equals: ['Management', 'Data'] }, OBJECTS]],
      NOTHING,
    ],
    ['a category, said twice', [[MANAGEMENT, MANAGEMENT]], NOTHING],
    [
      'operators that are absent, as the SDK has them',
      [
        [
          { ...DATA, NotEquals: undefined },
          { ...OBJECTS, StartsWith: undefined },
        ],
      ],
      data({ type: 'AWS::S3::Object', which: 'all', prefixes: null }),
    ],
    [
      'calls through endpoints',
      [
        [
          { Field: 'eventCategory', Equals: ['NetworkActivity'] },
          { Field: 'eventSource', Equals: ['s3.amazonaws.com'] },
        ],
      ],
      NOTHING,
    ],
    [
      'a field that is new',
      [[DATA, OBJECTS, { Field: 'moon', Equals: ['full'] }], [MANAGEMENT]],
      { management: 'all', data: [], notUnderstood: ['moon in the event selector x'] },
    ],
    [
      'an operator that is new',
      [[MANAGEMENT, { Field: 'readOnly', Sounds: ['true'] }]],
      { management: 'none', notUnderstood: ['an advanced event selector'] },
    ],
  ])('%s', (_, selectors, value) => {
    expect(advancedOf(...selectors)).toEqual(records(value));
  });
});

describe('what is missing is an error', () => {
  test.each<[string, unknown, unknown, unknown, RegExp]>([
    ['a field of the trail', { ...TRAIL, HomeRegion: undefined }, {}, LOGGING, /HomeRegion/],
    ['the selectors', TRAIL, undefined, LOGGING, /the event selectors of audit/],
    [
      'selectors that the trail has',
      { ...TRAIL, HasCustomEventSelectors: true },
      {},
      LOGGING,
      /the trail has some/,
    ],
    ['the status', TRAIL, {}, undefined, /the status of audit/],
    ...['audit', ARN.replace('1111', 'x1111'), ARN.replace('3333:', '33333:')].map(
      (TrailARN): [string, unknown, unknown, unknown, RegExp] => [
        `the account in ${TrailARN}`,
        ...([
          { ...TRAIL, TrailARN },
          {},
          LOGGING,
          /^the trail audit: .* names no account$/,
        ] as const),
      ],
    ),
    ['everything', null, null, null, /^a trail: Invalid input: expected object, received null$/],
    [
      'a field within',
      ...([TRAIL, { EventSelectors: 'all' }, LOGGING] as const),
      /^the event selectors of audit: EventSelectors: Invalid input: expected array/,
    ],
  ])('%s', (_, trail, selectors, status, message) => {
    expect(trailOf(trail, selectors, status, PLACE)).toEqual({
      ok: false,
      error: expect.stringMatching(message),
    });
  });
});

describe('an exported file', () => {
  const file = {
    trailList: [TRAIL],
    eventSelectors: { [ARN]: { TrailARN: ARN, EventSelectors: [BASIC] } },
    trailStatus: { audit: LOGGING },
  };

  test('has trails by ARN or by name', () => {
    expect(readExportedTrails(file, null)).toEqual({
      ok: true,
      value: [expect.objectContaining({ name: 'audit', management: 'all', logging: true })],
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['no status', { ...file, trailStatus: undefined }, /trailStatus/],
    ['no selectors of a trail', { ...file, eventSelectors: {} }, /the event selectors of audit/],
    ['a trail that is none', { ...file, trailList: [1] }, /a trail/],
    ['nothing for a trail', { ...file, trailList: [null] }, /a trail/],
    ['a list', [], /expected object/],
  ])('with %s is an error', (_, json, message) => {
    expect(readExportedTrails(json, null)).toEqual({
      ok: false,
      error: expect.stringMatching(message),
    });
  });
});
