import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';
import { readStream } from './read-stream.ts';
import { subscribe, topic } from './topic.ts';

export type EventOutletProps = {
  readonly table: GrantTable;
  readonly publish: BundledFunction;
  /** The addresses to subscribe; others can be subscribed later. */
  readonly mails: Config['mails'];
};

/** The events of the broker: a bus for programs, three topics for people. */
export class EventOutlet extends Construct {
  readonly bus: events.EventBus;
  readonly security: sns.Topic;
  /** Requesters subscribe with a filter on `requester`, so that each gets only their own mails. */
  readonly requesters: sns.Topic;
  /** What the stream's reader did not manage. */
  readonly failures: sqs.Queue;
  private readonly approvers: sns.Topic;

  constructor(scope: Construct, id: string, { table, publish, mails }: EventOutletProps) {
    super(scope, id);
    this.bus = new events.EventBus(this, 'Bus', {
      eventBusName: `${Stack.of(this).stackName}-events`,
      description: 'Events of Valet Key; docs/reference/events describes each one',
    });
    this.approvers = topic(this, 'Approvers', 'Valet Key: requests waiting for votes');
    subscribe(this.approvers, mails.approvers);
    this.security = topic(this, 'Security', 'Valet Key: break-glass and kill switch');
    subscribe(this.security, mails.security);
    if (mails.security.length === 0) this.warn();
    this.requesters = topic(this, 'Requesters', 'Valet Key: what became of your requests');
    publish.function.addEnvironment('EVENT_BUS', this.bus.eventBusName);
    publish.function.addEnvironment('APPROVERS_TOPIC', this.approvers.topicArn);
    publish.function.addEnvironment('SECURITY_TOPIC', this.security.topicArn);
    publish.function.addEnvironment('REQUESTERS_TOPIC', this.requesters.topicArn);
    publish.allow({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] });
    publish.allow({
      actions: ['sns:Publish'],
      resources: [this.approvers.topicArn, this.security.topicArn, this.requesters.topicArn],
    });
    this.failures = readStream(this, table, publish, {
      eventName: ['INSERT'],
      // Events of grants, and of principals.
      sk: [{ prefix: 'EVENT#' }, { prefix: 'AUDIT#' }],
      retention: Duration.days(14),
    });
  }

  /** The topic is made all the same: others may subscribe to it. */
  private warn(): void {
    Annotations.of(this).addWarningV2(
      'valetkey:no-alarm-address',
      'Alarms reach nobody: mails.security in valetkey.yaml has no address. Write one, or subscribe to the security topic after the deployment.',
    );
  }
}
