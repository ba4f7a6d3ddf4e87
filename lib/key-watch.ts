import * as events from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export type KeyWatchProps = {
  readonly keyArns: readonly string[];
  readonly topic: sns.Topic;
};

/**
 * Tells people when somebody schedules a key for deletion, or disables it: without its key the table, or the signature
 * of the ledger, is gone. The account needs a trail of CloudTrail for it (Amazon EventBridge User Guide, "AWS service
 * events delivered via AWS CloudTrail"). No key policy denies these calls: one that spares a single principal locks the
 * account out when that principal is gone, and `cdk destroy` could not take the keys of a trial away.
 */
export class KeyWatch extends Construct {
  constructor(scope: Construct, id: string, { keyArns, topic }: KeyWatchProps) {
    super(scope, id);
    const { fromPath } = events.EventField;
    const who = fromPath('$.detail.userIdentity.arn');
    new events.Rule(this, 'Rule', {
      description: 'Valet Key: somebody disables one of its keys, or schedules it for deletion',
      eventPattern: {
        source: ['aws.kms'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['kms.amazonaws.com'],
          eventName: ['DisableKey', 'ScheduleKeyDeletion'],
          // As an ARN; the parameters of the call have what the caller wrote.
          resources: { ARN: [...keyArns] },
        },
      },
      targets: [
        new SnsTopic(topic, {
          message: events.RuleTargetInput.fromText(
            `${fromPath('$.detail.eventName')} was called for a key of Valet Key by ${who} at ${fromPath('$.time')}. Within 30 days it can be taken back: aws kms cancel-key-deletion, aws kms enable-key. See docs/disaster-recovery.md#keys`,
          ),
        }),
      ],
    });
  }
}
