import { expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import {
  only,
  type Resource,
  resources,
  type Statement,
  statementsByRole,
} from '../../support/broker-template.ts';

/** What the emulator does not enforce: nobody rewrites the log, nobody else signs it. */
export function ledgerTests(template: () => Template, state: () => Template): void {
  const bucket = (): Resource => only(state(), 'AWS::S3::Bucket');
  const denials = (): Readonly<Record<string, Statement>> => {
    const { PolicyDocument } = only(state(), 'AWS::S3::BucketPolicy').Properties as {
      readonly PolicyDocument: { readonly Statement: readonly (Statement & { Sid?: string })[] };
    };
    return Object.fromEntries(PolicyDocument.Statement.map((one) => [one.Sid ?? 'tls', one]));
  };
  const here = ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }];
  const role = { 'Fn::Join': ['', [...here, ':role/ValetKey-ledger']] };
  const key = (): Resource | undefined =>
    Object.entries(resources(state(), 'AWS::KMS::Key')).find(([id]) =>
      id.startsWith('Ledger'),
    )?.[1];

  test('every version of every file is locked for 400 days, for everybody', () => {
    expect(bucket()).toMatchObject({
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 400 } },
        },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          ...{ BlockPublicAcls: true, BlockPublicPolicy: true },
          ...{ IgnorePublicAcls: true, RestrictPublicBuckets: true },
        },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('only the ledger writes, files are written once, and nobody deletes', () => {
    const { OnlyTheLedgerWrites, FilesAreWrittenOnce, NobodyDeletes } = denials();
    const everybody = { Effect: 'Deny', Principal: { AWS: '*' } };
    expect(OnlyTheLedgerWrites).toMatchObject({
      ...everybody,
      Action: 's3:PutObject',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': role } },
    });
    expect(FilesAreWrittenOnce).toMatchObject({
      ...everybody,
      Action: 's3:PutObject',
      Condition: { Null: { 's3:if-none-match': 'true' } },
    });
    expect(JSON.stringify(FilesAreWrittenOnce)).toContain('/checkpoint');
    expect(FilesAreWrittenOnce).not.toHaveProperty('Resource');
    expect(NobodyDeletes).toMatchObject({
      ...everybody,
      Action: [
        ...['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
        's3:ReplicateDelete',
      ],
    });
  });

  test('a checkpoint replaces the one that its writer read, and no other', () => {
    expect(denials()['ACheckpointFollowsTheOneThatWasRead']).toMatchObject({
      Effect: 'Deny',
      Action: 's3:PutObject',
      Condition: { Null: { 's3:if-none-match': 'true', 's3:if-match': 'true' } },
    });
  });

  test('an Ed25519 key that outlives the stack signs, for the ledger alone', () => {
    expect(key()).toMatchObject({
      Properties: {
        ...{ KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY', MultiRegion: true },
        PendingWindowInDays: 30,
        KeyPolicy: {
          Statement: expect.arrayContaining([
            expect.objectContaining({
              ...{ Effect: 'Deny', Action: 'kms:Sign', Principal: { AWS: '*' } },
              Condition: { ArnNotEquals: { 'aws:PrincipalArn': role } },
            }),
          ]),
        },
      },
      DeletionPolicy: 'Retain',
    });
  });

  test('the roles are created first, then the key: a name that is taken, or a Region without such keys, stops the deployment', () => {
    const { Resources } = state().toJSON() as {
      readonly Resources: Readonly<Record<string, { readonly DependsOn?: string | string[] }>>;
    };
    const roles = Object.keys(resources(state(), 'AWS::IAM::Role'));
    const [id = ''] = Object.entries(Resources).find(([one]) => one.startsWith('LedgerKey')) ?? [];
    expect(roles).toHaveLength(3);
    for (const [one, { DependsOn = [] }] of Object.entries(Resources)) {
      const awaited = roles.includes(one) ? [] : one === id ? roles : [...roles, id];
      expect([one, [DependsOn].flat().filter((name) => [...roles, id].includes(name))]).toEqual([
        one,
        expect.arrayContaining(awaited),
      ]);
    }
  });

  test('every event is a notice in the queue, which gives nothing up before half an hour', () => {
    const rules = Object.values(resources(template(), 'AWS::Events::Rule'));
    expect(rules.map(({ Properties }) => Properties)).toContainEqual(
      expect.objectContaining({
        EventPattern: { source: ['valetkey'] },
        Targets: [
          expect.objectContaining({
            Arn: { 'Fn::GetAtt': [expect.stringMatching(/^LedgerNotices/), 'Arn'] },
          }),
        ],
      }),
    );
    const queues = Object.entries(resources(template(), 'AWS::SQS::Queue'));
    const [, notices] = queues.find(([id]) => id.startsWith('LedgerNotices')) ?? [];
    expect(notices?.Properties).toMatchObject({
      VisibilityTimeout: 180,
      RedrivePolicy: { maxReceiveCount: 10 },
    });
  });

  test('the ledger puts only items of its own, and may delete none', () => {
    const statements = statementsByRole(template()).get('ledger') ?? [];
    const writes = statements.filter(({ Action }) => JSON.stringify(Action).includes('PutItem'));
    expect(writes).toEqual([
      expect.objectContaining({
        Action: 'dynamodb:PutItem',
        Condition: {
          'ForAllValues:StringLike': {
            'dynamodb:LeadingKeys': ['LEDGER', 'LEDGER#*', 'QUARANTINE', 'TRAIL#broker'],
          },
        },
      }),
    ]);
  });
}
