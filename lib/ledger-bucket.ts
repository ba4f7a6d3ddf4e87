import { Duration, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';
import { dataRemovalPolicy } from './keeping.ts';

/** The only file of the log that changes. */
const CHECKPOINT = 'checkpoint';

/**
 * The files of the log. Object Lock keeps every version for the days of the configuration, and the policy of the
 * bucket lets one role create files and nobody replace or delete any.
 */
export function ledgerBucket(scope: Construct, writer: iam.Role, config: Config): s3.Bucket {
  const { lock = config.keepData ? 'compliance' : 'none', retentionDays } = config.ledger;
  const days = Duration.days(retentionDays);
  const bucket = new s3.Bucket(scope, 'Files', {
    versioned: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: dataRemovalPolicy(config),
    ...(lock !== 'none' && {
      objectLockEnabled: true,
      objectLockDefaultRetention:
        lock === 'compliance'
          ? s3.ObjectLockRetention.compliance(days)
          : s3.ObjectLockRetention.governance(days),
    }),
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'Data events of CloudTrail record who reads the log; server access logs are best-effort.',
  });
  for (const statement of denials(bucket, writer, lock)) bucket.addToResourcePolicy(statement);
  return bucket;
}

function denials(
  bucket: s3.Bucket,
  writer: iam.Role,
  lock: 'compliance' | 'governance' | 'none',
): readonly iam.PolicyStatement[] {
  const files = bucket.arnForObjects('*');
  const checkpoint = bucket.arnForObjects(CHECKPOINT);
  const deny = (statement: Omit<iam.PolicyStatementProps, 'effect' | 'principals'>) =>
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      ...statement,
    });
  return [
    deny({
      sid: 'OnlyTheLedgerWrites',
      actions: ['s3:PutObject'],
      resources: [files],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': writer.roleArn } },
    }),
    // Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets".
    deny({
      sid: 'FilesAreWrittenOnce',
      actions: ['s3:PutObject'],
      notResources: [checkpoint],
      conditions: { Null: { 's3:if-none-match': 'true' } },
    }),
    deny({
      sid: 'ACheckpointFollowsTheOneThatWasRead',
      actions: ['s3:PutObject'],
      resources: [checkpoint],
      conditions: { Null: { 's3:if-none-match': 'true', 's3:if-match': 'true' } },
    }),
    ...(lock === 'none'
      ? []
      : [
          deny({
            sid: 'NobodyDeletes',
            actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'],
            resources: [files],
          }),
        ]),
  ];
}
