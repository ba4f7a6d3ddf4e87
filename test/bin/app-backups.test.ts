import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import {
  actionsOf,
  brokerTemplates,
  only,
  resources,
  type Statement,
  statementsByRole,
  type Templates,
} from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** The app with and without a plan of backups, and what guards its keys. */

const OTHER = 'arn:aws:backup:eu-west-1:111111111111:backup-vault:valetkey';
const PLAN = {
  copies: [{ vaultArn: OTHER, keepDays: 90 }],
  lock: { mode: 'compliance', minDays: 7, maxDays: 120, changeableForDays: 30 },
  restoreTests: true,
};
const KEY = 'arn:aws:kms:eu-central-1:222222222222:key/1a2b';
const STREAM = 'arn:aws:dynamodb:eu-central-1:222222222222:table/restored/stream/2026';
const NAMED = {
  table: { name: 'restored', streamArn: STREAM, keyArn: KEY },
  vault: { name: 'acme-backups', keyArn: KEY },
};

const folder = mkdtempSync(join(tmpdir(), 'valetkey-backups-'));
const synthesise = (name: string, settings: object, validated = false): Promise<Synthesis> => {
  const config = join(folder, `${name}.yaml`);
  writeFileSync(config, JSON.stringify(settings));
  return appSynth({ config }, { validated });
};
const templatesOf = ({ templates, succeeded, output }: Synthesis): Templates => {
  if (!succeeded) throw new Error(output);
  const of = (id: string) => Template.fromJSON(JSON.parse(templates[id] ?? '') as object);
  return { broker: of('ValetKey'), state: of('ValetKeyState') };
};

let planned: Synthesis;
let made: Templates;
let plain: Templates;
let named: Templates;
beforeAll(async () => {
  planned = await synthesise('planned', { backups: { pitrDays: 14, plan: PLAN } }, true);
  made = templatesOf(planned);
  plain = await brokerTemplates();
  const plan = { every: 'week', restoreTests: true };
  const place = { account: '222222222222', region: 'eu-central-1' };
  named = templatesOf(await synthesise('named', { ...place, state: NAMED, backups: { plan } }));
}, 500_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const idsOf = (template: Template): readonly string[] =>
  Object.keys((template.toJSON() as { readonly Resources: object }).Resources);

test('the table can be restored to any second of as many days as the configuration says', () => {
  expect(only(made.state, 'AWS::DynamoDB::Table').Properties).toMatchObject({
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: 14,
    },
  });
});

describe('without a plan', () => {
  test('there is nothing of AWS Backup, in either stack', () => {
    const text = JSON.stringify([plain.broker, plain.state]);
    expect(text).not.toMatch(/AWS::Backup|aws\.backup|backup\.amazonaws|awsbackup|Validate/);
    const ids = [...idsOf(plain.broker), ...idsOf(plain.state)];
    expect(ids.filter((id) => /backup|restore|validate/i.test(id))).toEqual([]);
  });
});

