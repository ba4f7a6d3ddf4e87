import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readBundleFiles } from '../../../adapters/files/bundle-files.ts';
import { entitlementFile } from '../../../core/bundle/entitlement-file.ts';
import { withStatements } from '../../../core/bundle/pasted-policy.ts';
import { inspectPattern } from '../../../core/bundle/pattern.ts';
import { readYaml } from '../../../core/bundle/yaml-file.ts';
import { readBundle } from '../../../core/policy/read-bundle.ts';
import { containsAction, containsResource } from '../../../core/session-policy/glob.ts';
import { fullMatch } from '../../../core/session-policy/parameters.ts';
import { renderStatements } from '../../../core/session-policy/template.ts';
import { GROUP_TO_FILL_IN, learnEntitlement, ROLE_TO_FILL_IN } from '../../../core/usage/learn.ts';
import { learnResources } from '../../../core/usage/learn-resources.ts';
import {
  type Chosen,
  type Observed,
  RecordingFold,
  type RecordMap,
} from '../../../core/usage/observe-recording.ts';
import type { TrailRecord } from '../../../core/usage/record.ts';
import { commonShape, shapeOf } from '../../../core/usage/value-shape.ts';
import { language } from '../../support/bundles.ts';

const KEY = 'ASIAEXAMPLE000000001';
const AT = Date.parse('2026-11-23T10:00:00Z');
const chosen: Chosen = {
  ...{ accessKeyIds: [KEY], grantId: null, sessionName: null },
  ...{ from: AT, until: AT + 3_600_000 },
};
let events = 0;

function record(
  action: string,
  arn: string | null,
  changes: Partial<TrailRecord> = {},
): TrailRecord {
  const [service = '', name = ''] = action.split(':');
  events += 1;
  return {
    ...{ eventId: `e${events}`, sharedEventId: null, at: AT + (events % 3600) * 1000 },
    ...{ source: `${service}.amazonaws.com`, name, region: 'eu-central-1' },
    ...{ account: '111122223333', callerAccount: '111122223333', error: null, errorMessage: null },
    ...{
      sourceIdentity: null,
      givesIdentity: false,
      role: null,
      sessionName: 'ana',
      accessKeyId: KEY,
      sourceIp: null,
    },
    ...{ userAgent: null, invokedBy: null, category: 'Management', request: {} },
    resources: arn === null ? [] : [{ arn, type: null }],
    ...changes,
  };
}

const MAP: RecordMap = {
  grantOf: ({ sourceIdentity }) => sourceIdentity?.split('.').at(-1) ?? null,
  actionsOf: ({ source, name }) =>
    name === 'Mystery' ? [] : [`${source.replace('.amazonaws.com', '')}:${name}`],
  unprovenActionsOf: () => [],
  resourceOf: ({ resources }) => resources[0]?.arn ?? null,
};

function observed(records: readonly TrailRecord[], by: Partial<Chosen> = {}, map = MAP) {
  const fold = new RecordingFold({ ...chosen, ...by }, map);
  for (const one of records) fold.add(one);
  return fold.observed();
}

function draftOf(seen: Observed) {
  const found = learnEntitlement(seen, 'people');
  if (!found.ok) throw new Error(found.error);
  return found.value;
}

function learned(records: readonly TrailRecord[]) {
  const { text, review } = draftOf(observed(records));
  const read = readYaml('entitlements/l.yaml', text, entitlementFile, withStatements);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return { text, review: review.join('\n'), entitlement: read.value.value };
}

const S3 = 'arn:aws:s3:::acme-artifacts';
const NOWHERE = { account: null, region: null };
const DEPLOY = [
  record('s3:ListBucket', S3),
  record('s3:GetObject', `${S3}/checkout/1.4.2/app.zip`, { category: 'Data' }),
  record('lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-central-1:111122223333:function:checkout'),
  record(
    'logs:GetLogEvents',
    'arn:aws:logs:eu-central-1:111122223333:log-group:/services/checkout',
  ),
  record('ec2:DescribeInstances', null),
];

