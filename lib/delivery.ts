import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../core/api/event-detail.ts';
import type { Config } from '../core/config/config-file.ts';
import type { BundledFunction } from './bundled-function.ts';
import { dataRemovalPolicy, logGroup } from './keeping.ts';

export type DeliveryProps = {
  readonly bus: events.EventBus;
  /** Writes the events in OCSF. */
  readonly deliver: BundledFunction;
  readonly config: Config;
  readonly delivery: NonNullable<Config['delivery']>;
};

/** Every event as OCSF in a bucket, for a SIEM: from the bus over a stream that gathers them into files. */
export class Delivery extends Construct {
  readonly bucketName: string;
  readonly stream: firehose.CfnDeliveryStream;

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id);
    const { bus, deliver, config, delivery } = props;
    const bucket =
      delivery.bucket === undefined
        ? ownBucket(this, config)
        : s3.Bucket.fromBucketName(this, 'Bucket', delivery.bucket);
    this.bucketName = bucket.bucketName;
    deliver.function.addEnvironment('OCSF_VERSION', delivery.ocsf);
    const log = logGroup(this, 'Logs', config);
    const lines = new logs.LogStream(this, 'Lines', {
      logGroup: log,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const rights = permissions(bucket, deliver, log);
    const role = firehoseRole(this, rights);
    acknowledgeFolders(role, bucket);
    this.stream = new firehose.CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${FOLDER}/day=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `${FOLDER}-failed/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/`,
        fileExtension: '.jsonl.gz',
        compressionFormat: 'GZIP',
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 5 },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: log.logGroupName,
          logStreamName: lines.logStreamName,
        },
        processingConfiguration: { enabled: true, processors: [processor(deliver)] },
      },
    });
    this.stream.node.addDependency(role);
    const sender = new iam.Role(this, 'SenderRole', {
      assumedBy: new iam.ServicePrincipal('events.amazonaws.com'),
    });
    const put = { actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'] };
    sender.addToPolicy(new iam.PolicyStatement({ ...put, resources: [this.stream.attrArn] }));
    new events.Rule(this, 'Events', {
      description: 'Valet Key: brings every event to the stream that delivers them',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE] },
      targets: [{ bind: () => ({ arn: this.stream.attrArn, role: sender }) }],
    });
  }
}

/** Files of events begin with it, and those of records that could not be made into events with it and `-failed`. */
const FOLDER = 'valetkey';

/** What a call of the Lambda returns must stay below 6 MB: an event in OCSF is several times as long as on the bus. */
const BATCH_MB = '0.5';

function processor({
  function: fn,
}: BundledFunction): firehose.CfnDeliveryStream.ProcessorProperty {
  const parameters = {
    LambdaArn: `${fn.functionArn}:$LATEST`,
    BufferSizeInMBs: BATCH_MB,
    BufferIntervalInSeconds: '60',
  };
  return {
    type: 'Lambda',
    parameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({
      parameterName,
      parameterValue,
    })),
  };
}

/** What Firehose needs (Amazon Data Firehose Developer Guide, "Grant Firehose access to an Amazon S3 destination"). */
function permissions(
  bucket: Pick<s3.IBucket, 'bucketArn' | 'arnForObjects'>,
  { function: fn }: BundledFunction,
  log: logs.LogGroup,
): readonly iam.PolicyStatementProps[] {
  return [
    {
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resources: [bucket.bucketArn],
    },
    {
      actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      resources: [bucket.arnForObjects(`${FOLDER}/*`), bucket.arnForObjects(`${FOLDER}-failed/*`)],
    },
    { actions: ['lambda:InvokeFunction'], resources: [`${fn.functionArn}:$LATEST`] },
    { actions: ['logs:PutLogEvents'], resources: [log.logGroupArn] },
  ];
}

function firehoseRole(scope: Construct, rights: readonly iam.PolicyStatementProps[]): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com'),
  });
  for (const right of rights) role.addToPolicy(new iam.PolicyStatement(right));
  return role;
}

/** The names of files begin with the folder and end with the time and a number. */
function acknowledgeFolders(role: iam.Role, bucket: s3.IBucket | s3.Bucket): void {
  const own = bucket.node.defaultChild;
  const arn = s3.CfnBucket.isCfnBucket(own)
    ? `<${Stack.of(role).getLogicalId(own)}.Arn>`
    : `arn:<AWS::Partition>:s3:::${bucket.bucketName}`;
  for (const folder of [FOLDER, `${FOLDER}-failed`]) {
    Validations.of(role).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${arn}/${folder}/*]`,
      reason: 'Every object of this folder is a file that the stream writes.',
    });
  }
}

function ownBucket(scope: Construct, config: Config): s3.Bucket {
  const bucket = new s3.Bucket(scope, 'Bucket', {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    removalPolicy: dataRemovalPolicy(config),
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason: 'It has copies of events, which the ledger and the table keep.',
  });
  return bucket;
}

/** Delivery is late when a file is this old: three times as long as the stream gathers events. */
export const DELIVERY_LATE = Duration.minutes(15);
