import { Duration } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { backupVaultName } from '../core/accounts/names.ts';
import type { VaultLock } from '../core/config/backups-schema.ts';
import type { Config } from '../core/config/config-file.ts';
import { dataRemovalPolicy, removalPolicy } from './keeping.ts';

/**
 * The vault of the backups. Its key is not that of the table, so that the loss of one key does not take both (AWS
 * Backup Developer Guide, "Encryption for backups in AWS Backup": backups of DynamoDB have the key of their vault).
 */
export function backupVault(
  scope: Construct,
  config: Config,
  lock: VaultLock | undefined,
): { readonly vault: backup.BackupVault; readonly key: kms.Key } {
  const key = new kms.Key(scope, 'BackupKey', {
    description: 'Encrypts the backups of Valet Key',
    enableKeyRotation: true,
    pendingWindow: Duration.days(30),
    removalPolicy: dataRemovalPolicy(config),
  });
  const vault = new backup.BackupVault(scope, 'BackupVault', {
    backupVaultName: backupVaultName(config.stackName),
    encryptionKey: key,
    removalPolicy: removalPolicy(config),
    ...(lock !== undefined && { lockConfiguration: lockOf(lock) }),
  });
  return { vault, key };
}

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html */
function lockOf({ minDays, maxDays, changeableForDays }: VaultLock): backup.LockConfiguration {
  return {
    minRetention: Duration.days(minDays),
    maxRetention: Duration.days(maxDays),
    // Its presence is what makes the lock one of compliance.
    ...(changeableForDays !== undefined && { changeableFor: Duration.days(changeableForDays) }),
  };
}
