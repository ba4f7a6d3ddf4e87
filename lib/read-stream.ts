import { Duration, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';

export type StreamFilter = {
  readonly eventName: readonly string[];
  /** Patterns for the sort key, as event filters have them. */
  readonly sk: readonly unknown[];
  readonly retention: Duration;
};

/**
 * Hands what the table's stream tells to a Lambda, in order within a grant; what fails for hours is
 * noted in a queue; `npm run redrive` publishes events again, and the sweep needs no stream.
 */
export function readStream(
  scope: Construct,
  grants: GrantTable,
  reader: BundledFunction,
  filter: StreamFilter,
): sqs.Queue {
  const { table } = grants;
  const failures = new sqs.Queue(scope, 'NotDelivered', {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: filter.retention,
  });
  Validations.of(failures).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'It is itself the dead-letter queue of the stream.',
  });
  reader.allow({
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    resources: [table.tableStreamArn ?? ''],
  });
  reader.allow(grants.keyStatement('read'));
  new lambda.EventSourceMapping(scope, 'Stream', {
    target: reader.function,
    eventSourceArn: table.tableStreamArn ?? '',
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    batchSize: 25,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 100,
    maxRecordAge: Duration.hours(6),
    onFailure: new SqsDlq(failures),
    filters: [
      lambda.FilterCriteria.filter({
        eventName: filter.eventName,
        dynamodb: { NewImage: { sk: { S: filter.sk } } },
      }),
    ],
  });
  return failures;
}
