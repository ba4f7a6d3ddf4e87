import * as z from 'zod';
import { PARTITION } from '../role-arn.ts';

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html */
const days = (least: number) => z.int().min(least).max(36_500);

/** Restore tests are weekly, so that there is always one more backup than the one that is being deleted. */
const keepDays = days(7);

const copy = z.strictObject({
  vaultArn: z
    .string()
    .regex(
      new RegExp(`^arn:${PARTITION}:backup:[a-z0-9-]+:\\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}$`),
      'is not the ARN of a backup vault; write it as arn:<partition>:backup:<Region>:<account>:backup-vault:<name>',
    )
    .describe('Vault of another Region or account, whose policy lets this account copy into it'),
  keepDays: keepDays.optional().describe('Default: as the backup that is copied'),
});

const lock = z.strictObject({
  mode: z
    .enum(['governance', 'compliance'])
    .describe(
      'With governance, whoever may change the lock of a vault can take it off; with compliance nobody can, AWS included, once changeableForDays are over: it is IRREVERSIBLE',
    ),
  minDays: days(1).describe('The vault refuses backups that are kept for less'),
  maxDays: days(1).describe('The vault refuses backups that are kept for longer'),
  changeableForDays: days(3)
    .optional()
    .describe('With compliance: for how long after the deployment the lock can still be taken off'),
});

const plan = z
  .strictObject({
    every: z
      .enum(['hour', 'day', 'week'])
      .default('day')
      .describe('How often: each day at 03:00 UTC, each week on Saturday'),
    keepDays: keepDays.default(35).describe('How long each backup is kept'),
    copies: z.array(copy).max(5).default([]).describe('Vaults that each backup is copied to'),
    lock: lock.optional().describe('Vault Lock: nobody deletes a backup before its time'),
    restoreTests: z
      .boolean()
      .default(false)
      .describe(
        'Whether the newest backup is restored each Sunday into a table of its own, which a Lambda checks and AWS Backup deletes',
      ),
  })
  .superRefine(({ keepDays: kept, copies, lock: locked }, issues) => {
    const refuse = (path: readonly (string | number)[], message: string): void =>
      issues.addIssue({ code: 'custom', path: [...path], message });
    for (const [index, { vaultArn }] of copies.entries()) {
      if (copies.findIndex((other) => other.vaultArn === vaultArn) === index) continue;
      refuse(['copies', index, 'vaultArn'], 'is listed twice');
    }
    if (locked === undefined) return;
    const { mode, minDays, maxDays, changeableForDays } = locked;
    if (mode === 'compliance' && changeableForDays === undefined) {
      refuse(
        ['lock', 'changeableForDays'],
        'is missing; with compliance, say for how many days the lock can still be taken off: 3 or more',
      );
    }
    if (mode === 'governance' && changeableForDays !== undefined) {
      refuse(['lock', 'changeableForDays'], 'is for compliance; with governance, leave it out');
    }
    if (maxDays < minDays) refuse(['lock', 'maxDays'], 'must not be less than minDays');
    else if (kept < minDays || kept > maxDays) {
      const message = `is ${kept}, and the lock allows ${minDays} to ${maxDays}: the vault would refuse every backup`;
      refuse(['keepDays'], message);
    }
  });

export const backupsSchema = z.strictObject({
  pitrDays: z
    .int()
    .min(1)
    .max(35)
    .optional()
    .describe('How many days back the table can be restored to any second; default: 35'),
  plan: plan
    .optional()
    .describe(
      'Backups of the table by AWS Backup, in a vault with a key of its own; without it there are none',
    ),
});

export type BackupPlan = z.output<typeof plan>;
export type VaultLock = z.output<typeof lock>;