describe('with a plan', () => {
  test('a vault with a key of its own outlives the broker, under a lock that nobody can take off', () => {
    const [[id] = []] = Object.entries(resources(made.state, 'AWS::KMS::Key')).filter(([one]) =>
      one.startsWith('Backup'),
    );
    expect(only(made.state, 'AWS::Backup::BackupVault')).toMatchObject({
      Properties: {
        BackupVaultName: 'ValetKey-backups',
        EncryptionKeyArn: { 'Fn::GetAtt': [id, 'Arn'] },
        LockConfiguration: { MinRetentionDays: 7, MaxRetentionDays: 120, ChangeableForDays: 30 },
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(resources(made.state, 'AWS::KMS::Key')[id ?? '']).toMatchObject({
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
      DeletionPolicy: 'Retain',
    });
  });

  test('each backup is kept and copied for as long as the configuration says', () => {
    const { BackupPlan } = only(made.broker, 'AWS::Backup::BackupPlan').Properties;
    expect(BackupPlan).toMatchObject({
      BackupPlanRule: [
        {
          ScheduleExpression: 'cron(0 3 * * ? *)',
          Lifecycle: { DeleteAfterDays: 35 },
          TargetBackupVault: {
            'Fn::GetStackOutput': { StackName: 'ValetKey-state', OutputName: 'BackupVaultName' },
          },
          CopyActions: [{ DestinationBackupVaultArn: OTHER, Lifecycle: { DeleteAfterDays: 90 } }],
        },
      ],
    });
    const selection = only(made.broker, 'AWS::Backup::BackupSelection').Properties;
    expect(JSON.stringify(selection)).toContain('TableName');
  });

  test('a backup or a copy that fails is told to the security topic', () => {
    const rules = Object.entries(resources(made.broker, 'AWS::Events::Rule'));
    const [, rule] = rules.find(([id]) => id.startsWith('BackupsFailed')) ?? [];
    expect(rule?.Properties).toMatchObject({
      EventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Backup Job State Change', 'Copy Job State Change'],
        detail: { state: ['ABORTED', 'EXPIRED', 'FAILED'] },
      },
      Targets: [{ Arn: { Ref: expect.stringMatching(/^EventsSecurity/) } }],
    });
  });

  test('it passes cdk-nag', () => {
    const { pluginReports } = JSON.parse(planned.validation) as {
      readonly pluginReports: object[];
    };
    expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
  });
});

describe('the rights that backups need', () => {
  const of = (role: string): readonly Statement[] => statementsByRole(made.broker).get(role) ?? [];
  const resourcesOf = (statements: readonly Statement[], action: string): string =>
    JSON.stringify(statements.filter((one) => actionsOf([one]).includes(action)));

  test('AWS Backup may back up one table, and write no item of it', () => {
    // Twice the same on keys: on its own, and on those of copies.
    expect([...new Set(actionsOf(of('backupsbackup')))]).toEqual([
      ...['backup:CopyFromBackupVault', 'backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
      ...['backup:TagResource', 'dynamodb:CreateBackup', 'dynamodb:DeleteBackup'],
      ...['dynamodb:DescribeBackup', 'dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource'],
      ...['dynamodb:StartAwsBackupJob', 'kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey'],
      'kms:GenerateDataKey',
    ]);
    // The key of a copy is that of its vault, wherever it is.
    expect(resourcesOf(of('backupsbackup'), 'kms:CreateGrant')).toContain('backup.*');
    expect(resourcesOf(of('backupsbackup'), 'dynamodb:StartAwsBackupJob')).toContain('TableName');
    const copying = resourcesOf(of('backupsbackup'), 'backup:CopyIntoBackupVault');
    expect(copying).toContain(OTHER);
    expect(copying).not.toContain('"*"');
  });

  test('restore tests write into tables of tests, and never into that of the broker', () => {
    const writing = of('restoretestsrestore').filter((one) =>
      actionsOf([one]).some((action) => /^dynamodb:(Put|Update|Batch|Delete)/.test(action)),
    );
    expect(writing).toHaveLength(1);
    const text = JSON.stringify(writing[0]?.Resource);
    expect(text).toContain(':table/awsbackup-restore-test-*');
    expect(text).not.toContain('TableName');
  });

  test('the Lambda that checks scans restored tables alone, and writes nothing but its result', () => {
    expect(actionsOf(of('validate'))).toEqual([
      ...['backup:GetRestoreTestingPlan', 'backup:ListRestoreJobs'],
      ...['backup:PutRestoreValidationResult', 'dynamodb:DescribeContinuousBackups'],
      ...['dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive', 'dynamodb:GetItem'],
      ...['dynamodb:Query', 'dynamodb:Scan', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GetPublicKey'],
      ...['logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject'],
    ]);
    const scanning = resourcesOf(of('validate'), 'dynamodb:Scan');
    expect(scanning).toContain(':table/awsbackup-restore-test-*');
    expect(scanning).not.toContain('TableName');
    const reading = of('validate').filter((one) => actionsOf([one]).includes('dynamodb:GetItem'));
    expect(reading).toMatchObject([
      {
        Action: ['dynamodb:GetItem', 'dynamodb:Query'],
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ROLE#*'] } },
      },
    ]);
    // Hashes, and no entries: these are in tile/entries/.
    const files = resourcesOf(of('validate'), 's3:GetObject');
    expect(files).toMatch(/\/checkpoint.*\/tile\/\?\/\*/);
    expect(files).not.toContain('"/*"');
  });

  test('both roles are for AWS Backup alone, and have no managed policy', () => {
    const roles = Object.entries(resources(made.broker, 'AWS::IAM::Role')).filter(([id]) =>
      /^(Backups|RestoreTests)/.test(id),
    );
    expect(roles).toHaveLength(2);
    for (const [, { Properties }] of roles) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties['AssumeRolePolicyDocument']).toMatchObject({
        Statement: [{ Principal: { Service: 'backup.amazonaws.com' } }],
      });
    }
  });
});

describe('restore tests', () => {
  test('restore the newest backup every Sunday, under the key of the table', () => {
    expect(only(made.broker, 'AWS::Backup::RestoreTestingPlan').Properties).toMatchObject({
      RestoreTestingPlanName: 'ValetKey_weekly',
      ScheduleExpression: 'cron(0 6 ? * SUN *)',
      RecoveryPointSelection: { Algorithm: 'LATEST_WITHIN_WINDOW', SelectionWindowDays: 8 },
    });
    const selection = only(made.broker, 'AWS::Backup::RestoreTestingSelection').Properties;
    expect(selection).toMatchObject({
      ProtectedResourceType: 'DynamoDB',
      RestoreMetadataOverrides: {
        encryptionType: 'KMS',
        kmsMasterKeyArn: { 'Fn::GetStackOutput': { OutputName: 'TableKeyArn' } },
      },
    });
  });

  test('call the Lambda when one of this plan has ended, good or not, and two days later', () => {
    const rules = Object.entries(resources(made.broker, 'AWS::Events::Rule'));
    const of = (start: string) => rules.find(([id]) => id.startsWith(start))?.[1].Properties;
    const target = { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^validate/), 'Arn'] } };
    expect(of('RestoreTestsRestored')).toMatchObject({
      EventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Restore Job State Change'],
        detail: {
          restoreTestingPlanArn: [
            { 'Fn::GetAtt': [expect.stringMatching(/^RestoreTestsPlan/), 'RestoreTestingPlanArn'] },
          ],
          status: ['ABORTED', 'COMPLETED', 'FAILED'],
        },
      },
      Targets: [target],
    });
    expect(of('RestoreTestsLook')).toMatchObject({
      ScheduleExpression: 'cron(0 6 ? * TUE *)',
      Targets: [target],
    });
  });
});

