import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for databases and caches. See `service.ts` for the columns. */
export const DATABASES: readonly Service[] = [
  {
    service: 'dynamodb',
    sources: ['dynamodb', 'streams.dynamodb'],
    reviewed: 79,
    source:
      'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html',
    management: 'all',
    data: [
      {
        types: ['AWS::DynamoDB::Table'],
        actions: `
BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem GetItem PartiQLDelete PartiQLInsert
PartiQLSelect PartiQLUpdate PutItem Query Scan UpdateItem
`,
        source:
          'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html',
      },
      {
        types: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::Stream'],
        actions: 'GetRecords GetShardIterator',
        source:
          'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html',
      },
    ],
    none: [
      {
        actions: `
AssociateTableReplica CreateGlobalTableWitness CreateTableReplica DeleteGlobalTableWitness
DeleteTableReplica InjectError ReadDataForReplication ReplicateSettings RestoreTableFromAwsBackup
StartAwsBackupJob WriteDataForReplication
`,
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/api-permissions-reference.html',
      },
    ],
    unsure: [
      {
        actions: 'DescribeEndpoints',
        why: 'the page does not list it',
        source:
          'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html',
      },
      {
        actions: `
DescribeReservedCapacity DescribeReservedCapacityOfferings GetAbacStatus
PurchaseReservedCapacityOfferings SearchVectors UpdateAbacStatus UpdateGlobalTableVersion
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'rds',
    sources: ['rds'],
    reviewed: 169,
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/logging-using-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'CrossRegionCommunication',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: 'DownloadCompleteDBLogFile',
        why: 'it is a download over HTTP, and no page says which record it leaves',
        source:
          'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/logging-using-cloudtrail.html',
      },
      {
        actions: `
CopyCustomDBEngineVersion DescribeRecommendationGroups DescribeRecommendations
ModifyRecommendation
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'rds-db',
    sources: ['rds-db'],
    reviewed: 1,
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html',
    management: 'all',
    none: [
      {
        actions: 'connect',
        why: 'the database checks the token; AWS records no call',
        source:
          'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html',
      },
    ],
  },
  {
    service: 'rds-data',
    sources: ['rdsdata', 'rds-data'],
    reviewed: 6,
    source:
      'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/logging-using-cloudtrail-data-api.html',
    management: 'all',
    data: [
      {
        types: ['AWS::RDS::DBCluster'],
        actions: `
BatchExecuteStatement BeginTransaction CommitTransaction ExecuteSql ExecuteStatement
RollbackTransaction
`,
        source:
          'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/logging-using-cloudtrail-data-api.html',
      },
    ],
  },
  {
    service: 'elasticache',
    sources: ['elasticache'],
    reviewed: 77,
    source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/logging-using-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'Connect',
        why: 'the cache checks the token; AWS records no call',
        source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html',
      },
      {
        actions: 'InterruptClusterAzPower',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
  },
  {
    service: 'redshift',
    sources: ['redshift'],
    reviewed: 166,
    source: 'https://docs.aws.amazon.com/redshift/latest/mgmt/logging-with-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'CreateClusterUser JoinGroup',
        why: 'it is checked in GetClusterCredentials',
        source:
          'https://docs.aws.amazon.com/redshift/latest/mgmt/generating-iam-credentials-role-permissions.html',
      },
    ],
    unsure: [
      {
        actions: `
AuthorizeInboundIntegration CancelQuery CancelQuerySession CreateInboundIntegration
CreateQev2IdcApplication CreateSavedQuery DeleteQev2IdcApplication DeleteSavedQueries
DescribeAutonomicsDenylist DescribeQev2IdcApplications DescribeQuery DescribeSavedQueries
DescribeTable ExecuteQuery FetchResults ListDatabases ListSavedQueries ListSchemas ListTables
ModifyAutonomicsDenylist ModifyQev2IdcApplication ModifySavedQuery ViewQueriesFromConsole
ViewQueriesInConsole
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/redshift/latest/mgmt/logging-with-cloudtrail.html',
      },
    ],
  },
  {
    service: 'redshift-data',
    sources: ['redshift-data'],
    reviewed: 12,
    source: 'https://docs.aws.amazon.com/redshift/latest/mgmt/logging-with-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: 'GetStagingBucketLocation ListSessions',
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/redshift/latest/mgmt/logging-with-cloudtrail.html',
      },
    ],
  },
];
