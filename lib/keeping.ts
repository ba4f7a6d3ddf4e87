import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';

/** Whether the broker's data outlives the stack, and for how many days logs are kept. */
export type Keeping = Pick<Config, 'keepData' | 'logRetentionDays'>;

export function removalPolicy({ keepData }: Keeping): RemovalPolicy {
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
