import { Duration, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';
import { dataRemovalPolicy, removalPolicy } from './keeping.ts';

/** The only file of the log that changes. */
const CHECKPOINT = 'checkpoint';

/**
 * The files of the log. Object Lock keeps every version for the days of the configuration.
 *
 * @param more what is particular to this bucket.
 */
export function ledgerBucket(
  scope: Construct,
  config: Config,
  more: Pick<s3.BucketProps, 'enforceSSL' | 'replicationRole' | 'replicationRules'> = {},
): s3.Bucket {
  const { retentionDays } = config.ledger;
  const lock = lockOf(config);
  const days = Duration.days(retentionDays);
  const bucket = new s3.Bucket(scope, 'LedgerFiles', {
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
    ...more,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'Data events of CloudTrail record who reads the log; server access logs are best-effort.',
  });
  return bucket;
}

/** Lets one role create files, and nobody replace or delete any. The policy stays as long as the bucket. */
export function denyRewriting(bucket: s3.Bucket, writer: string, config: Config): void {
  for (const statement of denials(bucket, writer, lockOf(config))) {
    bucket.addToResourcePolicy(statement);
  }
  bucket.policy?.applyRemovalPolicy(dataRemovalPolicy(config));
}

/**
 * The same for a bucket that exists. In a deployment that an earlier version made, this is the policy that it has: with
 * its path, and so its logical id, no update leaves the files without it.
 *
 * @param scope Has the path `Ledger/Files` in the broker's stack.
 * @param copier matches the roles that may copy files into it from another Region. Default: none may.
 */
export function policyOfExisting(
  scope: Construct,
  bucket: s3.IBucket,
  writer: string,
  config: Config,
  copier?: string,
): void {
  const policy = new s3.BucketPolicy(scope, 'Policy', {
    bucket,
    // A first deployment that fails later must not leave it: the next one could not make it.
    removalPolicy: removalPolicy(config),
  });
  const statements = [noPlainHttp(bucket), ...denials(bucket, writer, lockOf(config), copier)];
  for (const statement of statements) policy.document.addStatements(statement);
}

type Lock = 'compliance' | 'governance' | 'none';

function lockOf({ ledger, keepData }: Config): Lock {
  return ledger.lock ?? (keepData ? 'compliance' : 'none');
}

/** What `enforceSSL` adds to the policy of a bucket that CDK makes. */
function noPlainHttp(bucket: s3.IBucket): iam.PolicyStatement {
  return new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['s3:*'],
    resources: [bucket.bucketArn, bucket.arnForObjects('*')],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });
}

function denials(
  bucket: Pick<s3.IBucket, 'arnForObjects'>,
  writer: string,
  lock: Lock,
  copier?: string,
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
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': writer } },
    }),
    // What the first Region still sends after the second has taken over would put its own checkpoint in front.
    deny({
      sid: 'OnlyAStandbyTakesCopies',
      actions: ['s3:ReplicateObject', 's3:ReplicateTags'],
      resources: [files],
      ...(copier !== undefined && {
        conditions: { ArnNotLike: { 'aws:PrincipalArn': copier } },
      }),
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
            actions: [
              ...['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:ReplicateDelete'],
              's3:BypassGovernanceRetention',
            ],
            resources: [files],
          }),
        ]),
  ];
}
