import { Duration, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { BackupPlan } from '../core/config/backups-schema.ts';
import { type BackupKeys, backupRole } from './backup-roles.ts';

export type BackupsProps = BackupKeys & {
  readonly plan: BackupPlan;
  readonly vaultName: string;
  /** Hears of backups and copies that fail. */
  readonly topic: sns.Topic;
};

/** Backs the table up by AWS Backup, into a vault that outlives the broker and into others. */
export class Backups extends Construct {
  readonly vaultArn: string;

  constructor(scope: Construct, id: string, props: BackupsProps) {
    super(scope, id);
    const { plan, vaultName, table, topic } = props;
    const vault = backup.BackupVault.fromBackupVaultName(this, 'Vault', vaultName);
    this.vaultArn = vault.backupVaultArn;
    const rule = new backup.BackupPlanRule({
      ruleName: plan.every,
      backupVault: vault,
      scheduleExpression: events.Schedule.expression(SCHEDULES[plan.every]),
      startWindow: Duration.hours(1),
      completionWindow: Duration.hours(12),
      deleteAfter: Duration.days(plan.keepDays),
      copyActions: plan.copies.map(({ vaultArn, keepDays = plan.keepDays }, index) => ({
        destinationBackupVault: backup.BackupVault.fromBackupVaultArn(
          this,
          `Copy${index}`,
          vaultArn,
        ),
        deleteAfter: Duration.days(keepDays),
      })),
    });
    const vaults = [this.vaultArn, ...plan.copies.map(({ vaultArn }) => vaultArn)];
    const backupPlanName = Stack.of(this).stackName;
    new backup.BackupPlan(this, 'Plan', { backupPlanName, backupPlanRules: [rule] }).addSelection(
      'Grants',
      {
        resources: [backup.BackupResource.fromArn(table.table.tableArn)],
        role: backupRole(this, props, vaults),
        disableDefaultBackupPolicy: true,
      },
    );
    this.tellOfFailures(table.table.tableArn, topic);
  }

  /**
   * Jobs that end without a backup. AWS Backup has metrics of all jobs of an account only.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
   */
  private tellOfFailures(tableArn: string, topic: sns.Topic): void {
    const { fromPath } = events.EventField;
    const about = `${fromPath('$.detail-type')}: ${fromPath('$.detail.state')}`;
    new events.Rule(this, 'Failed', {
      description: 'Valet Key: a backup of its table, or a copy of one, failed',
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Backup Job State Change', 'Copy Job State Change'],
        detail: { resourceArn: [tableArn], state: ['ABORTED', 'EXPIRED', 'FAILED'] },
      },
      targets: [
        new SnsTopic(topic, {
          message: events.RuleTargetInput.fromText(
            `${about}, of the table of Valet Key in ${Stack.of(this).region} at ${fromPath('$.time')}. See docs/runbooks/backups.md`,
          ),
        }),
      ],
    });
  }
}

/** In UTC. Restore tests are on Sundays, after the backup of the day and of the week. */
const SCHEDULES: Readonly<Record<BackupPlan['every'], string>> = {
  hour: 'cron(0 * * * ? *)',
  day: 'cron(0 3 * * ? *)',
  week: 'cron(0 3 ? * SAT *)',
};