describe('which calls belong to a recording', () => {
  test.each([
    ['its keys', {}, 5],
    ['its grant', { accessKeyIds: [], grantId: 'gr_1' }, 2],
    ['its session', { accessKeyIds: [], sessionName: 'ben' }, 1],
    ['its beginning', { from: Number.MAX_SAFE_INTEGER }, 0],
    ['its end', { until: AT }, 0],
    ['nothing at all', { accessKeyIds: [] }, 0],
  ])('are told by %s', (_, by, count) => {
    const others = [
      record('s3:PutObject', null, { accessKeyId: 'ASIAOTHER', sourceIdentity: 'p-1.gr_1' }),
      record('s3:PutObject', null, { accessKeyId: null, sourceIdentity: 'p-1.gr_1' }),
      record('s3:PutObject', null, { accessKeyId: null, sessionName: 'ben' }),
      record('s3:PutObject', null, { accessKeyId: null, sessionName: null }),
      // The broker vends, and anybody can give a session of theirs the name of the grant.
      record('sts:AssumeRole', null, {
        ...{ accessKeyId: 'ASIABROKER', sourceIdentity: 'p-1.gr_1', givesIdentity: true },
      }),
    ];
    expect(observed([...DEPLOY, ...others], by).calls).toBe(count);
  });

  test('are those from the first moment to the last, both included', () => {
    const times = [AT - 1, AT, AT + 5, AT + 10, AT + 11];
    const records = times.map((at) => record('s3:GetObject', null, { at }));
    expect(observed(records, { from: AT, until: AT + 10 })).toMatchObject({
      ...{ calls: 3, first: AT, last: AT + 10 },
    });
    // Records have whole seconds.
    expect(observed(records, { from: AT + 999 }).calls).toBe(4);
    expect(observed(records, { from: AT + 1000 }).calls).toBe(0);
  });

  test('count once, also in the account of the resource', () => {
    const one = record('s3:GetObject', `${S3}/a`, { sharedEventId: 's1' });
    const twice = { ...one, eventId: 'other', account: '444455556666' };
    expect(observed([one, one, twice]).calls).toBe(1);
    const copied = { ...twice, eventId: 'copied', name: 'PutObject' };
    const other = { ...twice, eventId: 'another', sharedEventId: 's2' };
    expect(observed([one, copied, other]).calls).toBe(3);
  });

  test('are counted with what they show, and no call shows nothing', () => {
    const nothing = {
      accounts: [],
      regions: [],
      roles: [],
      actions: [],
      unmapped: [],
      unproven: [],
    };
    expect(observed([])).toEqual({ ...nothing, calls: 0, dataCalls: 0, first: null, last: null });
    const role = 'arn:aws:iam::111122223333:role/deploy';
    const at = (seconds: number) => ({ at: AT + seconds * 1000 });
    const records = [
      record('s3:PutObject', `${S3}/b`, { ...at(9), category: 'Data', role }),
      record('s3:PutObject', `${S3}/a`, { ...at(7), category: 'Data', callerAccount: null }),
      record('s3:PutObject', `${S3}/c`, { ...at(8), error: 'AccessDenied' }),
      record('s3:PutObject', null, at(8)),
      record('ec2:RunInstances', null, { ...at(8), region: 'us-east-1' }),
      record('new:Mystery', null, at(8)),
    ];
    expect(observed(records)).toEqual({
      ...{ calls: 6, dataCalls: 2, first: AT + 7000, last: AT + 9000 },
      ...{ accounts: ['111122223333'], regions: ['eu-central-1', 'us-east-1'], roles: [role] },
      ...{ unmapped: ['new.amazonaws.com Mystery'], unproven: [] },
      actions: [
        { action: 'ec2:RunInstances', calls: 1, refused: 0, unnamedCalls: 1, resources: [] },
        {
          ...{ action: 's3:PutObject', calls: 4, refused: 1, unnamedCalls: 1 },
          resources: [`${S3}/a`, `${S3}/b`],
        },
      ],
    });
  });
});