test('a table and a vault that exist are used, and not made', () => {
  expect(resources(named.state, 'AWS::Backup::BackupVault')).toEqual({});
  const { BackupPlan } = only(named.broker, 'AWS::Backup::BackupPlan').Properties;
  expect(BackupPlan).toMatchObject({
    BackupPlanRule: [
      { TargetBackupVault: 'acme-backups', ScheduleExpression: 'cron(0 3 ? * SAT *)' },
    ],
  });
  const selections = ['AWS::Backup::BackupSelection', 'AWS::Backup::RestoreTestingSelection'];
  for (const type of selections) {
    expect(JSON.stringify(only(named.broker, type).Properties)).toContain(':table/restored');
  }
});

test('the security topic hears of a key of the broker that is disabled or to be deleted', () => {
  const keys = ['TableKeyArn', 'LedgerKeyArn', 'BackupKeyArn'];
  const rules = Object.entries(resources(made.broker, 'AWS::Events::Rule'));
  const [, rule] = rules.find(([id]) => id.startsWith('KeyWatch')) ?? [];
  expect(rule?.Properties).toMatchObject({
    EventPattern: {
      source: ['aws.kms'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventName: ['DisableKey', 'ScheduleKeyDeletion'],
        resources: {
          ARN: keys.map((OutputName) => ({ 'Fn::GetStackOutput': { OutputName } })),
        },
      },
    },
    Targets: [{ Arn: { Ref: expect.stringMatching(/^EventsSecurity/) } }],
  });
  const policies = Object.values(resources(made.broker, 'AWS::SNS::TopicPolicy'));
  const allowed = policies.filter(({ Properties }) =>
    JSON.stringify(Properties).includes('events.amazonaws.com'),
  );
  expect(allowed).toHaveLength(1);
});
