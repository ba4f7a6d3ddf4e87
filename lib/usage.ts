import { Aws } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { detailTypeOf } from '../core/api/event-detail.ts';
import type { UsageConfig } from '../core/config/usage-schema.ts';
import { acknowledge } from './backup-roles.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { Keeping } from './keeping.ts';
import { noticeQueue } from './notice-queue.ts';
import { runEvery } from './schedule.ts';
import { UsageTable } from './usage-table.ts';

export type UsageProps = {
  /** The bus that every event comes over. */
  readonly bus: events.EventBus;
  readonly usage: BundledFunction;
  readonly config: UsageConfig;
  readonly keeping: Keeping;
};

/** Brings ends of grants to the Lambda that reads what was called under them, and lets it read the logs. */
export class Usage extends Construct {
  readonly notices: sqs.Queue;
  readonly failures: sqs.Queue;

  constructor(scope: Construct, id: string, { bus, usage, config, keeping }: UsageProps) {
    super(scope, id);
    const { notices, failures } = noticeQueue(this, {
      ...{ bus, to: usage, timeoutSeconds: USAGE_TIMEOUT_SECONDS, batchSize: 10 },
      description: 'Valet Key: notes grants whose calls are to be read',
      types: (['expired', 'revoked', 'outlived'] as const).map((type) => detailTypeOf({ type })),
      failuresId: 'NotNoted',
    });
    this.notices = notices;
    this.failures = failures;
    runEvery(this, usage, {
      minutes: 15,
      description: 'Valet Key: reads what was called under grants that have ended',
    });
    allowLogs(usage, config);
    allowTrails(usage);
    if (config.athena !== undefined) {
      new UsageTable(this, 'Logs', { usage, config, athena: config.athena, keeping });
    }
  }
}

/**
 * The files of CloudTrail and no others of the bucket. One of another account has to allow this role in its policy as
 * well (docs/usage.md).
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
 */
function allowLogs(usage: BundledFunction, { logs }: UsageConfig): void {
  const bucket = `arn:${Aws.PARTITION}:s3:::${logs.bucket}`;
  const below = `${logs.prefix === '' ? '' : `${logs.prefix}/`}AWSLogs/*`;
  usage.allow({
    actions: ['s3:ListBucket'],
    resources: [bucket],
    conditions: { StringLike: { 's3:prefix': below } },
  });
  const files = `${below}/CloudTrail/*`;
  usage.allow({ actions: ['s3:GetObject'], resources: [`${bucket}/${files}`] });
  acknowledge(
    usage,
    `arn:<AWS::Partition>:s3:::${logs.bucket}/${files}`,
    'Every object below is a file of CloudTrail: of an account, a Region and a day.',
  );
  if (logs.keyArn === undefined) return;
  // Objects are encrypted with a key of their own Region.
  const region = logs.keyArn.split(':')[3] ?? '';
  usage.allow({
    actions: ['kms:Decrypt'],
    resources: [logs.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${Aws.URL_SUFFIX}` } },
  });
}

/**
 * What trails record. The list of trails knows no resource, the other actions know trails.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
 */
function allowTrails(usage: BundledFunction): void {
  usage.allow({ actions: ['cloudtrail:DescribeTrails'], resources: ['*'] });
  acknowledge(usage, '*', 'The list of trails has no resource to name.');
  usage.allow({
    actions: ['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'],
    resources: [`arn:${Aws.PARTITION}:cloudtrail:*:*:trail/*`],
  });
  acknowledge(
    usage,
    'arn:<AWS::Partition>:cloudtrail:*:*:trail/*',
    'Which trails there are, and in which account an organization trail is, shows only the list of trails.',
  );
}

/** The longest that there is: logs of days are read. */
export const USAGE_TIMEOUT_SECONDS = 900;
/** One whole processor: files are unpacked and searched. */
export const USAGE_MEMORY_MB = 1769;