describe('resources', () => {
  test('have placeholders for account and Region, and parameters for what recurs', () => {
    const { entitlement, review } = learned(DEPLOY);
    expect(entitlement.statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['ec2:DescribeInstances'], ['*']],
      [
        ['lambda:UpdateFunctionCode'],
        ['arn:aws:lambda:{{region}}:{{account}}:function:{{function}}'],
      ],
      [
        ['logs:GetLogEvents'],
        ['arn:aws:logs:{{region}}:{{account}}:log-group:/services/{{function}}'],
      ],
      [['s3:GetObject'], ['arn:aws:s3:::acme-artifacts/{{function}}/{{version}}/app.zip']],
      [['s3:ListBucket'], ['arn:aws:s3:::acme-artifacts']],
    ]);
    expect(review).toContain('the parameters function, version, which are guessed');
    expect(entitlement.parameters['version']).toMatchObject({
      description: 'A guess from 1.4.2 in the recording',
    });
  });

  test('of which many differ become one with a wildcard', () => {
    const days = ['2026-11-20', '2026-11-21'];
    const { entitlement } = learned([
      ...days.map((day) => record('s3:GetObject', `${S3}/reports/${day}/all.csv`)),
      ...['a', 'b', 'c', 'd'].map((name) => record('s3:PutObject', `${S3}/out/${name}.txt`)),
    ]);
    expect(entitlement.statements.map(({ Resource }) => Resource)).toEqual([
      [`${S3}/reports/*`],
      [`${S3}/out/*`],
    ]);
  });

  test('of services are counted apart', () => {
    const names = Array.from({ length: 15 }, (_, at) => `${'abcdefghijklmno'[at]}-jobs`);
    const arns = names.flatMap((name) => [
      `arn:aws:sqs:eu-central-1:111122223333:${name}`,
      `arn:aws:sns:eu-central-1:111122223333:${name}-news`,
    ]);
    const { patternOf } = learnResources(arns, NOWHERE, 3);
    expect(arns.filter((arn) => patternOf(arn)?.includes('*'))).toEqual([]);
  });

  test.each([0, 1, 3])('of one bucket never stand for another, with %d names listed', (most) => {
    const arns = ['a/1', 'a/2', 'b/c/1', 'b:c/2', 'd'].map((key) => `${S3}/${key}`);
    const { patternOf } = learnResources([S3, ...arns], NOWHERE, most);
    const patterns = [S3, ...arns].map((arn) => patternOf(arn) ?? '*');
    const allows = (arn: string) => patterns.some((one) => containsResource(one, arn));
    for (const arn of [S3, ...arns]) expect([arn, allows(arn)]).toEqual([arn, true]);
    for (const arn of [`${S3}-secret`, `${S3}-secret/a/1`]) {
      expect([arn, allows(arn)]).toEqual([arn, false]);
    }
  });

  test('that are no ARNs have no pattern', () => {
    const place = { account: '111122223333', region: 'eu-central-1' };
    const { patternOf } = learnResources(['acme', `${S3}/a`], place, 3);
    expect([patternOf('acme'), patternOf(`${S3}/a`)]).toEqual([null, `${S3}/a`]);
  });

  test('that look like patterns or placeholders do not become any', () => {
    const { entitlement } = learned([
      record('s3:GetObject', `${S3}/{{account}}/x`),
      record('s3:PutObject', `${S3}/b*/x`),
    ]);
    expect(entitlement.statements[0]?.Resource).toEqual([`${S3}/*`]);
    const beside = ['{{account}}', 'b*', '$x', 'plain'].map((key) => `${S3}/a/${key}/x`);
    for (const odd of beside.slice(0, 3)) {
      const { patternOf } = learnResources([odd, `${S3}/a/plain/x`], NOWHERE, 3);
      expect([odd, patternOf(odd)]).toEqual([odd, `${S3}/a/*`]);
    }
  });

  test('are listed where one alone looks like an id', () => {
    const arns = [`${S3}/a/2026-11-20`, `${S3}/a/latest`];
    const { patternOf } = learnResources(arns, NOWHERE, 3);
    expect(arns.map(patternOf)).toEqual([`${S3}/a/{{date}}`, `${S3}/a/latest`]);
  });

  const LAMBDA = 'arn:aws:lambda:eu-central-1:111122223333';
  const KMS = 'arn:aws:kms:eu-central-1:111122223333';
  const LOGS = 'arn:aws:logs:eu-central-1:111122223333';
  const [ID, OTHER_ID] = [
    '0b7c3c2e-8d2f-4d9f-9d6e-1f2a3b4c5d6e',
    '1b7c3c2e-8d2f-4d9f-9d6e-1f2a3b4c5d6e',
  ];
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['a name of one kind of resource', [`${LAMBDA}:function:checkout`], []],
    ['a name in two buckets at one place', [`${S3}/checkout/a`, `${S3}-2/checkout/a`], []],
    [
      'a name in two kinds of resources',
      [`${LAMBDA}:function:checkout`, `${LAMBDA}:layer:checkout`],
      ['function=checkout'],
    ],
    ['a name at two places', [`${S3}/checkout/a/x`, `${S3}-2/a/checkout`], ['name=checkout']],
    ['a short name', [`${LAMBDA}:function:api`, `${LAMBDA}:layer:api`], ['function=api']],
    ['a long name', [70, 71].map((at) => `${LAMBDA}:${at}:${'x'.repeat(64)}`), []],
    ['a name with spaces', [70, 71].map((at) => `${LAMBDA}:${at}:all of it`), []],
    ['a name that begins with a dash', [70, 71].map((at) => `${LAMBDA}:${at}:-api`), []],
    ['a shorter one', [`${LAMBDA}:function:ap`, `${LAMBDA}:layer:ap`], []],
    ['an id', [`${KMS}:key/${ID}`], [`keyId=${ID}`]],
    ['an id after no word', [`${LOGS}:Key1/${ID}`], [`id=${ID}`]],
    [
      'two ids',
      [`${KMS}:key/${ID}`, `${LOGS}:key/${OTHER_ID}`],
      [`keyId=${ID}`, `keyId2=${OTHER_ID}`],
    ],
    [
      'a name after one with a capital',
      [`${LAMBDA}:aLayer:api`, `${LOGS}:layer:api`],
      ['name=api'],
    ],
    ['a name after one with a digit', [`${LAMBDA}:layer2:api`, `${LOGS}:layer:api`], ['name=api']],
    ['one that is cut', ['a', 'b', 'c', 'd'].map((name) => `${S3}/x/${name}/2026-11-20`), []],
  ])('have a parameter for what recurs, or looks like an id: %s', (_, arns, expected) => {
    const { parameters } = learnResources(arns, NOWHERE, 3);
    expect(parameters.map(({ name, value }) => `${name}=${value}`)).toEqual(expected);
  });

  test('of records without Region and account have no placeholder for these', () => {
    const { entitlement } = learned([
      record('s3:ListBucket', S3, { region: '', callerAccount: '' }),
    ]);
    expect(entitlement.statements[0]?.Resource).toEqual([S3]);
  });

  test('have no parameter in place of a bucket, or of a kind of resource', () => {
    const arns = ['arn:aws:s3:::checkout/a', `${LAMBDA}:function:checkout`, `${LOGS}:x:checkout`];
    const { patternOf } = learnResources(arns, NOWHERE, 3);
    expect(patternOf(arns[0] ?? '')).toBe('arn:aws:s3:::checkout/a');
  });

  test('have patterns that hold each of them, and parameters that stand somewhere', () => {
    const word = fc.constantFrom(
      'a',
      'api',
      'checkout',
      'key',
      ID ?? '',
      '1.4.2',
      'all of it',
      'x'.repeat(64),
      '_api',
      'a(b)c',
      '42',
      '2026-11-20',
    );
    const heads = [
      `${S3}/`,
      `${S3}-2/`,
      `${LAMBDA}:function:`,
      `${KMS}:key/`,
      `${LOGS}:log-group:/`,
    ];
    const rest = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('/'));
    const arn = fc.tuple(fc.constantFrom(...heads), rest).map((parts) => parts.join(''));
    const place = fc.constantFrom(NOWHERE, { account: '111122223333', region: 'eu-central-1' });
    let guessed = 0;
    fc.assert(
      fc.property(
        fc.array(arn, { minLength: 1, maxLength: 12 }),
        place,
        fc.constantFrom(0, 1, 3),
        (arns, where, most) => {
          const { patternOf, parameters } = learnResources(arns, where, most);
          const patterns = arns.map((one) => patternOf(one) ?? '');
          const values = new Map(parameters.map(({ name, value }) => [name, value]));
          expect(values.size).toBe(parameters.length);
          values.set('account', '111122223333').set('region', 'eu-central-1');
          const rendered = patterns.map((one) =>
            one.replace(/\{\{(\w+)\}\}/g, (__, name: string) => values.get(name) ?? '?'),
          );
          arns.forEach((one, index) => {
            expect([one, containsResource(rendered[index] ?? '', one)]).toEqual([one, true]);
          });
          for (const { name, value, pattern } of parameters) {
            guessed += 1;
            expect(patterns.some((one) => one.includes(`{{${name}}}`))).toBe(true);
            expect(value).toMatch(fullMatch(pattern));
          }
        },
      ),
      { numRuns: 300 },
    );
    // Otherwise the property would say nothing.
    expect(guessed).toBeGreaterThan(100);
  });

  test.each<readonly [string, readonly (string | null)[]]>([
    ['none of its calls', [null]],
    ['one of its calls', [`${S3}/a`, null, `${S3}/b`]],
    ['a call on what is no ARN', [`${S3}/a`, 'acme']],
  ])(
    'are * for an action if the records do not name that of %s, and the draft says so',
    (_, arns) => {
      const { entitlement, text, review } = learned([
        ...arns.map((arn) => record('s3:GetObject', arn)),
        record('s3:PutObject', `${S3}/a`),
      ]);
      expect(entitlement.statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
        [['s3:GetObject'], ['*']],
        [['s3:PutObject'], [`${S3}/a`]],
      ]);
      expect(text.match(/The logs do not tell what these were called on/g)).toHaveLength(1);
      expect(text).toContain(
        '# The logs do not tell what these were called on.\n  - Effect: Allow\n    Action:\n      - s3:GetObject\n',
      );
      expect(review).toContain('every * in a resource: it allows more than the recording shows');
      expect(learned([record('s3:PutObject', `${S3}/a`)]).review).not.toContain('every *');
    },
  );

  test('are each listed up to 5,000, and more of them are *', () => {
    const arns = Array.from({ length: 5000 }, (__, index) => `${S3}/${index}`);
    const all = [...arns, ...arns.slice(0, 3)].map((arn) => record('s3:GetObject', arn));
    const [action] = observed(all).actions;
    expect(action).toMatchObject({ calls: 5003, unnamedCalls: 0 });
    expect(action?.resources).toHaveLength(5000);
    const [more] = observed([...all, record('s3:GetObject', `${S3}/x`)]).actions;
    expect(more).toMatchObject({ calls: 5004, unnamedCalls: 1 });
    expect(more?.resources).not.toContain(`${S3}/x`);
  });

  test('of actions stay apart, whatever keys objects have', () => {
    const { entitlement } = learned([
      record('s3:GetObject', `${S3}/x`),
      record('s3:GetObject', `${S3}/y`),
      record('s3:DeleteObject', `${S3}/x ${S3}/y`),
    ]);
    expect(entitlement.statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['s3:DeleteObject'], [`${S3}/x ${S3}/y`]],
      [['s3:GetObject'], [`${S3}/x`, `${S3}/y`]],
    ]);
  });

  test('of several accounts and Regions are written out', () => {
    const { entitlement, review } = learned([
      record('sqs:SendMessage', 'arn:aws:sqs:eu-central-1:111122223333:a'),
      record('sqs:SendMessage', 'arn:aws:sqs:us-east-1:444455556666:a', {
        ...{ region: 'us-east-1', callerAccount: '444455556666' },
      }),
    ]);
    expect(entitlement.statements[0]?.Resource).toEqual([
      'arn:aws:sqs:eu-central-1:111122223333:a',
      'arn:aws:sqs:us-east-1:444455556666:a',
    ]);
    expect(review).toContain('several were used');
  });
});

