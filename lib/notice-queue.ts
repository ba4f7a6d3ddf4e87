import { Duration, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../core/api/event-detail.ts';
import type { BundledFunction } from './bundled-function.ts';

export type NoticeQueueProps = {
  /** The bus that every event comes over. */
  readonly bus: events.EventBus;
  readonly to: BundledFunction;
  /** The time-out of that Lambda. */
  readonly timeoutSeconds: number;
  /** How many notices it takes at a time. */
  readonly batchSize: number;
  readonly description: string;
  /** Default: every event. */
  readonly types?: readonly string[];
  /** The id of the queue of what the Lambda could not read for half an hour. */
  readonly failuresId: string;
};

export type NoticeQueue = { readonly notices: sqs.Queue; readonly failures: sqs.Queue };

/**
 * Brings notices of events to a Lambda. Not a third reader of the table's stream: it serves two at a time
 * (Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB", "Simultaneous readers").
 */
export function noticeQueue(
  scope: Construct,
  { bus, to, timeoutSeconds, batchSize, description, types, failuresId }: NoticeQueueProps,
): NoticeQueue {
  const failures = queue(scope, failuresId, { retentionPeriod: Duration.days(14) });
  Validations.of(failures).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'This queue is the dead-letter queue of the notices.',
  });
  const notices = queue(scope, 'Notices', {
    // Six times the time-out of the reader (Lambda Developer Guide, "Using Lambda with Amazon SQS").
    visibilityTimeout: Duration.seconds(6 * timeoutSeconds),
    retentionPeriod: Duration.days(14),
    deadLetterQueue: { queue: failures, maxReceiveCount: 10 },
  });
  new events.Rule(scope, 'Events', {
    description,
    eventBus: bus,
    eventPattern: {
      source: [EVENT_SOURCE],
      ...(types !== undefined && { detailType: [...types] }),
    },
    targets: [new SqsQueue(notices)],
  });
  to.function.addEventSource(
    new SqsEventSource(notices, {
      batchSize,
      maxBatchingWindow: Duration.seconds(5),
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    }),
  );
  return { notices, failures };
}

function queue(scope: Construct, id: string, props: sqs.QueueProps): sqs.Queue {
  return new sqs.Queue(scope, id, {
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...props,
  });
}
