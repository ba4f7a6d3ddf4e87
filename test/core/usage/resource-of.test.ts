import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actionsOf } from '../../../core/usage/actions-of.ts';
import { resourceOf } from '../../../core/usage/resource-of.ts';
import { call, trailRecord } from '../../support/trail-records.ts';

const HERE = 'eu-central-1:111122223333';

/** Source, name and request of a call; the action, and what it was checked against. */
const CALLS: readonly (readonly [
  string,
  string,
  Record<string, unknown>,
  string,
  string | null,
])[] = [
  [
    's3',
    'GetObject',
    { bucketName: 'b-1', key: 'a b/ü.json' },
    's3:GetObject',
    'arn:aws:s3:::b-1/a b/ü.json',
  ],
  ['s3', 'PutObject', { bucketName: 'b-1', key: 'a%20b' }, 's3:PutObject', null],
  ['s3', 'ListObjects', { bucketName: 'b-1', prefix: 'x/' }, 's3:ListBucket', 'arn:aws:s3:::b-1'],
  ['s3', 'GetBucketCors', { bucketName: 'b-1' }, 's3:GetBucketCORS', 'arn:aws:s3:::b-1'],
  [
    's3',
    'GetObject',
    { bucketName: 'arn:aws:s3:eu-central-1:111122223333:accesspoint/x', key: 'k' },
    's3:GetObject',
    null,
  ],
  [
    's3',
    'CopyObject',
    { bucketName: 'b-1', key: 'to', 'x-amz-copy-source': '/a-1/from%20here?versionId=1' },
    's3:GetObjectVersion',
    'arn:aws:s3:::a-1/from here',
  ],
  [
    's3',
    'CopyObject',
    { bucketName: 'b-1', key: 'to', 'x-amz-copy-source': 'a-1/from' },
    's3:PutObject',
    'arn:aws:s3:::b-1/to',
  ],
  [
    's3',
    'CopyObject',
    { bucketName: 'b-1', key: 'to', 'x-amz-copy-source': 'a-1/%zz' },
    's3:GetObject',
    null,
  ],
  [
    'dynamodb',
    'GetItem',
    { tableName: 't' },
    'dynamodb:GetItem',
    `arn:aws:dynamodb:${HERE}:table/t`,
  ],
  [
    'dynamodb',
    'GetItem',
    { tableName: 'arn:aws:dynamodb:us-east-1:444455556666:table/t' },
    'dynamodb:GetItem',
    'arn:aws:dynamodb:us-east-1:444455556666:table/t',
  ],
  [
    'dynamodb',
    'Query',
    { tableName: 't', indexName: 'i' },
    'dynamodb:Query',
    `arn:aws:dynamodb:${HERE}:table/t/index/i`,
  ],
  [
    'dynamodb',
    'BatchGetItem',
    { requestItems: { t: {} } },
    'dynamodb:BatchGetItem',
    `arn:aws:dynamodb:${HERE}:table/t`,
  ],
  ['dynamodb', 'BatchGetItem', { requestItems: { t: {}, u: {} } }, 'dynamodb:BatchGetItem', null],
  [
    'lambda',
    'Invoke',
    { functionName: 'f' },
    'lambda:InvokeFunction',
    `arn:aws:lambda:${HERE}:function:f`,
  ],
  [
    'lambda',
    'Invoke',
    { functionName: 'f:live' },
    'lambda:InvokeFunction',
    `arn:aws:lambda:${HERE}:function:f:live`,
  ],
  [
    'lambda',
    'Invoke',
    { functionName: 'f', qualifier: '7' },
    'lambda:InvokeFunction',
    `arn:aws:lambda:${HERE}:function:f:7`,
  ],
  [
    'lambda',
    'Invoke',
    { functionName: '444455556666:function:f' },
    'lambda:InvokeFunction',
    'arn:aws:lambda:eu-central-1:444455556666:function:f',
  ],
  [
    'lambda',
    'GetFunction20150331v2',
    { functionName: 'arn:aws:lambda:us-east-1:444455556666:function:f' },
    'lambda:GetFunction',
    'arn:aws:lambda:us-east-1:444455556666:function:f',
  ],
  ['lambda', 'Invoke', { functionName: 'f/../g' }, 'lambda:InvokeFunction', null],
  [
    'iam',
    'AttachRolePolicy',
    { roleName: 'r', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    'iam:AttachRolePolicy',
    null,
  ],
  ['iam', 'GetRole', { roleName: 'r' }, 'iam:GetRole', null],
  [
    'iam',
    'CreateRole',
    { roleName: 'r', path: '/team/' },
    'iam:CreateRole',
    'arn:aws:iam::111122223333:role/team/r',
  ],
  ['iam', 'CreateUser', { userName: 'u' }, 'iam:CreateUser', 'arn:aws:iam::111122223333:user/u'],
  [
    'iam',
    'GetPolicy',
    { policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
    'iam:GetPolicy',
    'arn:aws:iam::aws:policy/ReadOnlyAccess',
  ],
  [
    'sts',
    'AssumeRole',
    { roleArn: 'arn:aws:iam::444455556666:role/x/r' },
    'sts:AssumeRole',
    'arn:aws:iam::444455556666:role/x/r',
  ],
  [
    'secretsmanager',
    'GetSecretValue',
    { secretId: 'orders/db' },
    'secretsmanager:GetSecretValue',
    `arn:aws:secretsmanager:${HERE}:secret:orders/db-??????`,
  ],
  [
    'secretsmanager',
    'GetSecretValue',
    { secretId: `arn:aws:secretsmanager:${HERE}:secret:db-AbCdEf` },
    'secretsmanager:GetSecretValue',
    `arn:aws:secretsmanager:${HERE}:secret:db-AbCdEf`,
  ],
  [
    'kms',
    'DescribeKey',
    { keyId: '1234abcd' },
    'kms:DescribeKey',
    `arn:aws:kms:${HERE}:key/1234abcd`,
  ],
  [
    'kms',
    'DescribeKey',
    { keyId: `arn:aws:kms:${HERE}:key/1234abcd` },
    'kms:DescribeKey',
    `arn:aws:kms:${HERE}:key/1234abcd`,
  ],
  ['kms', 'DescribeKey', { keyId: 'alias/orders' }, 'kms:DescribeKey', null],
  [
    'kms',
    'ReEncrypt',
    { sourceKeyId: 'a', destinationKeyId: 'b' },
    'kms:ReEncryptTo',
    `arn:aws:kms:${HERE}:key/b`,
  ],
  [
    'sqs',
    'SendMessage',
    { queueUrl: 'https://sqs.eu-central-1.amazonaws.com/444455556666/q.fifo' },
    'sqs:SendMessage',
    'arn:aws:sqs:eu-central-1:444455556666:q.fifo',
  ],
  ['sqs', 'SendMessage', { queueUrl: 'https://example.com/q' }, 'sqs:SendMessage', null],
  ['sqs', 'CreateQueue', { queueName: 'q' }, 'sqs:CreateQueue', `arn:aws:sqs:${HERE}:q`],
  ['sns', 'Publish', { topicArn: `arn:aws:sns:${HERE}:t` }, 'sns:Publish', `arn:aws:sns:${HERE}:t`],
  ['sns', 'CreateTopic', { name: 't' }, 'sns:CreateTopic', `arn:aws:sns:${HERE}:t`],
  [
    'ssm',
    'GetParameter',
    { name: '/a/b:3' },
    'ssm:GetParameter',
    `arn:aws:ssm:${HERE}:parameter/a/b`,
  ],
  [
    'ssm',
    'GetParameter',
    { name: 'plain' },
    'ssm:GetParameter',
    `arn:aws:ssm:${HERE}:parameter/plain`,
  ],
  [
    'ssm',
    'GetParameters',
    { names: ['/a'] },
    'ssm:GetParameters',
    `arn:aws:ssm:${HERE}:parameter/a`,
  ],
  ['ssm', 'GetParameters', { names: ['/a', '/b'] }, 'ssm:GetParameters', null],
  [
    'ssm',
    'GetParametersByPath',
    { path: '/a/b' },
    'ssm:GetParametersByPath',
    `arn:aws:ssm:${HERE}:parameter/a/b`,
  ],
  ['ssm', 'SendCommand', { name: 'x' }, 'ssm:SendCommand', null],
  [
    'logs',
    'FilterLogEvents',
    { logGroupName: '/aws/lambda/f' },
    'logs:FilterLogEvents',
    `arn:aws:logs:${HERE}:log-group:/aws/lambda/f:log-stream:`,
  ],
  [
    'logs',
    'GetLogEvents',
    { logGroupName: 'g', logStreamName: 's' },
    'logs:GetLogEvents',
    `arn:aws:logs:${HERE}:log-group:g:log-stream:s`,
  ],
  [
    'ecs',
    'DescribeClusters',
    { clusterName: 'c' },
    'ecs:DescribeClusters',
    `arn:aws:ecs:${HERE}:cluster/c`,
  ],
  [
    'ecs',
    'UpdateService',
    { cluster: `arn:aws:ecs:${HERE}:cluster/c`, service: 's' },
    'ecs:UpdateService',
    `arn:aws:ecs:${HERE}:service/c/s`,
  ],
  ['ecs', 'StopTask', { cluster: 'c', task: 'abc' }, 'ecs:StopTask', null],
  [
    'ecs',
    'RunTask',
    { taskDefinition: `arn:aws:ecs:${HERE}:task-definition/t:3` },
    'ecs:RunTask',
    `arn:aws:ecs:${HERE}:task-definition/t:3`,
  ],
  [
    'ecr',
    'PutImage',
    { repositoryName: 'r/s' },
    'ecr:PutImage',
    `arn:aws:ecr:${HERE}:repository/r/s`,
  ],
  [
    'ec2',
    'StopInstances',
    { instancesSet: { items: [{ instanceId: 'i-1' }] } },
    'ec2:StopInstances',
    `arn:aws:ec2:${HERE}:instance/i-1`,
  ],
  [
    'ec2',
    'StopInstances',
    { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } },
    'ec2:StopInstances',
    null,
  ],
  [
    'ec2',
    'DeleteVolume',
    { volumeId: 'vol-1' },
    'ec2:DeleteVolume',
    `arn:aws:ec2:${HERE}:volume/vol-1`,
  ],
  ['ec2', 'AttachVolume', { volumeId: 'vol-1', instanceId: 'i-1' }, 'ec2:AttachVolume', null],
  ['ec2', 'DescribeVpcs', { vpcId: 'vpc-1' }, 'ec2:DescribeVpcs', null],
  [
    'rds',
    'StopDBInstance',
    { dBInstanceIdentifier: 'd' },
    'rds:StopDBInstance',
    `arn:aws:rds:${HERE}:db:d`,
  ],
  [
    'rds',
    'StopDBCluster',
    { dBClusterIdentifier: 'c' },
    'rds:StopDBCluster',
    `arn:aws:rds:${HERE}:cluster:c`,
  ],
  [
    'rds-data',
    'ExecuteStatement',
    { resourceArn: `arn:aws:rds:${HERE}:cluster:c` },
    'rds-data:ExecuteStatement',
    `arn:aws:rds:${HERE}:cluster:c`,
  ],
  [
    'states',
    'StartExecution',
    { stateMachineArn: `arn:aws:states:${HERE}:stateMachine:m` },
    'states:StartExecution',
    `arn:aws:states:${HERE}:stateMachine:m`,
  ],
  ['events', 'PutRule', { name: 'r' }, 'events:PutRule', `arn:aws:events:${HERE}:rule/r`],
  [
    'events',
    'PutTargets',
    { rule: 'r', eventBusName: 'bus' },
    'events:PutTargets',
    `arn:aws:events:${HERE}:rule/bus/r`,
  ],
  [
    'events',
    'PutEvents',
    { entries: [{}, { eventBusName: 'default' }] },
    'events:PutEvents',
    `arn:aws:events:${HERE}:event-bus/default`,
  ],
  [
    'events',
    'PutEvents',
    { entries: [{ eventBusName: 'a' }, { eventBusName: 'b' }] },
    'events:PutEvents',
    null,
  ],
  [
    'events',
    'CreateEventBus',
    { name: 'a' },
    'events:CreateEventBus',
    `arn:aws:events:${HERE}:event-bus/a`,
  ],
  [
    'kinesis',
    'PutRecord',
    { streamName: 's' },
    'kinesis:PutRecord',
    `arn:aws:kinesis:${HERE}:stream/s`,
  ],
  [
    'firehose',
    'PutRecord',
    { deliveryStreamName: 's' },
    'firehose:PutRecord',
    `arn:aws:firehose:${HERE}:deliverystream/s`,
  ],
  ['eks', 'DescribeCluster', { name: 'c' }, 'eks:DescribeCluster', `arn:aws:eks:${HERE}:cluster/c`],
  [
    'monitoring',
    'PutMetricAlarm',
    { alarmName: 'a' },
    'cloudwatch:PutMetricAlarm',
    `arn:aws:cloudwatch:${HERE}:alarm:a`,
  ],
  [
    'elasticfilesystem',
    'DeleteFileSystem',
    { fileSystemId: 'fs-1' },
    'elasticfilesystem:DeleteFileSystem',
    `arn:aws:elasticfilesystem:${HERE}:file-system/fs-1`,
  ],
  [
    'backup',
    'DeleteBackupVault',
    { backupVaultName: 'v' },
    'backup:DeleteBackupVault',
    `arn:aws:backup:${HERE}:backup-vault:v`,
  ],
  [
    'cloudtrail',
    'StopLogging',
    { name: 't' },
    'cloudtrail:StopLogging',
    `arn:aws:cloudtrail:${HERE}:trail/t`,
  ],
  [
    'codebuild',
    'StartBuild',
    { projectName: 'p' },
    'codebuild:StartBuild',
    `arn:aws:codebuild:${HERE}:project/p`,
  ],
  [
    'route53',
    'ChangeResourceRecordSets',
    { hostedZoneId: '/hostedzone/Z1' },
    'route53:ChangeResourceRecordSets',
    'arn:aws:route53:::hostedzone/Z1',
  ],
  [
    'cloudfront',
    'CreateInvalidation',
    { distributionId: 'E1' },
    'cloudfront:CreateInvalidation',
    'arn:aws:cloudfront::111122223333:distribution/E1',
  ],
  [
    'bedrock',
    'InvokeModel',
    { modelId: 'amazon.nova-pro-v1:0' },
    'bedrock:InvokeModel',
    'arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0',
  ],
  ['bedrock', 'Converse', { modelId: 'eu.amazon.nova-pro-v1:0' }, 'bedrock:InvokeModel', null],
  [
    'athena',
    'StartQueryExecution',
    { workGroup: 'w' },
    'athena:StartQueryExecution',
    `arn:aws:athena:${HERE}:workgroup/w`,
  ],
  [
    'cognito-idp',
    'AdminGetUser',
    { userPoolId: 'eu-central-1_a' },
    'cognito-idp:AdminGetUser',
    `arn:aws:cognito-idp:${HERE}:userpool/eu-central-1_a`,
  ],
  ['es', 'DescribeDomain', { domainName: 'd' }, 'es:DescribeDomain', `arn:aws:es:${HERE}:domain/d`],
  [
    'acm',
    'GetCertificate',
    { certificateArn: `arn:aws:acm:${HERE}:certificate/1` },
    'acm:GetCertificate',
    `arn:aws:acm:${HERE}:certificate/1`,
  ],
  ['constructor', 'name', {}, 'constructor:name', null],
];

test.each(CALLS)(
  '%s %s with %j: %s was checked against %j',
  (source, name, request, action, arn) => {
    expect(resourceOf(call(source, name, request), action)).toBe(arn);
  },
);

describe('the partition', () => {
  test.each([
    ['eu-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('of %s is %s', (awsRegion, partition) => {
    const record = call('s3', 'GetObject', { bucketName: 'b-1', key: 'k' }, { awsRegion });
    expect(resourceOf(record, 's3:GetObject')).toBe(`arn:${partition}:s3:::b-1/k`);
  });

  test.each(['', 'nowhere', 'eu-central-1:x', 'EU-CENTRAL-1'])(
    'of %j is not known',
    (awsRegion) => {
      const record = call('s3', 'GetObject', { bucketName: 'b-1', key: 'k' }, { awsRegion });
      expect(resourceOf(record, 's3:GetObject')).toBeNull();
    },
  );
});

describe('the resources of a record', () => {
  const object = { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::b-1/k%20' };
  const bucket = { type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::b-1' };
  const key = (id: string) => ({ type: 'AWS::KMS::Key', ARN: `arn:aws:kms:${HERE}:key/${id}` });

  test.each([
    ['s3', 'GetObject', [object, bucket], 's3:GetObject', object.ARN],
    ['s3', 'GetObject', [object, bucket], 's3:ListBucket', bucket.ARN],
    ['s3', 'GetObject', [object, object], 's3:GetObject', null],
    ['s3', 'CopyObject', [object, bucket], 's3:GetObject', null],
    [
      's3',
      'CopyObject',
      [object, bucket, { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::a-1/from' }],
      's3:PutObject',
      null,
    ],
    ['kms', 'Decrypt', [key('1')], 'kms:Decrypt', key('1').ARN],
    ['kms', 'Decrypt', [key('1'), key('2')], 'kms:Decrypt', null],
    ['kms', 'ReEncrypt', [key('1'), key('2')], 'kms:ReEncryptTo', key('2').ARN],
    ['kms', 'Decrypt', [bucket], 'kms:Decrypt', null],
    [
      'sts',
      'AssumeRole',
      [{ ARN: 'arn:aws:iam::111122223333:role/p/r' }],
      'sts:AssumeRole',
      'arn:aws:iam::111122223333:role/p/r',
    ],
    ['kms', 'Decrypt', [{ ARN: `arn:aws:kms:${HERE}:key/*` }], 'kms:Decrypt', null],
    [
      'dynamodb',
      'GetRecords',
      [{ ARN: `arn:aws:dynamodb:${HERE}:table/t` }],
      'dynamodb:GetRecords',
      null,
    ],
  ])('of %s %s come first: %j', (source, name, resources, action, arn) => {
    expect(resourceOf(call(source, name, null, { resources }), action)).toBe(arn);
  });
});

test.each([
  [
    'dynamodb',
    'Query',
    { tableName: 't', indexName: 'i' },
    `arn:aws:dynamodb:${HERE}:table/t`,
    'dynamodb:Query',
    `arn:aws:dynamodb:${HERE}:table/t/index/i`,
  ],
  [
    'lambda',
    'Invoke',
    { functionName: 'f', qualifier: 'live' },
    `arn:aws:lambda:${HERE}:function:f`,
    'lambda:InvokeFunction',
    `arn:aws:lambda:${HERE}:function:f:live`,
  ],
])(
  'a call of %s %s with %j, whose record names %s, was checked against what the request names',
  (source, name, request, ARN, action, arn) => {
    expect(resourceOf(call(source, name, request, { resources: [{ ARN }] }), action)).toBe(arn);
  },
);

test('a refusal names what was refused', () => {
  const refused = (errorMessage: string) =>
    resourceOf(
      call(
        'dynamodb',
        'GetItem',
        { tableName: 'other' },
        { errorCode: 'AccessDenied', errorMessage },
      ),
      'dynamodb:GetItem',
    );
  const start = 'User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: ';
  expect(
    refused(`${start}dynamodb:GetItem on resource: arn:aws:dynamodb:${HERE}:table/t because x`),
  ).toBe(`arn:aws:dynamodb:${HERE}:table/t`);
  expect(refused(`${start}dynamodb:GetItem on resource: "arn:aws:dynamodb:${HERE}:table/t"`)).toBe(
    `arn:aws:dynamodb:${HERE}:table/t`,
  );
  expect(refused(`${start}dynamodb:Scan on resource: arn:aws:dynamodb:${HERE}:table/t`)).toBe(
    `arn:aws:dynamodb:${HERE}:table/other`,
  );
});

describe('a value that no name has', () => {
  const odd = [
    '',
    ' ',
    '*',
    'a*',
    'a?b',
    'a\nb',
    'a\u0000b',
    'a\u2028b',
    '${aws:username}',
    'x'.repeat(3000),
    7,
    null,
    {},
    [],
    ['a'],
    true,
    '\ud800',
  ];
  const fields = [
    'bucketName',
    'key',
    'tableName',
    'functionName',
    'secretId',
    'keyId',
    'queueUrl',
    'name',
    'logGroupName',
    'repositoryName',
    'streamName',
    'clusterName',
    'roleName',
  ];
  test.each(odd)('such as %j makes no ARN of several resources', (value) => {
    for (const [source, name, , action] of CALLS) {
      const request = Object.fromEntries(fields.map((field) => [field, value]));
      const arn = resourceOf(call(source, name, request), action);
      expect((arn ?? '').replace(/-\?{6}$/, '')).toMatch(/^(?:[^*?\n]*)$/);
    }
  });

  test('nor anything but an ARN, whatever the record is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CALLS),
        fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.string(), fc.jsonValue())),
        fc.array(
          fc.record({
            ARN: fc.oneof(
              fc.string(),
              fc.string().map((text) => `arn:aws:s3:::${text}`),
            ),
          }),
        ),
        fc.oneof(fc.constant('eu-central-1'), fc.string()),
        ([source, name, usual], request, resources, awsRegion) => {
          const record = call(source, name, { ...usual, ...request }, { resources, awsRegion });
          for (const action of actionsOf(record)) {
            const arn = resourceOf(record, action) ?? 'arn:aws:s3:::none';
            expect(arn).toMatch(/^arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:\S/);
            expect(arn.replace(/-\?{6}$/, '')).not.toMatch(/[*?\p{Cc}]|\$\{/u);
          }
        },
      ),
    );
  });

  test('and no hidden message or item', () => {
    const record = trailRecord({
      eventSource: 'sqs.amazonaws.com',
      eventName: 'SendMessage',
      requestParameters: { messageBody: 'secret', queueUrl: 'secret' },
    });
    expect(resourceOf(record, 'sqs:SendMessage')).toBeNull();
  });
});

describe('a call through an access point is checked against the access point', () => {
  const POINT = 'arn:aws:s3:eu-central-1:111122223333:accesspoint/ap';
  const bucket = [
    { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::b-1/k' },
    { type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::b-1' },
  ];

  test.each([
    ['GetObject', 's3:GetObject', { bucketName: POINT, key: 'k' }, POINT],
    ['GetObject', 's3:GetObject', { bucketName: 'b-1', key: 'k' }, POINT],
    ['ListObjects', 's3:ListBucket', { bucketName: 'b-1' }, POINT],
    [
      'CopyObject',
      's3:PutObject',
      { bucketName: 'b-1', key: 'k', 'x-amz-copy-source': 'a-1/k' },
      POINT,
    ],
    ['GetObject', 's3:GetObject', { bucketName: 'ap-1a2b3c-s3alias', key: 'k' }, null],
    ['ListObjects', 's3:ListBucket', { bucketName: 'ap-1a2b3c-s3alias' }, null],
    ['GetObject', 's3:GetObject', { bucketName: 'ap-1a2b3c--ol-s3', key: 'k' }, null],
    ['GetObject', 's3:GetObject', { bucketName: 'ap-1a2b3c--op-s3', key: 'k' }, null],
    ['GetObject', 's3:GetObject', { bucketName: 'mfzwi23gnjvgw.mrap', key: 'k' }, null],
    [
      'GetObject',
      's3:GetObject',
      { bucketName: 'b-1', key: 'k' },
      'arn:aws:s3::111122223333:accesspoint/x.mrap',
    ],
    [
      'GetObject',
      's3:GetObject',
      { bucketName: 'b-1', key: 'k' },
      'arn:aws:s3-object-lambda:eu-central-1:111122223333:accesspoint/x',
    ],
  ])('%s: %s of %j', (name, action, request, point) => {
    const points = point === null ? [] : [{ type: 'AWS::S3::AccessPoint', ARN: point }];
    for (const resources of [[...bucket, ...points], [...points, ...bucket], points]) {
      expect(resourceOf(call('s3', name, request, { resources }), action)).toBeNull();
    }
  });

  test('also where a copy reads through one', () => {
    for (const source of ['ap-1a2b3c-s3alias/k', `${POINT}/object/k`]) {
      const request = { bucketName: 'b-1', key: 'k', 'x-amz-copy-source': source };
      expect(resourceOf(call('s3', 'CopyObject', request), 's3:GetObject')).toBeNull();
    }
  });

  test('and the refusal says which', () => {
    const errorMessage = `User: x is not authorized to perform: s3:GetObject on resource: "${POINT}/object/k" because …`;
    const fields = { errorCode: 'AccessDenied', errorMessage, resources: bucket };
    expect(resourceOf(call('s3', 'GetObject', {}, fields), 's3:GetObject')).toBe(
      `${POINT}/object/k`,
    );
    expect(
      resourceOf(
        call('s3', 'GetObject', {}, { ...fields, errorCode: 'NoSuchKey' }),
        's3:GetObject',
      ),
    ).toBe('arn:aws:s3:::b-1/k');
  });
});