describe('the draft', () => {
  test('is a file that a person can review', () => {
    const at = { at: AT };
    const later = { at: AT + 60_000 };
    const { text, review } = learned([
      record('s3:GetObject', `${S3}/checkout/${'all of it '.repeat(9)}.txt`, {
        ...at,
        category: 'Data',
      }),
      record('s3:ListBucket', S3, at),
      record(
        'lambda:GetFunction',
        'arn:aws:lambda:eu-central-1:111122223333:function:checkout',
        at,
      ),
      record('ec2:DescribeInstances', null, later),
    ]);
    expect(
      text,
    ).toBe(`# A first draft, made from a recording of 4 calls, 2026-11-23T10:00:00Z to 2026-11-23T10:01:00Z.
# Nobody has reviewed it. Before anybody may request it, look at:
# - the role, the group of approvers, the id, the title and the longest duration
# - the parameters function, which are guessed
# - every * in a resource: it allows more than the recording shows
# - calls on data: the logs have only those of which a trail records data events
# - iam:PassRole and other permissions that no log shows
id: learned
title: Learned from a recording
risk: high
target: arn:aws:iam::{{account}}:role/REPLACE-WITH-THE-ROLE
maxDuration: 1h
parameters:
  function:
    pattern: "[a-z][a-z]{0,62}"
    description: A guess from checkout in the recording
statements:
  # ec2
  # The logs do not tell what these were called on.
  - Effect: Allow
    Action:
      - ec2:DescribeInstances
    Resource:
      - "*"
  # lambda
  - Effect: Allow
    Action:
      - lambda:GetFunction
    Resource:
      - arn:aws:lambda:{{region}}:{{account}}:function:{{function}}
  # s3
  - Effect: Allow
    Action:
      - s3:GetObject
    Resource:
      - arn:aws:s3:::acme-artifacts/{{function}}/${'all of it '.repeat(9)}.txt
  - Effect: Allow
    Action:
      - s3:ListBucket
    Resource:
      - arn:aws:s3:::acme-artifacts
# Stays until a person has reviewed the above.
approval:
  required: 1
  approvers: [people:REPLACE-WITH-A-GROUP]
`);
    expect(review.split('\n')).toHaveLength(5);
  });

  test('of one resource without calls on data says what the logs may lack, and no more', () => {
    const { review } = learned([record('s3:ListBucket', S3)]);
    expect(review.split('\n')).toEqual([
      'the role, the group of approvers, the id, the title and the longest duration',
      'calls on data (objects of S3, items of DynamoDB, messages, invocations): the logs have none, which they only would if a trail records data events',
      'iam:PassRole and other permissions that no log shows',
    ]);
  });

  test('names everything that is not sure, each by its name', () => {
    const refused = { error: 'AccessDenied' };
    const { review } = learned([
      record('s3:ListBucket', S3),
      ...['iam:CreateRole', 'iam:CreateUser'].map((action) => record(action, null, refused)),
      ...['kms:Sign', 'kms:Verify'].map((action) => record(action, null, { error: 'SlowDown' })),
      ...['new', 'old'].map((service) => record(`${service}:Mystery`, null)),
    ]);
    expect(review.split('\n').slice(1, 4)).toEqual([
      'what AWS refused, at least once: iam:CreateRole, iam:CreateUser',
      'what calls need that AWS refused for another action, or answered before it asked for permissions: kms:Sign, kms:Verify',
      'calls whose action is not known, and which nothing here allows: new.amazonaws.com Mystery, old.amazonaws.com Mystery',
    ]);
  });

  test.each([[{ region: 'us-east-1' }], [{ callerAccount: '444455556666' }]])(
    'says that there are several accounts or Regions where there are: %j',
    (changes) => {
      const { review, entitlement } = learned([
        record('s3:ListBucket', S3),
        record('sqs:SendMessage', 'arn:aws:sqs:eu-central-1:111122223333:a', changes),
      ]);
      expect(review).toContain('accounts and Regions: several were used, so they are written out');
      const [, , , region, account] = entitlement.statements[1]?.Resource?.[0]?.split(':') ?? [];
      const expected =
        'region' in changes ? ['eu-central-1', '{{account}}'] : ['{{region}}', '111122223333'];
      expect([region, account]).toEqual(expected);
    },
  );

  test('is of high risk, needs an approval, and says what to review', () => {
    const { text, entitlement, review } = learned([
      ...DEPLOY,
      record('iam:CreateRole', null, { error: 'AccessDenied' }),
      record('new:Mystery', null),
    ]);
    expect(entitlement).toMatchObject({ risk: 'high', approval: { required: 1 } });
    expect(entitlement.statements.flatMap(({ Action }) => Action)).not.toContain('iam:CreateRole');
    expect(review).toContain('what AWS refused, at least once: iam:CreateRole');
    expect(review).toContain('new.amazonaws.com Mystery');
    expect(review).toContain('only those of which a trail records data events');
    for (const line of review.split('\n')) expect(text).toContain(`# - ${line}`);
  });

  test.each([
    ['arn:aws-cn:s3:::acme/a', 'cn-north-1', 'arn:aws-cn:iam::'],
    ['arn:aws-iso:s3:::acme/a', 'us-iso-east-1', 'arn:aws-iso:iam::'],
    [null, 'cn-north-1', 'arn:aws-cn:iam::'],
    [null, 'us-gov-west-1', 'arn:aws-us-gov:iam::'],
    [null, 'eu-central-1', 'arn:aws:iam::'],
  ])('of %s in %s has a role of that partition', (arn, region, role) => {
    expect(learned([record('s3:GetObject', arn, { region })]).entitlement.target).toContain(role);
  });

  test('names what a call needs that was refused for another action, and does not allow it', () => {
    const error = 'AccessDenied';
    const refused = record('s3:GetObject', null, { error });
    const map = {
      ...MAP,
      actionsOf: (one: TrailRecord) => (one === refused ? ['s3:ListBucket'] : MAP.actionsOf(one)),
      unprovenActionsOf: (one: TrailRecord) => (one === refused ? MAP.actionsOf(one) : []),
    };
    const seen = observed([record('s3:PutObject', S3), refused], {}, map);
    expect(seen.unproven).toEqual(['s3:GetObject']);
    const { review, text } = draftOf(seen);
    expect(review).toContain(
      'what calls need that AWS refused for another action, or answered before it asked for permissions: s3:GetObject',
    );
    expect(text).not.toContain('- s3:GetObject');
    const allowed = observed([...DEPLOY, refused], {}, map);
    expect(allowed.unproven).toEqual([]);
  });

  test.each<readonly [string, Partial<TrailRecord>]>([
    ['keys that had expired', { error: 'ExpiredTokenException' }],
    ['too many calls', { error: 'Client.RequestLimitExceeded' }],
    ['a VPC endpoint', { category: 'NetworkActivity', error: 'VpceAccessDenied' }],
  ])('does not allow what was answered before anybody asked for permissions: %s', (_, changes) => {
    const unproven = record('iam:CreateUser', 'arn:aws:iam::111122223333:user/eve', changes);
    const { review, text } = draftOf(observed([record('s3:PutObject', S3), unproven]));
    expect(text).not.toContain('- iam:CreateUser');
    expect(review).toContain(
      'what calls need that AWS refused for another action, or answered before it asked for permissions: iam:CreateUser',
    );
    const repeated = record('iam:CreateUser', 'arn:aws:iam::111122223333:user/ben');
    const { actions, unproven: left } = observed([unproven, repeated]);
    expect(left).toEqual([]);
    expect(actions).toEqual([
      {
        ...{ action: 'iam:CreateUser', calls: 1, refused: 0, unnamedCalls: 0 },
        resources: ['arn:aws:iam::111122223333:user/ben'],
      },
    ]);
  });

  test('names a call of which nobody knows what else it needs', () => {
    const refused = record('s3:Copy', null, { error: 'AccessDenied' });
    const seen = observed([refused], {}, { ...MAP, unprovenActionsOf: () => null });
    expect(seen).toMatchObject({ unmapped: ['s3.amazonaws.com Copy'], unproven: [] });
  });

  test('names the roles of the calls if there are several: others can have taken the name', () => {
    const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
    const by = (name: string) => record('s3:GetObject', `${S3}/a`, { role: role(name) });
    expect(learned([by('deploy'), by('deploy')]).review).not.toContain('roles');
    expect(learned([by('eve'), by('deploy'), by('eve')]).review).toContain(
      `the roles of the calls, because others can give their sessions the same name: ${role('deploy')}, ${role('eve')}`,
    );
  });

  test.each([
    [1, '1 record of the logs, which could not be read'],
    [2, '2 records of the logs, which could not be read'],
  ])('begins its list with the records that could not be read: %d', (unreadable, line) => {
    const found = learnEntitlement(observed(DEPLOY), 'people', unreadable);
    expect(found).toMatchObject({ value: { text: expect.stringContaining(`# - ${line}\n`) } });
    expect(found.ok && found.value.review[0]).toBe(line);
    expect(learned(DEPLOY).review).not.toContain('could not be read');
  });

  test('of no call, or of none that was allowed, is none, and it says why', () => {
    const none = 'no call of the recording is in the logs';
    const useless = 'AWS allowed no call of the recording whose action is known';
    const of = (...records: readonly TrailRecord[]) =>
      learnEntitlement(observed(records), 'people');
    expect(of()).toEqual({ ok: false, error: none });
    for (const error of ['AccessDenied', 'ThrottlingException']) {
      expect(of(record('s3:GetObject', S3, { error }))).toEqual({ ok: false, error: useless });
    }
    expect(of(record('new:Mystery', S3))).toEqual({ ok: false, error: useless });
  });

  /** Two actions: one as long as is asked for, and one that was called on three objects. */
  const ofLength = (characters: number) => {
    const objects = ['a', 'b', 'c'].map((name) => record('s3:GetObject', `${S3}/${name}`));
    const long = (name: string) => record(`ec2:${name}`, null);
    const lengthOf = ({ entitlement }: ReturnType<typeof learned>) =>
      JSON.stringify(entitlement.statements).length;
    const missing = characters - lengthOf(learned([long('A'), ...objects]));
    const draft = learned([long('A'.repeat(missing + 1)), ...objects]);
    return { ...draft, length: lengthOf(draft) };
  };

  test('lists names side by side as long as a session policy has room for them', () => {
    const [whole, cut] = [ofLength(1500), ofLength(1501)];
    expect(whole.length).toBe(1500);
    expect(whole.entitlement.statements[1]?.Resource).toEqual([`${S3}/a`, `${S3}/b`, `${S3}/c`]);
    expect(cut.entitlement.statements[1]?.Resource).toEqual([`${S3}/*`]);
    for (const { review } of [whole, cut]) expect(review).not.toContain('its length');
  });

  test('that is longer than AWS takes says so, and lists as little as it can', () => {
    const { review, entitlement } = learned([
      ...Array.from({ length: 200 }, (_, index) => record(`ec2:DoSomethingOfNumber${index}`, null)),
      record('s3:GetObject', `${S3}/a`),
    ]);
    expect(review).toContain('longer than a session policy may be');
    expect(entitlement.statements[1]?.Resource).toEqual([`${S3}/*`]);
  });

  test.each([
    [1500, false],
    [1501, true],
  ])('of %d characters says that it is too long: %s', (characters, isLong) => {
    const around = '[{"Effect":"Allow","Action":["ec2:"],"Resource":["*"]}]'.length;
    const { review } = learned([record(`ec2:${'A'.repeat(characters - around)}`, null)]);
    expect(review.includes('longer than a session policy may be')).toBe(isLong);
  });

  test('with control characters in names stays one line each', () => {
    const { text } = learned([
      record('s3:GetObject', `${S3}/a\nid: other`),
      record('new:Mystery', null, { source: 'x\ny' }),
    ]);
    expect(text).not.toMatch(/^(id: other|y)/m);
  });

  test.each([
    ['a few calls', DEPLOY],
    [
      'hundreds of places',
      Array.from({ length: 400 }, (_, index) =>
        record(`s${index % 4}:Do${index % 20}`, `${S3}-${index}/x/${index}/y`),
      ),
    ],
  ])('of %s passes policy check with the role filled in', (_, records) => {
    const { text } = learned(records);
    const filled = text
      .replace(ROLE_TO_FILL_IN, 'valetkey/learned')
      .replace(GROUP_TO_FILL_IN, 'platform');
    const files = new Map([...readBundleFiles('policy'), ['entitlements/learned.yaml', filled]]);
    const read = readBundle(files, language);
    expect(read.ok ? [] : read.error).toEqual([]);
  });

  test('allows every call of the recording, with the values that stood there', () => {
    const { entitlement } = learned(DEPLOY);
    const parameters = { function: 'checkout', version: '1.4.2' };
    for (const [name, value] of Object.entries(parameters)) {
      expect(value).toMatch(fullMatch(entitlement.parameters[name]?.pattern ?? '^$'));
    }
    const rendered = renderStatements(entitlement, parameters, {
      ...{ account: '111122223333', region: 'eu-central-1' },
    });
    for (const one of DEPLOY) {
      const [action = ''] = MAP.actionsOf(one);
      const resource = one.resources[0]?.arn ?? '*';
      const allows = rendered.some(
        ({ Action = [], Resource = [] }) =>
          Action.some((pattern) => containsAction(pattern, action)) &&
          Resource.some((pattern) => containsResource(pattern, resource)),
      );
      expect([action, allows]).toEqual([action, true]);
    }
  });
});

