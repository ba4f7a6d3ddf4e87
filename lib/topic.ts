import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export function subscribe(to: sns.Topic, addresses: readonly string[]): void {
  for (const address of addresses) to.addSubscription(new EmailSubscription(address));
}

/** A topic for people, which alarms of this account notify as well. */
export function topic(scope: Construct, id: string, displayName: string): sns.Topic {
  const made = new sns.Topic(scope, id, { displayName, enforceSSL: true });
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
