import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { UsageConfig } from '../core/config/usage-schema.ts';
import { acknowledge } from './backup-roles.ts';
import type { BundledFunction } from './bundled-function.ts';
import { CLOUDTRAIL_TABLE, cloudtrailTable } from './cloudtrail-table.ts';
import { dataRemovalPolicy, type Keeping } from './keeping.ts';

export type UsageTableProps = {
  readonly usage: BundledFunction;
  readonly config: UsageConfig;
  readonly athena: NonNullable<UsageConfig['athena']>;
  readonly keeping: Keeping;
};

/** Lets the Lambda search the files with Athena, in a workgroup of its own that limits what each query reads. */
export class UsageTable extends Construct {
  constructor(scope: Construct, id: string, props: UsageTableProps) {
    super(scope, id);
    const { usage, config, athena: settings, keeping } = props;
    const { stackName } = Stack.of(this);
    const database = `${stackName.toLowerCase().replaceAll('-', '_')}_usage`;
    const catalogId = Aws.ACCOUNT_ID;
    const made = new glue.CfnDatabase(this, 'Database', {
      catalogId,
      databaseInput: { name: database, description: 'Valet Key: the files of CloudTrail' },
    });
    const table = new glue.CfnTable(this, 'Table', {
      ...{ catalogId, databaseName: database },
      tableInput: cloudtrailTable(config),
    });
    table.addDependency(made);
    const results = resultsBucket(this, keeping);
    const name = `${stackName}-usage`;
    new athena.CfnWorkGroup(this, 'WorkGroup', {
      ...{ name, description: 'Valet Key: searches for calls under its keys' },
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: settings.scanLimitGb * 1_000_000_000,
        resultConfiguration: {
          outputLocation: `s3://${results.bucketName}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    const names = { workgroup: name, database, table: CLOUDTRAIL_TABLE };
    usage.function.addEnvironment('USAGE_ATHENA', JSON.stringify(names));
    allowQueries(usage, names);
    allowResults(usage, results);
  }
}

function resultsBucket(scope: Construct, keeping: Keeping): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'Results', {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: dataRemovalPolicy(keeping),
    lifecycleRules: [
      { expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason: 'It has results of queries, which one Lambda reads and then deletes.',
  });
  return bucket;
}

type Names = { readonly workgroup: string; readonly database: string; readonly table: string };

/** @see https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html */
function allowQueries(usage: BundledFunction, { workgroup, database, table }: Names): void {
  const here = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  usage.allow({
    actions: [
      'GetQueryExecution',
      'GetQueryResults',
      'StartQueryExecution',
      'StopQueryExecution',
    ].map((action) => `athena:${action}`),
    resources: [`arn:${Aws.PARTITION}:athena:${here}:workgroup/${workgroup}`],
  });
  const glueArn = (resource: string) => `arn:${Aws.PARTITION}:glue:${here}:${resource}`;
  usage.allow({
    actions: ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
    resources: [
      glueArn('catalog'),
      glueArn(`database/${database}`),
      glueArn(`table/${database}/${table}`),
    ],
  });
}

/** Athena writes results with the rights of who asks, and whoever read them deletes them. */
function allowResults(usage: BundledFunction, results: s3.Bucket): void {
  usage.allow({
    actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
    resources: [results.bucketArn],
  });
  usage.allow({
    actions: [
      ...['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject'],
      ...['s3:ListMultipartUploadParts', 's3:PutObject'],
    ],
    resources: [results.arnForObjects('*')],
  });
  const own = Stack.of(results).getLogicalId(results.node.defaultChild as s3.CfnBucket);
  acknowledge(usage, `<${own}.Arn>/*`, 'Every object of this bucket is a result of a query.');
}
