import { Duration, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';

export type StreamFilter = {
  /** Kinds of change to deliver: `INSERT`, `MODIFY`, `REMOVE`. */
  readonly eventName: readonly string[];
  /** Patterns for the sort key, in the syntax of Lambda event filters. */
  readonly sk: readonly unknown[];
  /** How long the failure queue keeps its messages. */
  readonly retention: Duration;
};

/**
 * Delivers the table's stream to a Lambda, in order per grant. What still fails after six hours is
 * noted in a queue: `npm run redrive` publishes events again, and the sweep does not need the
 * stream.
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
    reason: 'This queue is the dead-letter queue of the stream.',
  });
  reader.allow({
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    resources: [table.tableStreamArn ?? ''],
  });
  // Lambda lists streams before it reads one (DynamoDB Developer Guide, "IAM policy to allow a Lambda
  // function to access DynamoDB stream records"); the list has no resource to name.
  reader.allow({ actions: ['dynamodb:ListStreams'], resources: ['*'] });
  Validations.of(reader).acknowledge({
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    reason: 'The list of streams has no resource to name, and contains only their ARNs.',
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
