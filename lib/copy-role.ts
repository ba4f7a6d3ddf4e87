import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { copyRoleName } from '../core/accounts/names.ts';
import type { Config } from '../core/config/config-file.ts';
import { removalPolicy } from './keeping.ts';
import { COPY_RULE, copyBucketName } from './second-region-names.ts';

type LedgerFiles = Pick<s3.IBucket, 'arnForObjects' | 'bucketArn' | 'bucketName' | 'node'>;

/**
 * Lets S3 copy the ledger to the second Region: every version with its retention, and no delete marker. What was
 * written before is not copied by itself (Amazon S3 User Guide, "Setting up live replication overview").
 */
export class CopyRole extends Construct {
  /** What a bucket needs for it. */
  readonly replication: Required<Pick<s3.BucketProps, 'replicationRole' | 'replicationRules'>>;
  private readonly role: iam.Role;
  private readonly copy: s3.IBucket;

  constructor(scope: Construct, config: Config) {
    super(scope, 'Copies');
    this.role = new iam.Role(this, 'Role', {
      roleName: copyRoleName(config.stackName, Stack.of(this).region),
      assumedBy: new iam.ServicePrincipal('s3.amazonaws.com'),
    });
    this.role.applyRemovalPolicy(removalPolicy(config));
    this.copy = s3.Bucket.fromBucketName(this, 'Bucket', copyBucketName(config));
    const { FIFTEEN_MINUTES } = s3.ReplicationTimeValue;
    this.replication = {
      replicationRole: this.role,
      replicationRules: [
        {
          ...{ id: COPY_RULE, priority: 1, destination: this.copy },
          ...{ metrics: FIFTEEN_MINUTES, replicationTimeControl: FIFTEEN_MINUTES },
          deleteMarkerReplication: false,
        },
      ],
    };
  }

  /** Amazon S3 User Guide, "Setting up permissions for live replication" and "Object Lock considerations". */
  allowFrom(bucket: LedgerFiles): void {
    const files = bucket.arnForObjects('*');
    const statements: readonly iam.PolicyStatementProps[] = [
      {
        actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        resources: [bucket.bucketArn],
      },
      {
        actions: [
          ...['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl'],
          ...['s3:GetObjectVersionTagging', 's3:GetObjectRetention', 's3:GetObjectLegalHold'],
        ],
        resources: [files],
      },
      {
        actions: ['s3:ReplicateObject', 's3:ReplicateTags'],
        resources: [this.copy.arnForObjects('*')],
      },
    ];
    for (const statement of statements) this.role.addToPolicy(new iam.PolicyStatement(statement));
    for (const one of [bucket, this.copy]) this.acknowledge(one);
  }

  private acknowledge(bucket: LedgerFiles): void {
    const stack = Stack.of(this);
    const own = bucket.node.defaultChild;
    const name: unknown = stack.resolve(bucket.bucketName);
    const arn = s3.CfnBucket.isCfnBucket(own)
      ? `<${stack.getLogicalId(own)}.Arn>`
      : `arn:<AWS::Partition>:s3:::${typeof name === 'string' ? name : JSON.stringify(name)}`;
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${arn}/*]`,
      reason: 'Every object of these buckets is a file of the log.',
    });
  }
}
