import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for queues, streams, events and mail. See `service.ts` for the columns. */
export const MESSAGING: readonly Service[] = [
  {
    service: 'sqs',
    sources: ['sqs'],
    reviewed: 20,
    source:
      'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/logging-using-cloudtrail.html',
    management: `
AddPermission CancelMessageMoveTask CreateQueue DeleteQueue ListMessageMoveTasks PurgeQueue
RemovePermission SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue
`,
    events: [
      {
        source:
          'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html',
        of: {
          ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
          DeleteMessageBatch: 'DeleteMessage',
          SendMessageBatch: 'SendMessage',
        },
      },
    ],
    data: [
      {
        types: ['AWS::SQS::Queue'],
        actions: `
ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues
ListQueues ListQueueTags ReceiveMessage SendMessage
`,
        source:
          'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'sns',
    sources: ['sns'],
    reviewed: 41,
    source: 'https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html',
    management: 'all',
    events: [
      {
        source: 'https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html',
        of: { PublishBatch: 'Publish' },
      },
    ],
    data: [
      {
        types: ['AWS::SNS::Topic', 'AWS::SNS::PlatformEndpoint'],
        actions: 'Publish',
        withoutArn: 'messages to phone numbers leave no record',
        source: 'https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'kinesis',
    sources: ['kinesis'],
    reviewed: 47,
    source: 'https://docs.aws.amazon.com/streams/latest/dev/logging-using-cloudtrail.html',
    management: `
AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DeregisterStreamConsumer
DescribeStream DescribeStreamConsumer DisableEnhancedMonitoring EnableEnhancedMonitoring
IncreaseStreamRetentionPeriod ListStreamConsumers ListStreams ListTagsForStream MergeShards
RegisterStreamConsumer RemoveTagsFromStream SplitShard StartStreamEncryption StopStreamEncryption
UpdateShardCount UpdateStreamMode
`,
    data: [
      {
        types: ['AWS::Kinesis::Stream'],
        actions: 'GetRecords GetShardIterator PutRecord PutRecords',
        source:
          'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html',
      },
      {
        types: ['AWS::Kinesis::Stream', 'AWS::Kinesis::StreamConsumer'],
        actions: 'SubscribeToShard',
        source:
          'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html',
      },
    ],
    none: [
      {
        actions: 'InjectApiError',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
  },
  {
    service: 'firehose',
    sources: ['firehose'],
    reviewed: 12,
    source: 'https://docs.aws.amazon.com/firehose/latest/dev/monitoring-using-cloudtrail.html',
    management: 'all',
    data: [
      {
        types: ['AWS::KinesisFirehose::DeliveryStream'],
        actions: 'PutRecord PutRecordBatch',
        source:
          'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html',
      },
    ],
  },
  {
    service: 'events',
    sources: ['events'],
    reviewed: 74,
    source:
      'Amazon EventBridge User Guide, "Logging Amazon EventBridge API calls using AWS CloudTrail"',
    management: 'all',
    data: [
      {
        types: ['AWS::Events::EventBus'],
        actions: 'PutEvents',
        source:
          'Amazon EventBridge User Guide, "Logging Amazon EventBridge API calls using AWS CloudTrail"',
      },
      {
        types: ['AWS::Events::EventSource'],
        actions: 'PutPartnerEvents',
        source:
          'Amazon EventBridge User Guide, "Logging Amazon EventBridge API calls using AWS CloudTrail"',
      },
    ],
    none: [
      {
        actions: `
AllowVendedLogDeliveryForResource InvokeApiDestination RetrieveConnectionCredentials
`,
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: `
CreateEventSource CreateSubscriber DeleteEventSource DeleteResourcePolicy DeleteSubscriber
DescribeSubscriber GetResourcePolicy ListResourcePolicies ListSubscribers PutRawEvents
PutResourcePolicy RevokeResource UpdateEventSource UpdateSubscriber
`,
        why: NO_OPERATION,
        source:
          'Amazon EventBridge User Guide, "Logging Amazon EventBridge API calls using AWS CloudTrail"',
      },
    ],
  },
  {
    service: 'scheduler',
    sources: ['scheduler'],
    reviewed: 13,
    source: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/logging-using-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: 'ListSchedulesByTarget',
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/scheduler/latest/UserGuide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'pipes',
    sources: ['pipes'],
    reviewed: 10,
    source:
      'Amazon EventBridge User Guide, "Logging EventBridge Pipes API calls using AWS CloudTrail"',
    management: 'all',
  },
  {
    service: 'states',
    sources: ['states'],
    reviewed: 39,
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cloud-trail.html',
    management: 'all',
    none: [
      {
        actions: 'InvokeHTTPEndpoint RevealSecrets',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: `
GetActivityTask SendTaskFailure SendTaskHeartbeat SendTaskSuccess StartSyncExecution TestState
`,
        why: 'calls on activities and state machines are partly data events',
        source: 'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cloud-trail.html',
      },
    ],
  },
  {
    service: 'ses',
    sources: ['ses', 'email'],
    reviewed: 233,
    source: 'https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html',
    management: 'all',
    data: [
      {
        types: ['AWS::SES::EmailIdentity', 'AWS::SES::ConfigurationSet', 'AWS::SES::Template'],
        actions: `
SendBulkEmail SendBulkTemplatedEmail SendEmail SendRawEmail SendTemplatedEmail
`,
        source: 'https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html',
      },
    ],
    none: [
      {
        actions: `
AllowVendedLogDeliveryForResource ApplyTrackingConfigurationOverrides
ReplicateEmailIdentityDkimSigningKey
`,
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: 'SendBounce SendCustomVerificationEmail',
        why: 'sending is a data event in part',
        source: 'https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html',
      },
      {
        actions: `
AssociateEmailIdentityCertificate DisassociateEmailIdentityCertificate
ListEmailIdentityCertificates PutAccountPricingAttributes PutTenantSuppressionAttributes
UpdateConfigurationSet
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html',
      },
    ],
  },
];
