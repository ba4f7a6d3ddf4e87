import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AdvancedEventSelector,
  CloudTrailClient,
  CreateTrailCommand,
  type EventSelector,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Emulator, startEmulator } from '../../local/emulator.ts';
import { emulatorPython } from '../../local/python.ts';
import { createTrailBucket, startTrail, TRAIL_BUCKET } from '../../local/trail.ts';
import { recordsOf, type TrailFileRecord, trailFiles } from '../support/trail-files.ts';
import { allow, type Credentials, outcome, ROOT, SetUp, trust } from './emulator-set-up.ts';

const ASSUME = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
const BUCKET = 'acme-artifacts';
const ALL = 'all-trail';
const OTHER = '111111111111';
const SECRET = 'a-value-that-is-secret';
const OBJECTS = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] };

let stateDir: string;
let emulator: Emulator;
let setUp: SetUp;
let broker: Credentials;
let target: string;

const s3 = (credentials: Credentials) =>
  new S3Client({ ...setUp.client(credentials), forcePathStyle: true });

/** A bucket, and a trail of the same name that delivers to it. */
async function trail(
  name: string,
  selectors:
    | { EventSelectors: EventSelector[] }
    | { AdvancedEventSelectors: AdvancedEventSelector[] },
  account = ROOT,
): Promise<void> {
  await s3(ROOT).send(new CreateBucketCommand({ Bucket: name }));
  const client = new CloudTrailClient(setUp.client(account));
  await client.send(new CreateTrailCommand({ Name: name, S3BucketName: name }));
  await client.send(new PutEventSelectorsCommand({ TrailName: name, ...selectors }));
  await client.send(new StartLoggingCommand({ Name: name }));
}

let identities = 0;
/** A session with a source identity that no other test has. */
async function session(role = target) {
  const identity = `ana-1.gr_${identities++}`;
  return { identity, keys: await setUp.assume(broker, role, identity) };
}

/** Waits until as many records as called are there. */
async function records(
  identity: string,
  count: number,
  bucket = ALL,
): Promise<readonly TrailFileRecord[]> {
  for (let look = 0; look < 200; look++) {
    const found = await recordsOf(s3(ROOT), bucket, (one) => one === identity);
    if (found.length >= count) return found;
    await sleep(100);
  }
  throw new Error(`not ${count} records of ${identity} in ${bucket}`);
}

const names = (found: readonly TrailFileRecord[]) => found.map(({ eventName }) => eventName);

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'valetkey-emulator-'));
  emulator = await startEmulator(await emulatorPython(() => undefined), stateDir);
  setUp = new SetUp(emulator.url);
  broker = await setUp.user('broker', allow(ASSUME));
  target = await setUp.role(
    'target',
    [trust(ASSUME)],
    allow(['s3:*', 'ssm:*', 'dynamodb:*', ...ASSUME]),
  );
  await s3(ROOT).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3(ROOT).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a/one', Body: '1' }));
  await trail(ALL, { EventSelectors: [{ DataResources: [OBJECTS] }] });
});