describe('shapes', () => {
  test.each([
    ['0b7c3c2e-8d2f-4d9f-9d6e-1f2a3b4c5d6e', 'id'],
    ['2026-11-23', 'date'],
    ['20261123', 'date'],
    ['v1.4.2', 'version'],
    ['i-0abc1234def567890', 'id'],
    ['123456789012', 'id'],
    ['9f86d081884c7d65', 'id'],
  ])('of %s', (value, kind) => {
    const shape = shapeOf(value);
    expect(shape?.kind).toBe(kind);
    expect(value).toMatch(fullMatch(shape?.pattern ?? '^$'));
    expect(inspectPattern({ pattern: shape?.pattern ?? '' }).ok).toBe(true);
  });

  test.each([[['checkout']], [['Checkout_1', 'a.b-c']], [['a@b.c', 'x=y,z+1']], [['--']]])(
    'of words %j have a pattern that a bundle takes',
    (values) => {
      const { kind, pattern } = commonShape(values);
      expect(kind).toBe('name');
      expect(inspectPattern({ pattern }).ok).toBe(true);
      for (const value of values.filter((one) => /^\w/.test(one))) {
        expect(value).toMatch(fullMatch(pattern));
      }
    },
  );

  test('words are no ids', () => {
    expect(['orders', 'cafe', 'production', 'v1', '42'].map(shapeOf)).toEqual(
      Array.from({ length: 5 }, () => null),
    );
  });
});
