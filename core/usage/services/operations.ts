import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for logs, metrics and deployments. See `service.ts` for the columns. */
export const OPERATIONS: readonly Service[] = [
  {
    service: 'ssm',
    sources: ['ssm'],
    reviewed: 164,
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
    management: 'all',
    data: [
      {
        types: ['AWS::SSM::ManagedNode'],
        actions: 'RequestManagedInstanceRoleToken',
        source:
          'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
      },
    ],
    none: [
      {
        actions: 'GetCalendar PutCalendar ExecuteAPI',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: `
GetManifest PutConfigurePackageResult UpdateInstanceAssociationStatus
UpdateManagedInstancePublicKey RegisterManagedInstance ListInstanceAssociations
DescribeDocumentParameters
`,
        why: 'the agent on the node calls it, and no page says which record it leaves',
        source:
          'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
      },
      {
        actions: `
CreateCloudConnector DeleteCloudConnector GetCloudConnector ListCloudConnectors
UpdateCloudConnector ValidateCloudConnector
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
      },
    ],
  },
  {
    service: 'ssmmessages',
    // Records of its calls have the source of Systems Manager.
    sources: ['ssmmessages', 'ssm'],
    reviewed: 4,
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
    management: 'all',
    data: [
      {
        types: ['AWS::SSMMessages::ControlChannel'],
        actions: 'CreateControlChannel OpenControlChannel',
        source:
          'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
      },
    ],
    none: [
      {
        actions: 'CreateDataChannel OpenDataChannel',
        why: 'the page lists no event for data channels',
        source:
          'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
      },
    ],
  },
  {
    service: 'ec2messages',
    sources: ['ec2messages'],
    reviewed: 6,
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html',
    management: 'all',
    unsure: [
      {
        actions: `
AcknowledgeMessage DeleteMessage FailMessage GetEndpoint GetMessages SendReply
`,
        why: 'the agent on the node calls it, and no page says which record it leaves',
        source:
          'https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html',
      },
    ],
  },
  {
    service: 'logs',
    sources: ['logs'],
    reviewed: 133,
    source:
      'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/logging_cw_api_calls_cwl.html',
    management: `
AssociateKmsKey CancelExportTask CreateDelivery CreateExportTask CreateLogAnomalyDetector
CreateLogGroup CreateLogStream DeleteAccountPolicy DeleteDataProtectionPolicy DeleteDelivery
DeleteDeliveryDestination DeleteDeliveryDestinationPolicy DeleteDeliverySource DeleteDestination
DeleteIndexPolicy DeleteIntegration DeleteLogAnomalyDetector DeleteLogGroup DeleteLogStream
DeleteMetricFilter DeleteQueryDefinition DeleteResourcePolicy DeleteRetentionPolicy
DeleteSubscriptionFilter DeleteTransformer DescribeAccountPolicies DescribeConfigurationTemplates
DescribeDeliveries DescribeDeliveryDestinations DescribeDeliverySources DescribeDestinations
DescribeExportTasks DescribeFieldIndexes DescribeIndexPolicies DescribeLogGroups
DescribeLogStreams DescribeMetricFilters DescribeQueries DescribeQueryDefinitions
DescribeResourcePolicies DescribeSubscriptionFilters DisassociateKmsKey FilterLogEvents
GetDataProtectionPolicy GetDelivery GetDeliveryDestination GetDeliveryDestinationPolicy
GetDeliverySource GetIntegration GetLogAnomalyDetector GetLogEvents GetLogGroupFields GetLogRecord
GetQueryResults GetTransformer ListAnomalies ListIntegrations ListLogAnomalyDetectors
ListLogGroups ListLogGroupsForQuery ListTagsForResource ListTagsLogGroup PutAccountPolicy
PutDataProtectionPolicy PutDeliveryDestination PutDeliveryDestinationPolicy PutDeliverySource
PutDestination PutDestinationPolicy PutIndexPolicy PutIntegration PutMetricFilter
PutQueryDefinition PutResourcePolicy PutRetentionPolicy PutSubscriptionFilter PutTransformer
StartLiveTail StartQuery StopQuery TagResource TestMetricFilter TestTransformer UntagResource
UpdateAnomaly UpdateDeliveryConfiguration UpdateLogAnomalyDetector
`,
    events: [
      {
        source:
          'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/permissions-reference-cwl.html',
        of: { GetLogObject: 'GetLogRecord' },
      },
    ],
    none: [
      {
        actions: 'PutLogEvents',
        why: 'the page does not list it, and no trail has shown it',
        source:
          'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/logging_cw_api_calls_cwl.html',
      },
      {
        actions: `
CallWithBearerToken IntegrateWithDataset IntegrateWithS3Table Link ProcessWithPipeline Unmask
`,
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
  },
  {
    service: 'cloudwatch',
    sources: ['monitoring', 'cloudwatch'],
    reviewed: 150,
    source:
      'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html',
    management: `
DeleteAlarms DeleteAnomalyDetector DeleteDashboards DeleteInsightRules DeleteMetricStream
DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric DescribeAnomalyDetectors
DescribeInsightRules DisableAlarmActions DisableInsightRules EnableAlarmActions EnableInsightRules
GetDashboard GetInsightRuleReport GetMetricStream ListDashboards ListManagedInsightRules
ListMetricStreams ListTagsForResource PutAnomalyDetector PutCompositeAlarm PutDashboard
PutInsightRule PutManagedInsightRules PutMetricAlarm PutMetricStream SetAlarmState
StartMetricStreams StopMetricStreams TagResource UntagResource
`,
    data: [
      {
        types: ['AWS::CloudWatch::Metric'],
        actions: `
GetMetricData GetMetricStatistics GetMetricWidgetImage ListMetrics PutMetricData
`,
        source:
          'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html',
      },
    ],
  },
  {
    service: 'cloudtrail',
    sources: ['cloudtrail'],
    reviewed: 66,
    source:
      'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: `
CreateServiceLinkedChannel DeleteServiceLinkedChannel GenerateQueryResultsSummary
GetEventDataStoreData GetServiceLinkedChannel ListServiceLinkedChannels UpdateServiceLinkedChannel
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html',
      },
    ],
  },
  {
    service: 'config',
    sources: ['config'],
    reviewed: 102,
    source: 'https://docs.aws.amazon.com/config/latest/developerguide/log-api-calls.html',
    management: 'all',
    unsure: [
      {
        actions: `
DeleteConnector GetConnector ListConnectors PutConnector
PutThirdPartyServiceLinkedConfigurationRecorder
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/config/latest/developerguide/log-api-calls.html',
      },
    ],
  },
  {
    service: 'cloudformation',
    sources: ['cloudformation', 'cloudcontrolapi'],
    reviewed: 102,
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-api-logging-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'CreateUploadBucket',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: 'ListAllHookResults TagResource UntagResource',
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-api-logging-cloudtrail.html',
      },
    ],
  },
  {
    service: 'tag',
    sources: ['tagging', 'tag'],
    reviewed: 9,
    source: 'Resource Groups and Tagging User Guide, "Logging API calls using AWS CloudTrail"',
    management: 'all',
  },
  {
    service: 'servicequotas',
    sources: ['servicequotas'],
    reviewed: 26,
    source:
      'https://docs.aws.amazon.com/servicequotas/latest/userguide/logging-using-cloudtrail.html',
    management: 'all',
  },
];
