import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { RESTORED } from '../core/recovery/restore-test.ts';
import type { GrantTable } from './grant-table.ts';

/**
 * The roles that AWS Backup assumes: the statements about DynamoDB of its managed policies, on one table, its vaults and
 * two keys.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
 */

export type BackupKeys = { readonly table: GrantTable; readonly vaultKeyArn: string };

/** Backs the table up, and copies backups to other vaults. */
export function backupRole(
  scope: Construct,
  { table, vaultKeyArn }: BackupKeys,
  vaultArns: readonly string[],
): iam.Role {
  const { tableArn } = table.table;
  const role = madeFor(scope, 'BackupRole');
  allow(role, TAKE, [tableArn]);
  allow(role, ['dynamodb:DescribeBackup', 'dynamodb:DeleteBackup'], [`${tableArn}/backup/*`]);
  allow(role, ['backup:DescribeBackupVault', 'backup:CopyIntoBackupVault'], vaultArns);
  // It names recovery points, which have no names before they are made.
  allow(role, ['backup:CopyFromBackupVault', 'backup:TagResource'], ['*']);
  useKeys(role, table, vaultKeyArn, ['kms:Decrypt', 'kms:GenerateDataKey']);
  if (vaultArns.length > 1) useKeysOfCopies(role);
  acknowledge(
    role,
    '*',
    'Recovery points have no names before they are made; keys of other vaults are yours.',
  );
  acknowledgeBelow(role, table, '/backup/*');
  return role;
}

/** Restores into tables of tests, and no others; only the restored data is written with it. */
export function restoreRole(scope: Construct, { table, vaultKeyArn }: BackupKeys): iam.Role {
  const role = madeFor(scope, 'RestoreRole');
  const tables = restoredTables(scope);
  allow(role, WRITE, [tables]);
  allow(role, ['dynamodb:RestoreTableFromBackup'], [`${table.table.tableArn}/backup/*`]);
  useKeys(role, table, vaultKeyArn, [
    ...['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
    ...['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
  ]);
  acknowledgeRestored(role);
  acknowledgeBelow(role, table, '/backup/*');
  return role;
}

/**
 * Every table that restore testing makes.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
 */
export function restoredTables(scope: Construct): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:dynamodb:${region}:${account}:table/${RESTORED}*`;
}

export function acknowledgeRestored(of: Construct): void {
  acknowledge(of, nagName(of, restoredTables(of)), 'AWS Backup names the tables of its tests.');
}

/** @param resource As cdk-nag names it. */
export function acknowledge(of: Construct, resource: string, reason: string): void {
  const id = `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`;
  Validations.of(of).acknowledge({ id, reason });
}

function acknowledgeBelow(of: Construct, { table }: GrantTable, path: string): void {
  acknowledge(of, nagName(of, `${table.tableArn}${path}`), 'Backups of this table alone.');
}

/** References as cdk-nag writes them. */
function nagName(scope: Construct, text: string): string {
  const resolved: unknown = Stack.of(scope).resolve(text);
  if (typeof resolved === 'string') return resolved;
  const { 'Fn::Join': join } = resolved as { readonly 'Fn::Join'?: readonly [string, unknown[]] };
  return (join?.[1] ?? [])
    .map((part) => (typeof part === 'string' ? part : referenceName(part as object)))
    .join('');
}

function referenceName(part: object): string {
  const { Ref } = part as { readonly Ref?: string };
  return Ref === undefined ? JSON.stringify(part) : `<${Ref}>`;
}

const TAKE = [
  ...['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource'],
  ...['dynamodb:CreateBackup', 'dynamodb:StartAwsBackupJob'],
];
const WRITE = [
  ...['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:DescribeTable'],
  ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan'],
  ...['dynamodb:RestoreTableFromAwsBackup', 'dynamodb:UpdateItem'],
];

function madeFor(scope: Construct, id: string): iam.Role {
  return new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
  });
}

function allow(role: iam.Role, actions: readonly string[], resources: readonly string[]): void {
  role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }));
}

/**
 * A copy is encrypted with the key of its vault, in whatever Region and account: the policy of that key decides.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
 */
function useKeysOfCopies(role: iam.Role): void {
  allow(role, ['kms:DescribeKey'], ['*']);
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringLike: { 'kms:ViaService': 'backup.*' } },
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['kms:CreateGrant'],
      resources: ['*'],
      conditions: {
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
        StringLike: { 'kms:ViaService': 'backup.*' },
      },
    }),
  );
}

/** Grants are for AWS services alone; the key of the table is used through DynamoDB. */
function useKeys(
  role: iam.Role,
  { keyArn }: GrantTable,
  vaultKeyArn: string,
  actions: readonly string[],
): void {
  const { region, urlSuffix } = Stack.of(role);
  const keys = [keyArn, vaultKeyArn];
  allow(role, ['kms:DescribeKey'], keys);
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['kms:CreateGrant'],
      resources: keys,
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: [...actions],
      resources: keys,
      conditions: {
        StringEquals: {
          'kms:ViaService': [`dynamodb.${region}.${urlSuffix}`, `backup.${region}.${urlSuffix}`],
        },
      },
    }),
  );
}
