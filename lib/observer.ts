import type * as events from 'aws-cdk-lib/aws-events';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import { noticeQueue } from './notice-queue.ts';
import { runEvery } from './schedule.ts';

/** Brings every event to the Lambda that counts them, and lets it look for those that no notice came for. */
export class Observer extends Construct {
  readonly notices: sqs.Queue;
  readonly failures: sqs.Queue;

  constructor(scope: Construct, id: string, bus: events.EventBus, observe: BundledFunction) {
    super(scope, id);
    const { notices, failures } = noticeQueue(this, {
      ...{ bus, to: observe, timeoutSeconds: OBSERVE_TIMEOUT_SECONDS, batchSize: 100 },
      description: 'Valet Key: tells the observer of every event',
      failuresId: 'NotObserved',
    });
    this.notices = notices;
    this.failures = failures;
    runEvery(this, observe, {
      minutes: 5,
      description: 'Valet Key: finds events that were not observed',
    });
  }
}

export const OBSERVE_TIMEOUT_SECONDS = 120;
