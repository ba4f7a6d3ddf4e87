import { Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import {
  acknowledge,
  acknowledgeRestored,
  type BackupKeys,
  restoredTables,
  restoreRole,
} from './backup-roles.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { Ledger } from './ledger.ts';

export type RestoreTestsProps = BackupKeys & {
  readonly vaultArn: string;
  /** Checks what was restored. */
  readonly validate: BundledFunction;
  readonly log: Ledger;
};

/**
 * Restores the newest backup every week and checks it.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
 */
export class RestoreTests extends Construct {
  private readonly planName: string;

  constructor(scope: Construct, id: string, props: RestoreTestsProps) {
    super(scope, id);
    const { table, vaultArn, validate } = props;
    // Letters, digits and underscores, and 50 of them at most.
    this.planName = `${Stack.of(this).stackName.replaceAll('-', '_')}_weekly`;
    const plan = new backup.CfnRestoreTestingPlan(this, 'Plan', {
      restoreTestingPlanName: this.planName,
      scheduleExpression: 'cron(0 6 ? * SUN *)',
      startWindowHours: 2,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: [vaultArn],
        recoveryPointTypes: ['SNAPSHOT'],
        selectionWindowDays: 8,
      },
    });
    const selection = new backup.CfnRestoreTestingSelection(this, 'Selection', {
      restoreTestingPlanName: this.planName,
      restoreTestingSelectionName: 'grants',
      protectedResourceType: 'DynamoDB',
      protectedResourceArns: [table.table.tableArn],
      iamRoleArn: restoreRole(this, props).roleArn,
      // Otherwise the grants and the audit trail would lie there under a key of AWS.
      restoreMetadataOverrides: { encryptionType: 'KMS', kmsMasterKeyArn: table.keyArn },
      validationWindowHours: 8,
    });
    selection.addDependency(plan);
    this.callFor(plan, validate);
    this.allow(plan, props);
  }

  /** The type of the resource is not part of the pattern: backups with advanced features have another one. */
  private callFor(plan: backup.CfnRestoreTestingPlan, validate: BundledFunction): void {
    new events.Rule(this, 'Restored', {
      description: 'Valet Key: a restore test of its table has ended',
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Restore Job State Change'],
        detail: {
          restoreTestingPlanArn: [plan.attrRestoreTestingPlanArn],
          status: ['ABORTED', 'COMPLETED', 'FAILED'],
        },
      },
      targets: [new LambdaFunction(validate.function, { retryAttempts: 2 })],
    });
    new events.Rule(this, 'Look', {
      description: 'Valet Key: looks whether a restore test has passed this week',
      schedule: events.Schedule.expression('cron(0 6 ? * TUE *)'),
      targets: [new LambdaFunction(validate.function, { retryAttempts: 2 })],
    });
  }

  private allow(
    plan: backup.CfnRestoreTestingPlan,
    { table, validate, log }: RestoreTestsProps,
  ): void {
    validate.function.addEnvironment('RESTORE_TESTING_PLAN', this.planName);
    validate.allow({
      actions: ['Scan', 'DescribeTable', 'DescribeTimeToLive', 'DescribeContinuousBackups'].map(
        (action) => `dynamodb:${action}`,
      ),
      resources: [restoredTables(this)],
    });
    acknowledgeRestored(validate);
    for (const statement of table.denyStatements()) validate.allow(statement);
    log.allowVerifying(validate);
    validate.allow({
      actions: ['backup:GetRestoreTestingPlan'],
      resources: [plan.attrRestoreTestingPlanArn],
    });
    // They know no resources (Service Authorization Reference, "Actions, resources, and condition keys for AWS Backup").
    validate.allow({
      actions: ['backup:ListRestoreJobs', 'backup:PutRestoreValidationResult'],
      resources: ['*'],
    });
    acknowledge(validate, '*', 'AWS Backup has no resources for these actions.');
  }
}
