import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';
import { ledgerBucket } from './ledger-bucket.ts';
import { COPY_BUCKET_OUTPUT } from './second-region-names.ts';

export type LedgerCopyStackProps = StackProps & { readonly config: Config };

/**
 * The bucket in the second Region that the ledger is copied to. It has a stack of its own, because the first Region's
 * state needs it, and all the rest in the second Region needs the first Region's state.
 */
export class LedgerCopyStack extends Stack {
  constructor(scope: Construct, id: string, props: LedgerCopyStackProps) {
    super(scope, id, props);
    // The broker's stack has the policies of buckets that it did not make; a bucket has one only.
    const bucket = ledgerBucket(this, props.config, { enforceSSL: false });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S10',
      reason: 'The policy that the stack of the standby gives it demands TLS.',
    });
    new CfnOutput(this, COPY_BUCKET_OUTPUT, { value: bucket.bucketName });
  }
}