afterAll(async () => {
  await emulator?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

test('a call has the record that AWS writes of a session with a source identity', async () => {
  const { identity, keys } = await session();
  await s3(keys).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a/one' }));
  const found = (await records(identity, 2)).find(({ eventName }) => eventName === 'GetObject');
  const issuer = { type: 'Role', arn: target, accountId: '000000000000', userName: 'target' };
  expect(found).toEqual({
    ...{ eventVersion: '1.11', eventType: 'AwsApiCall' },
    userIdentity: {
      type: 'AssumedRole',
      principalId: expect.stringMatching(/^AROA\w+:session-1$/),
      arn: 'arn:aws:sts::000000000000:assumed-role/target/session-1',
      accountId: '000000000000',
      accessKeyId: keys.accessKeyId,
      sessionContext: {
        sessionIssuer: { ...issuer, principalId: expect.stringMatching(/^AROA\w+$/) },
        attributes: { creationDate: expect.any(String), mfaAuthenticated: 'false' },
        sourceIdentity: identity,
      },
    },
    eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    ...{ eventSource: 's3.amazonaws.com', eventName: 'GetObject', awsRegion: 'us-east-1' },
    sourceIPAddress: '127.0.0.1',
    userAgent: expect.stringMatching(/^\[aws-sdk-js/),
    requestParameters: { bucketName: BUCKET, key: 'a/one' },
    responseElements: null,
    ...{ requestID: expect.any(String), eventID: expect.any(String), readOnly: true },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${BUCKET}/a/one` },
      { accountId: '000000000000', type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${BUCKET}` },
    ],
    ...{ managementEvent: false, recipientAccountId: '000000000000', eventCategory: 'Data' },
  });
});

test('AssumeRole that sets one has a record, refused or not, without the secrets of the keys', async () => {
  const { identity, keys } = await session();
  const refused = await setUp.role('closed', [trust('sts:AssumeRole')]);
  expect(await outcome(setUp.assume(broker, refused, identity))).toBe('AccessDenied');
  const found = await records(identity, 2);
  expect(names(found)).toEqual(['AssumeRole', 'AssumeRole']);
  expect(found.map(({ errorCode }) => errorCode)).toEqual([undefined, 'AccessDenied']);
  expect(found[0]).toMatchObject({
    userIdentity: { type: 'IAMUser', userName: 'broker' },
    ...{ eventSource: 'sts.amazonaws.com', managementEvent: true, readOnly: true },
    requestParameters: { roleArn: target, roleSessionName: 'session-1', sourceIdentity: identity },
    responseElements: {
      credentials: { accessKeyId: keys.accessKeyId },
      assumedRoleUser: { arn: expect.stringMatching(/:assumed-role\/target\/session-1$/) },
      sourceIdentity: identity,
    },
    resources: [{ accountId: '000000000000', type: 'AWS::IAM::Role', ARN: target }],
  });
});

test('files have the place and the name that AWS gives them', async () => {
  const { identity } = await session();
  await records(identity, 1);
  const day = new Date().toISOString().slice(0, 10);
  const folder = `AWSLogs/000000000000/CloudTrail/us-east-1/${day.replaceAll('-', '/')}`;
  for (const { key, records: found } of await trailFiles(s3(ROOT), ALL)) {
    expect(key).toMatch(
      new RegExp(
        `^${folder}/000000000000_CloudTrail_us-east-1_\\d{8}T\\d{4}Z_\\w{16}\\.json\\.gz$`,
      ),
    );
    expect(found.length).toBeGreaterThan(0);
  }
});

test('calls of S3 have the names of their events, which are not those of the IAM actions', async () => {
  const { identity, keys } = await session();
  const mine = s3(keys);
  const at = { Bucket: BUCKET };
  const copied = { ...at, Key: 'a/two', CopySource: `${BUCKET}/a/one` };
  const calls: [string, 'Data' | 'Management', () => Promise<unknown>][] = [
    ['ListBuckets', 'Management', () => mine.send(new ListBucketsCommand({}))],
    ['HeadBucket', 'Data', () => mine.send(new HeadBucketCommand(at))],
    ['GetBucketLocation', 'Management', () => mine.send(new GetBucketLocationCommand(at))],
    ['ListObjects', 'Data', () => mine.send(new ListObjectsV2Command({ ...at, Prefix: 'a/' }))],
    ['ListObjectVersions', 'Data', () => mine.send(new ListObjectVersionsCommand(at))],
    ['HeadObject', 'Data', () => mine.send(new HeadObjectCommand({ ...at, Key: 'a/one' }))],
    [
      'GetObjectTagging',
      'Data',
      () => mine.send(new GetObjectTaggingCommand({ ...at, Key: 'a/one' })),
    ],
    ['PutObject', 'Data', () => mine.send(new PutObjectCommand({ ...at, Key: 'b', Body: SECRET }))],
    ['CopyObject', 'Data', () => mine.send(new CopyObjectCommand(copied))],
    [
      'CreateMultipartUpload',
      'Data',
      () => mine.send(new CreateMultipartUploadCommand({ ...at, Key: 'c' })),
    ],
    [
      'DeleteObjects',
      'Data',
      () => mine.send(new DeleteObjectsCommand({ ...at, Delete: { Objects: [{ Key: 'b' }] } })),
    ],
  ];
  for (const [, , call] of calls) await call();
  const [lifecycle, missing] = [
    new GetBucketLifecycleConfigurationCommand(at),
    new HeadObjectCommand({ ...at, Key: 'nowhere' }),
  ];
  await outcome(mine.send(lifecycle));
  await outcome(mine.send(missing));
  const found = (await records(identity, calls.length + 3)).slice(1);
  expect(found.map((one) => [one.eventName, one.eventCategory, one.errorCode])).toEqual([
    ...calls.map(([name, category]) => [name, category, undefined]),
    ['GetBucketLifecycle', 'Management', 'NoSuchLifecycleConfiguration'],
    ['HeadObject', 'Data', 'NoSuchKey'],
  ]);
  const [listed, copy] = [found[3], found[8]];
  expect(listed?.requestParameters).toEqual({ bucketName: BUCKET, 'list-type': '2', prefix: 'a/' });
  expect(listed?.['resources']).toContainEqual({
    ...{ type: 'AWS::S3::Object', ARNPrefix: `arn:aws:s3:::${BUCKET}/` },
  });
  expect(copy?.requestParameters).toMatchObject({
    key: 'a/two',
    'x-amz-copy-source': `${BUCKET}/a/one`,
  });
  expect(copy?.['resources']).toContainEqual({
    ...{ type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${BUCKET}/a/one` },
  });
});

test('other services: resources and refusals are there, values and bodies are not', async () => {
  const { identity, keys } = await session();
  const [ssm, dynamodb, lambda] = [
    new SSMClient(setUp.client(keys)),
    new DynamoDBClient(setUp.client(keys)),
    new LambdaClient(setUp.client(keys)),
  ];
  const parameter = { Name: '/services/shop/version' };
  await ssm.send(new PutParameterCommand({ ...parameter, Value: SECRET, Type: 'SecureString' }));
  await ssm.send(new GetParameterCommand(parameter));
  await outcome(dynamodb.send(new DescribeTableCommand({ TableName: 'orders' })));
  await outcome(
    dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: SECRET } } })),
  );
  await outcome(lambda.send(new GetFunctionCommand({ FunctionName: 'shop' })));
  await outcome(
    lambda.send(new InvokeCommand({ FunctionName: 'shop', Payload: `{"a":"${SECRET}"}` })),
  );
  const found = (await records(identity, 5)).slice(1);
  const shown = found.map((one) => [
    one.eventSource,
    one.eventName,
    one.requestParameters,
    one.errorCode,
  ]);
  expect(shown).toEqual([
    ['ssm.amazonaws.com', 'PutParameter', { name: '/services/shop/version' }, undefined],
    ['ssm.amazonaws.com', 'GetParameter', { name: '/services/shop/version' }, undefined],
    [
      'dynamodb.amazonaws.com',
      'DescribeTable',
      { tableName: 'orders' },
      'ResourceNotFoundException',
    ],
    ['lambda.amazonaws.com', 'GetFunction20150331v2', { functionName: 'shop' }, 'AccessDenied'],
  ]);
  expect(found[1]?.['resources']).toEqual([
    {
      accountId: '000000000000',
      ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/services/shop/version',
    },
  ]);
  expect(found[3]?.['errorMessage']).toContain(
    'is not authorized to perform: lambda:GetFunction on resource: ' +
      'arn:aws:lambda:us-east-1:000000000000:function:shop because ',
  );
  for (const file of await trailFiles(s3(ROOT), ALL)) {
    const text = JSON.stringify(file);
    for (const secret of [SECRET, keys.secretAccessKey, keys.sessionToken])
      expect(text).not.toContain(secret);
  }
});

test('the message of a refusal names the resource, as those of AWS do', async () => {
  const role = await setUp.role(
    'reader',
    [trust(ASSUME)],
    allow('s3:GetObject', { Resource: `arn:aws:s3:::${BUCKET}/a/*` }),
  );
  const { identity, keys } = await session(role);
  const refused = async (...calls: readonly Promise<unknown>[]) => {
    for (const call of calls) expect(await outcome(call)).toBe('AccessDenied');
  };
  const CopySource = `${BUCKET}/b/one`;
  await refused(s3(keys).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'b/one' })));
  await refused(s3(keys).send(new ListBucketsCommand({})));
  const { identity: copying, keys: writer } = await session(
    await setUp.role('writer', [trust(ASSUME)], allow('s3:PutObject')),
  );
  await refused(s3(writer).send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'c', CopySource })));
  const [, read, list] = await records(identity, 3);
  const [, copy] = await records(copying, 2);
  const why = (action: string) => `because no identity-based policy allows the ${action} action`;
  expect([read, list, copy].map((one) => one?.['errorMessage'])).toEqual([
    expect.stringContaining(
      `perform: s3:GetObject on resource: "arn:aws:s3:::${BUCKET}/b/one" ${why('s3:GetObject')}`,
    ),
    expect.stringContaining(`perform: s3:ListAllMyBuckets ${why('s3:ListAllMyBuckets')}`),
    // MiniStack does not tell which object of the two it was.
    expect.stringContaining(`perform: s3:GetObject ${why('s3:GetObject')}`),
  ]);
});

test('a chained role has the source identity of the first session', async () => {
  const chained = await setUp.role('chained', [trust(ASSUME)], allow('s3:ListAllMyBuckets'));
  const { identity, keys } = await session();
  const next = await setUp.assume(keys, chained);
  await s3(next).send(new ListBucketsCommand({}));
  const found = await records(identity, 3);
  expect(
    found.map(({ eventName, userIdentity }) => [eventName, userIdentity.arn?.split('/')[1]]),
  ).toEqual([
    ['AssumeRole', 'broker'],
    ['AssumeRole', 'target'],
    ['ListBuckets', 'chained'],
  ]);
});

test('what has no source identity, and what is signed with another secret, has no record', async () => {
  const { identity, keys } = await session();
  const nameless = await setUp.assume(broker, target);
  await s3(nameless).send(new ListBucketsCommand({}));
  const killer = await setUp.role('killer', [trust(ASSUME)], allow('iam:PutRolePolicy'));
  const iam = new IAMClient(setUp.client(await setUp.assume(broker, killer)));
  const killed = { StringLike: { 'aws:SourceIdentity': '*.gr_nobody' } };
  const deny = {
    Version: '2012-10-17',
    Statement: [allow('*', { Effect: 'Deny', Condition: killed })],
  };
  const policy = { RoleName: 'target', PolicyName: 'killed', PolicyDocument: JSON.stringify(deny) };
  await iam.send(new PutRolePolicyCommand(policy));
  const stolen = s3({ ...keys, secretAccessKey: 'no' });
  expect(await outcome(stolen.send(new ListBucketsCommand({})))).toBe('SignatureDoesNotMatch');
  await s3(keys).send(new ListBucketsCommand({}));
  const found = await records(identity, 2);
  expect(found.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
    ['AssumeRole', undefined],
    ['ListBuckets', undefined],
  ]);
  const all = (await trailFiles(s3(ROOT), ALL)).flatMap((file) => file.records);
  const [of, about] = [
    all.filter(({ userIdentity }) => JSON.stringify(userIdentity).includes(nameless.accessKeyId)),
    names(all).filter((name) => name === 'PutRolePolicy'),
  ];
  expect({ of, about }).toEqual({ of: [], about: [] });
});

describe('a trail gets what it selects', () => {
  const field = (Field: string, more: object) => ({ Field, ...more });
  const management = field('eventCategory', { Equals: ['Management'] });
  const data = field('eventCategory', { Equals: ['Data'] });
  const ofObjects = field('resources.type', { Equals: ['AWS::S3::Object'] });
  const within = field('resources.ARN', { StartsWith: [`arn:aws:s3:::${BUCKET}/a/`] });
  const cases: [string, Parameters<typeof trail>[1], readonly string[]][] = [
    ['management-only', { EventSelectors: [{}] }, ['AssumeRole', 'GetBucketLocation']],
    [
      'one-prefix',
      {
        EventSelectors: [
          {
            DataResources: [{ ...OBJECTS, Values: [`arn:aws:s3:::${BUCKET}/a/`] }],
            IncludeManagementEvents: false,
          },
        ],
      },
      ['GetObject'],
    ],
    [
      'writes-only',
      { EventSelectors: [{ ReadWriteType: 'WriteOnly', DataResources: [OBJECTS] }] },
      ['PutObject'],
    ],
    [
      'without-sts',
      { EventSelectors: [{ ExcludeManagementEventSources: ['sts.amazonaws.com'] }] },
      ['GetBucketLocation'],
    ],
    [
      'advanced-management',
      {
        AdvancedEventSelectors: [
          {
            FieldSelectors: [
              management,
              field('eventSource', { NotEquals: ['sts.amazonaws.com'] }),
            ],
          },
        ],
      },
      ['GetBucketLocation'],
    ],
    [
      'advanced-prefix',
      { AdvancedEventSelectors: [{ FieldSelectors: [data, ofObjects, within] }] },
      ['GetObject'],
    ],
    [
      'advanced-not-read',
      {
        AdvancedEventSelectors: [
          { FieldSelectors: [data, ofObjects, field('readOnly', { Equals: ['false'] })] },
        ],
      },
      ['PutObject'],
    ],
  ];

  test.each(cases)('%s', async (name, selectors, expected) => {
    await trail(name, selectors);
    const { identity, keys } = await session();
    await s3(keys).send(new GetBucketLocationCommand({ Bucket: BUCKET }));
    await s3(keys).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a/one' }));
    await s3(keys).send(new PutObjectCommand({ Bucket: BUCKET, Key: 'd/one', Body: '1' }));
    // The trail that selects everything gets its file in the same moment.
    await records(identity, 4);
    expect(names(await records(identity, expected.length, name))).toEqual(expected);
  });
});

test('the trail of the local stack gets management events, and calls on objects of S3 alone', async () => {
  await createTrailBucket(emulator.url);
  await startTrail(emulator.url, ROOT.accessKeyId);
  const { identity, keys } = await session();
  const order = { TableName: 'orders', Key: { id: { S: '4711' } } };
  await outcome(new DynamoDBClient(setUp.client(keys)).send(new GetItemCommand(order)));
  await s3(keys).send(new GetBucketLocationCommand({ Bucket: BUCKET }));
  await s3(keys).send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a/one' }));
  const found = await records(identity, 3, TRAIL_BUCKET);
  expect(names(found)).toEqual(['AssumeRole', 'GetBucketLocation', 'GetObject']);
});

test('the owner of a bucket in another account gets a copy that does not tell the session', async () => {
  const owner = { accessKeyId: OTHER, secretAccessKey: 'local' };
  await trail('other-trail', { EventSelectors: [{ DataResources: [OBJECTS] }] }, owner);
  await s3(owner).send(new CreateBucketCommand({ Bucket: 'acme-reports' }));
  await s3(owner).send(new PutObjectCommand({ Bucket: 'acme-reports', Key: 'one', Body: '1' }));
  const Statement = [
    {
      ...allow('s3:GetObject'),
      Principal: { AWS: 'arn:aws:iam::000000000000:root' },
      Resource: 'arn:aws:s3:::acme-reports/*',
    },
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await s3(owner).send(new PutBucketPolicyCommand({ Bucket: 'acme-reports', Policy }));
  const { identity, keys } = await session();
  await s3(keys).send(new GetObjectCommand({ Bucket: 'acme-reports', Key: 'one' }));
  const [, mine] = await records(identity, 2);
  const [theirs] = (await trailFiles(s3(ROOT), 'other-trail')).flatMap((file) => file.records);
  expect(theirs).toMatchObject({
    ...{ eventName: 'GetObject', recipientAccountId: OTHER, sharedEventID: mine?.sharedEventID },
    userIdentity: { type: 'AWSAccount', accountId: '000000000000' },
  });
  expect(theirs?.eventID).not.toBe(mine?.eventID);
  expect(JSON.stringify(theirs)).not.toContain(identity);
});

test('the emulator logs no failure to record', () => {
  expect(readFileSync(join(stateDir, 'emulator.log'), 'utf8')).not.toMatch(/no record of|no file /);
});
