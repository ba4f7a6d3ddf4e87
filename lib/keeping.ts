import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';

/** What becomes of what the broker wrote, and for how long it keeps its logs. */
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
    // The enumeration is of days; the configuration takes only those that it has.
    retention: keeping.logRetentionDays as logs.RetentionDays,
    removalPolicy: removalPolicy(keeping),
    ...(logGroupName !== undefined && { logGroupName }),
  });
}
