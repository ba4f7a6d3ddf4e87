import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';

/** Whether the broker's data outlives the stack, and for how many days logs are kept. */
export type Keeping = Pick<Config, 'keepData' | 'logRetentionDays'>;

/**
 * For resources whose names are fixed: they outlive the stack, but not a first deployment that fails, because
 * the next one could not create them again (CloudFormation User Guide, "DeletionPolicy attribute").
 */
export function removalPolicy({ keepData }: Keeping): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/**
 * For the table and its key: they stay whatever happens. A rollback could not delete the table, which is
 * protected from deletion, and would fail; their names are new in every deployment.
 */
export function dataRemovalPolicy({ keepData }: Keeping): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

export function logGroup(
  scope: Construct,
  id: string,
  keeping: Keeping,
  logGroupName?: string,
): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    // The values of the enum are days; the configuration accepts only these.
    retention: keeping.logRetentionDays as logs.RetentionDays,
    removalPolicy: removalPolicy(keeping),
    ...(logGroupName !== undefined && { logGroupName }),
  });
}
