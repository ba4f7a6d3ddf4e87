import { Aws, Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Config } from '../core/config/config-file.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';
import { readStream } from './read-stream.ts';

export type EventOutletProps = {
  readonly table: GrantTable;
  readonly publish: BundledFunction;
  /** Who is told, besides whoever else subscribes. */
  readonly mails: Config['mails'];
};

/** Where others learn what happened: a bus for programs, two topics for people. */
export class EventOutlet extends Construct {
  readonly bus: events.EventBus;
  readonly security: sns.Topic;
  private readonly approvers: sns.Topic;

  constructor(scope: Construct, id: string, { table, publish, mails }: EventOutletProps) {
    super(scope, id);
    this.bus = new events.EventBus(this, 'Bus', {
      eventBusName: `${Stack.of(this).stackName}-events`,
      description: 'What happens to grants; docs/reference/events describes every event',
    });
    this.approvers = topic(this, 'Approvers', 'Valet Key: requests that wait for votes');
    for (const it of mails.approvers) this.approvers.addSubscription(new EmailSubscription(it));
    this.security = topic(this, 'Security', 'Valet Key: break-glass and the kill switch');
    for (const it of mails.security) this.security.addSubscription(new EmailSubscription(it));
    publish.function.addEnvironment('EVENT_BUS', this.bus.eventBusName);
    publish.function.addEnvironment('APPROVERS_TOPIC', this.approvers.topicArn);
    publish.function.addEnvironment('SECURITY_TOPIC', this.security.topicArn);
    publish.allow({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] });
    publish.allow({
      actions: ['sns:Publish'],
      resources: [this.approvers.topicArn, this.security.topicArn],
    });
    readStream(this, table, publish, {
      eventName: ['INSERT'],
      sk: [{ prefix: 'EVENT#' }],
      retention: Duration.days(14),
    });
  }
}

function topic(scope: Construct, id: string, displayName: string): sns.Topic {
  const made = new sns.Topic(scope, id, { displayName, enforceSSL: true });
  // Alarms of this account may go to it, too.
  made.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [made.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return made;
}
