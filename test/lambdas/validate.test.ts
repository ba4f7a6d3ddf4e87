import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  BackupClient,
  GetRestoreTestingPlanCommand,
  ListRestoreJobsCommand,
  PutRestoreValidationResultCommand,
} from '@aws-sdk/client-backup';
import {
  type AttributeValue,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { eventItem, grantItem } from '../../adapters/dynamodb/items.ts';
import { EMPTY_TAIL, grow, treeOf } from '../../core/ledger/tail.ts';
import { noteWith } from '../../core/signed-note.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { ACCOUNT, lambdaEnvironment } from '../support/lambda-environment.ts';
import { awsError, mockAws } from '../support/mock-aws.ts';
import { activeGrant, requestedEvent } from '../support/sample-grants.ts';
import { entriesOf, ledgerOf, type Signer } from '../support/test-ledger.ts';

/** The Lambda that checks what AWS Backup restored. */

const log = captureLog();
const aws = mockAws();
const kms = mockClient(KMSClient);
const s3 = mockClient(S3Client);
const backup = mockClient(BackupClient);
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
let removeFolder: () => void;
let items: Record<string, AttributeValue>[];

const NAME = 'awsbackup-restore-test-1a2b3c';
const PLAN = { RestoreTestingPlanName: 'ValetKey_weekly', RestoreTestingPlanArn: 'arn:plan' };
const ENTRIES = entriesOf(5);
const TREE = treeOf(grow(EMPTY_TAIL, ENTRIES.slice(0, 3)).tail);

const key = { name: 'broker.acme.example/log', publicKey: new Uint8Array() };
const signerOf = (secret: KeyObject): Signer => ({
  ...{ key, vkey: '' },
  sign: (text) => noteWith(text, key, sign(null, Buffer.from(text), secret)),
});

beforeAll(() => {
  removeFolder = lambdaEnvironment();
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  key.publicKey = spki.subarray(-32);
});
afterAll(() => {
  removeFolder();
  log.restore();
});

function keepFiles(secret: KeyObject): void {
  const files = ledgerOf(ENTRIES, signerOf(secret));
  s3.on(GetObjectCommand).callsFake(({ Key = '' }) => {
    const bytes = files.get(Key);
    if (bytes === undefined) throw awsError('AccessDenied');
    return { Body: { transformToByteArray: async () => bytes }, ETag: '"1"' };
  });
}

beforeEach(() => {
  log.clear();
  aws.acceptAll();
  for (const mock of [kms, s3, backup]) mock.reset();
  const grant = activeGrant();
  items = [
    ...[grantItem(grant), eventItem(requestedEvent(grant))],
    marshall({ pk: 'LEDGER', sk: 'HEAD', ...TREE }),
    ...[0, 1, 2].map((place) => marshall({ pk: `LEDGER#ev_${place}`, sk: 'PLACE', place })),
  ];
  const indexes = ['byRequester', 'byDue', 'byStatusShard'];
  aws.dynamo.on(DescribeTableCommand).resolves({
    Table: {
      ...{ TableName: NAME, TableStatus: 'ACTIVE' },
      SSEDescription: { KMSMasterKeyArn: 'arn:key' },
      GlobalSecondaryIndexes: indexes.map((IndexName) => ({ IndexName })),
      RestoreSummary: {
        SourceBackupArn: `arn:aws:backup:eu-central-1:${ACCOUNT}:recovery-point:1`,
        ...{ RestoreDateTime: new Date(), RestoreInProgress: false },
      },
    },
  });
  aws.dynamo.on(DescribeTimeToLiveCommand).resolves({});
  aws.dynamo.on(DescribeContinuousBackupsCommand).resolves({});
  // As DynamoDB answers for a backup of AWS Backup.
  aws.dynamo.on(DescribeBackupCommand).rejects(awsError('ValidationException'));
  aws.dynamo.on(ScanCommand).callsFake(({ Segment, TableName }: ScanCommandInput) => ({
    Items: TableName === NAME && Segment === 3 ? items : [],
  }));
  kms.on(GetPublicKeyCommand).resolves({
    PublicKey: publicKey.export({ format: 'der', type: 'spki' }),
    ...{ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' },
  });
  keepFiles(privateKey);
  backup.on(PutRestoreValidationResultCommand).resolves({});
  backup.on(ListRestoreJobsCommand).resolves({ RestoreJobs: [] });
});

type Handler = (event: object, context: object) => Promise<object>;
async function invoke(event: object, remaining = 900_000) {
  const { handler } = (await import('../../lambdas/validate.lambda.ts')) as { handler: Handler };
  return handler(event, { ...CONTEXT, getRemainingTimeInMillis: () => remaining });
}

const ended = (changes: object = {}) => ({
  'detail-type': 'Restore Job State Change',
  detail: {
    ...{ restoreJobId: 'job-1', status: 'COMPLETED', resourceType: 'DynamoDB.FullyManaged' },
    createdResourceArn: `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/${NAME}`,
    ...changes,
  },
});
const reported = () =>
  backup.commandCalls(PutRestoreValidationResultCommand).map(({ args: [{ input }] }) => input);
const errors = () => log.lines().filter(({ level }) => level === 'ERROR');

describe('when a restore test has ended', () => {
  test('a good table is reported to AWS Backup, with what it has', async () => {
    expect(await invoke(ended())).toEqual({ good: true });
    expect(reported()).toEqual([
      {
        ...{ RestoreJobId: 'job-1', ValidationStatus: 'SUCCESSFUL' },
        ValidationStatusMessage: '1 grants, 1 events, 0 suspensions, 3 entries of the ledger',
      },
    ]);
    expect(errors()).toEqual([]);
    expect(log.lines()).toContainEqual(
      expect.objectContaining({ level: 'INFO', message: 'restore test passed', table: NAME }),
    );
    const segments = aws.dynamo.commandCalls(ScanCommand).map(({ args: [{ input }] }) => input);
    expect(segments.map(({ Segment }) => Segment)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('a table that is not good is reported as failed, with the reasons, and in an error', async () => {
    items = items.filter((item) => JSON.stringify(item['sk']) !== '{"S":"HEAD"}');
    expect(await invoke(ended())).toEqual({ good: false });
    const reason = 'it knows nothing of the ledger, which has 5 entries';
    expect(reported()).toMatchObject([
      { ValidationStatus: 'FAILED', ValidationStatusMessage: expect.stringContaining(reason) },
    ]);
    expect(errors()).toMatchObject([{ message: 'restore test failed', reason }]);
  });

  test('a checkpoint that another key signed is believed nothing', async () => {
    keepFiles(generateKeyPairSync('ed25519').privateKey);
    await invoke(ended());
    expect(reported()).toMatchObject([
      {
        ValidationStatus: 'FAILED',
        ValidationStatusMessage: expect.stringContaining('not signed with the key of the ledger'),
      },
    ]);
  });

  test('a table that takes longer than the Lambda has is not good, and no call is made after that', async () => {
    const page = { Items: items, LastEvaluatedKey: marshall({ pk: 'GRANT#gr_1', sk: 'GRANT' }) };
    aws.dynamo.on(ScanCommand).resolves(page);
    await invoke(ended(), 59_000);
    expect(reported()).toMatchObject([
      {
        ValidationStatus: 'FAILED',
        ValidationStatusMessage: expect.stringContaining('to its end'),
      },
    ]);
    expect(aws.dynamo.commandCalls(ScanCommand)).toHaveLength(8);
  });

  test('a restore that failed is an error, and AWS Backup knows it already', async () => {
    await invoke(ended({ status: 'FAILED', createdResourceArn: undefined }));
    expect(errors()).toMatchObject([
      { message: 'restore test failed', reason: 'the restore is FAILED' },
    ]);
    expect(reported()).toEqual([]);
  });

  test('no other table is read, whatever the event says', async () => {
    await invoke(ended({ createdResourceArn: `arn:aws:dynamodb:x:${ACCOUNT}:table/grants` }));
    expect(aws.dynamo.commandCalls(ScanCommand)).toEqual([]);
    expect(errors()).toHaveLength(1);
  });

  test.each([
    ['the table cannot be read', () => aws.dynamo.on(ScanCommand).rejects(awsError('Throttled'))],
    ['the ledger is not there', () => s3.on(GetObjectCommand).rejects(awsError('SlowDown'))],
    ['the key is not known', () => kms.on(GetPublicKeyCommand).rejects(awsError('Disabled'))],
  ])('it is tried again where %s, and nothing is reported', async (_, fail) => {
    fail();
    await expect(invoke(ended())).rejects.toThrow();
    expect(reported()).toEqual([]);
  });
});

describe('two days later', () => {
  const planMade = (days: number) =>
    backup.on(GetRestoreTestingPlanCommand).resolves({
      RestoreTestingPlan: {
        ...PLAN,
        CreationTime: new Date(Date.now() - days * 86_400_000),
      } as never,
    });

  test('a test that passed this week is enough', async () => {
    planMade(100);
    backup.on(ListRestoreJobsCommand).resolves({
      RestoreJobs: [{ ValidationStatus: 'FAILED' }, { ValidationStatus: 'SUCCESSFUL' }],
    });
    expect(await invoke({ source: 'aws.events' })).toEqual({ passed: 1, missing: false });
    expect(errors()).toEqual([]);
    const [call] = backup.commandCalls(ListRestoreJobsCommand);
    expect(call?.args[0].input).toMatchObject({ ByRestoreTestingPlanArn: 'arn:plan' });
  });

  test('none is an error, unless the plan is new', async () => {
    planMade(3);
    expect(await invoke({ source: 'aws.events' })).toEqual({ passed: 0, missing: false });
    planMade(9);
    expect(await invoke({ source: 'aws.events' })).toEqual({ passed: 0, missing: true });
    expect(errors()).toMatchObject([{ message: 'no restore test passed' }]);
  });
});
