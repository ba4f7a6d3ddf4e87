import { Fn } from 'aws-cdk-lib';
import type { Config } from '../core/config/config-file.ts';

/** The rule that copies the ledger; the metrics of S3 have its name as a dimension. */
export const COPY_RULE = 'second-region';

/** The output of the stack with the copy of the ledger that others read. */
export const COPY_BUCKET_OUTPUT = 'LedgerBucketName';

export function copyStackName({ stackName }: Config): string {
  return `${stackName}-ledger-copy`;
}

export function standbyStackName({ stackName }: Config): string {
  return `${stackName}-standby`;
}

/** The name of the bucket in the second Region that has the copy of the ledger. */
export function copyBucketName(config: Config): string {
  return Fn.getStackOutput(copyStackName(config), COPY_BUCKET_OUTPUT, config.secondRegion);
}
