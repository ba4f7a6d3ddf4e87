/** Calls of a service that need permissions for others as well. */
export type Dependents = {
  /** The prefix of the actions that are called. */
  readonly service: string;
  /** The column "Dependent actions" of the service's page in the Service Authorization Reference. */
  readonly source: string;
  /**
   * Rows of names without prefix, `*` for each of the service, then an arrow and the actions that a call of any of them
   * may need too. A row goes on in lines that are indented.
   */
  readonly needs: string;
};

/**
 * What the reference says that calls need besides their own actions, with or without a record that names the caller. Left
 * out is what no record ever shows (`none` in the rows of the services), and what rows of `beside.ts` say of all services:
 * tags of what is made, and roles of services.
 */
export const DEPENDENTS: readonly Dependents[] = [
  {
    service: 'cloudformation',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html',
    needs: `
DescribeStacks -> cloudformation:ListStacks
GetHookResult -> kms:Decrypt
`,
  },
  {
    service: 'cloudfront',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html',
    needs: `
CopyDistribution -> cloudfront:CreateDistribution cloudfront:GetDistribution
CreateDistribution -> cloudfront:CreateConnectionGroup
`,
  },
  {
    service: 'cloudtrail',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html',
    needs: `
CreateDashboard UpdateDashboard -> cloudtrail:StartDashboardRefresh cloudtrail:StartQuery
CreateEventDataStore UpdateEventDataStore -> iam:GetRole kms:Decrypt kms:GenerateDataKey
  organizations:ListAWSServiceAccessForOrganization
CreateTrail UpdateTrail -> iam:GetRole organizations:ListAWSServiceAccessForOrganization
DeregisterOrganizationDelegatedAdmin -> organizations:DeregisterDelegatedAdministrator
  organizations:ListAWSServiceAccessForOrganization
DisableFederation -> glue:DeleteDatabase glue:DeleteTable glue:PassConnection
  lakeformation:DeregisterResource lakeformation:RegisterResource
EnableFederation -> glue:CreateDatabase glue:CreateTable iam:GetRole
  lakeformation:DeregisterResource lakeformation:RegisterResource
GenerateQueryResultsSummary -> cloudtrail:GetQueryResults kms:Decrypt kms:GenerateDataKey
GetEventDataStoreData GetQueryResults StartQuery -> kms:Decrypt kms:GenerateDataKey
PutEventConfiguration -> iam:GetRole
RegisterOrganizationDelegatedAdmin -> iam:GetRole
  organizations:ListAWSServiceAccessForOrganization organizations:RegisterDelegatedAdministrator
StartDashboardRefresh -> cloudtrail:StartQuery
`,
  },
  {
    service: 'codestar-connections',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodestarconnections.html',
    needs: `
CreateRepositoryLink -> codestar-connections:PassConnection codestar-connections:UseConnection
CreateSyncConfiguration -> codestar-connections:PassRepository
GetIndividualAccessToken -> codestar-connections:StartOAuthHandshake
ListInstallationTargets -> codestar-connections:GetIndividualAccessToken
  codestar-connections:StartOAuthHandshake
UpdateConnectionInstallation -> codestar-connections:GetIndividualAccessToken
  codestar-connections:GetInstallationUrl codestar-connections:ListInstallationTargets
  codestar-connections:StartOAuthHandshake
`,
  },
  {
    service: 'compute-optimizer',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscomputeoptimizer.html',
    needs: `
DeleteRecommendationPreferences -> autoscaling:DescribeAutoScalingGroups ec2:DescribeInstances
  rds:DescribeDBClusters rds:DescribeDBInstances
ExportAutoScalingGroupRecommendations -> autoscaling:DescribeAutoScalingGroups
  compute-optimizer:GetAutoScalingGroupRecommendations
ExportEBSVolumeRecommendations -> compute-optimizer:GetEBSVolumeRecommendations
  ec2:DescribeVolumes
ExportEC2InstanceRecommendations -> compute-optimizer:GetEC2InstanceRecommendations
  ec2:DescribeInstances
ExportECSServiceRecommendations -> compute-optimizer:GetECSServiceRecommendations ecs:ListClusters
  ecs:ListServices
ExportIdleRecommendations -> compute-optimizer:GetIdleRecommendations
ExportLambdaFunctionRecommendations -> compute-optimizer:GetLambdaFunctionRecommendations
  lambda:ListFunctions lambda:ListProvisionedConcurrencyConfigs
ExportLicenseRecommendations -> compute-optimizer:GetLicenseRecommendations ec2:DescribeInstances
ExportRDSDatabaseRecommendations -> compute-optimizer:GetRDSDatabaseRecommendations
  rds:DescribeDBClusters rds:DescribeDBInstances
GetAutoScalingGroupRecommendations -> autoscaling:DescribeAutoScalingGroups
GetEBSVolumeRecommendations -> ec2:DescribeVolumes
GetEC2InstanceRecommendations GetEC2RecommendationProjectedMetrics GetLicenseRecommendations ->
  ec2:DescribeInstances
GetECSServiceRecommendations -> ecs:ListClusters ecs:ListServices
GetEffectiveRecommendationPreferences PutRecommendationPreferences ->
  autoscaling:DescribeAutoScalingGroups autoscaling:DescribeAutoScalingInstances
  ec2:DescribeInstances rds:DescribeDBClusters rds:DescribeDBInstances
GetLambdaFunctionRecommendations -> lambda:ListFunctions lambda:ListProvisionedConcurrencyConfigs
GetRDSDatabaseRecommendationProjectedMetrics GetRDSDatabaseRecommendations ->
  rds:DescribeDBClusters rds:DescribeDBInstances
`,
  },
  {
    service: 'config',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsconfig.html',
    needs: `
PutConfigurationAggregator PutOrganizationConfigRule -> organizations:EnableAWSServiceAccess
  organizations:ListDelegatedAdministrators
PutConformancePack -> s3:GetObject s3:ListBucket ssm:GetDocument
PutOrganizationConformancePack -> organizations:EnableAWSServiceAccess
  organizations:ListDelegatedAdministrators s3:GetObject
StartResourceEvaluation -> cloudformation:DescribeType
`,
  },
  {
    service: 'dax',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodbacceleratordax.html',
    needs: `
CreateCluster -> dax:CreateParameterGroup dax:CreateSubnetGroup ec2:CreateNetworkInterface
  ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups
  ec2:DescribeSubnets ec2:DescribeVpcs iam:GetRole
`,
  },
  {
    service: 'detective',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondetective.html',
    needs: `
DescribeOrganizationConfiguration DisableOrganizationAdminAccount ListOrganizationAdminAccount
  UpdateOrganizationConfiguration -> organizations:DescribeOrganization
EnableOrganizationAdminAccount -> organizations:DescribeOrganization
  organizations:EnableAWSServiceAccess organizations:RegisterDelegatedAdministrator
`,
  },
  {
    service: 'dms',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsdatabasemigrationservice.html',
    needs: `
ListMetadataModelAssessmentActionItems -> dms:StartMetadataModelImport
ListMigrationProjects -> dms:DescribeConversionConfiguration
`,
  },
  {
    service: 'ds',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsdirectoryservice.html',
    needs: `
AddIpRoutes -> ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress
  ec2:DescribeSecurityGroups
AddRegion ConnectDirectory CreateDirectory CreateMicrosoftAD -> ec2:AuthorizeSecurityGroupEgress
  ec2:AuthorizeSecurityGroupIngress ec2:CreateNetworkInterface ec2:CreateSecurityGroup
  ec2:CreateTags ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeVpcs
AddTagsToResource -> ec2:CreateTags
CreateHybridAD -> ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress
  ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission ec2:CreateSecurityGroup
  ec2:CreateTags ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeVpcs iam:GetRole
  secretsmanager:DescribeSecret secretsmanager:GetSecretValue ssm:GetCommandInvocation
  ssm:GetConnectionStatus ssm:ListCommands ssm:SendCommand
DeleteDirectory -> ec2:DeleteNetworkInterface ec2:DeleteSecurityGroup
  ec2:DescribeNetworkInterfaces ec2:RevokeSecurityGroupEgress ec2:RevokeSecurityGroupIngress
EnableCAEnrollmentPolicy -> acm-pca:DescribeCertificateAuthority
RegisterEventTopic -> sns:GetTopicAttributes
RemoveTagsFromResource -> ec2:DeleteTags
StartADAssessment -> ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress
  ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission ec2:CreateSecurityGroup
  ec2:DeleteNetworkInterface ec2:DeleteSecurityGroup ec2:DescribeNetworkInterfaces
  ec2:DescribeSubnets ec2:DescribeVpcs ssm:GetCommandInvocation ssm:GetConnectionStatus
  ssm:ListCommands ssm:SendCommand
UpdateHybridAD -> ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress
  ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission ec2:CreateSecurityGroup
  ec2:CreateTags ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeVpcs
  secretsmanager:DescribeSecret secretsmanager:GetSecretValue ssm:GetCommandInvocation
  ssm:GetConnectionStatus ssm:ListCommands ssm:SendCommand
`,
  },
  {
    service: 'dynamodb',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html',
    needs: `
RestoreTableFromBackup RestoreTableToPointInTime -> dynamodb:BatchWriteItem dynamodb:DeleteItem
  dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:Scan dynamodb:UpdateItem
`,
  },
  {
    service: 'ebs',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticblockstore.html',
    needs: `
StartSnapshot -> ec2:CreateTags
`,
  },
  {
    service: 'ec2',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html',
    needs: `
CancelCapacityReservationFleets -> ec2:CancelCapacityReservation
CreateCapacityReservationFleet -> ec2:CreateCapacityReservation ec2:DescribeCapacityReservations
  ec2:DescribeInstances
CreateFlowLogs -> ecs:ListClusters ecs:ListContainerInstances ecs:ListServices
  ecs:ListTaskDefinitions ecs:ListTasks
CreateLaunchTemplate CreateLaunchTemplateVersion DescribeLaunchTemplateVersions RunInstances ->
  ssm:GetParameters
CreateRouteServer -> sns:CreateTopic
CreateRouteServerEndpoint -> ec2:AuthorizeSecurityGroupIngress ec2:CreateNetworkInterface
  ec2:CreateNetworkInterfacePermission ec2:CreateSecurityGroup ec2:DescribeSecurityGroups
CreateRouteServerPeer -> ec2:AuthorizeSecurityGroupIngress
CreateVpcEndpoint -> ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
  route53:AssociateVPCWithHostedZone
DeleteRouteServer -> sns:DeleteTopic
DeleteRouteServerEndpoint -> ec2:DeleteNetworkInterface ec2:DeleteSecurityGroup
  ec2:RevokeSecurityGroupIngress
DeleteRouteServerPeer -> ec2:RevokeSecurityGroupIngress
DisableIpamOrganizationAdminAccount -> organizations:DeregisterDelegatedAdministrator
EnableFastLaunch -> ec2:CreateLaunchTemplate ec2:CreateSnapshot ec2:DeleteSnapshot
  ec2:DescribeImages ec2:DescribeInstanceAttribute ec2:DescribeInstanceStatus
  ec2:DescribeInstanceTypeOfferings ec2:DescribeInstances ec2:DescribeLaunchTemplateVersions
  ec2:DescribeLaunchTemplates ec2:DescribeSnapshots ec2:DescribeSubnets ec2:RunInstances
  ec2:StopInstances ec2:TerminateInstances
EnableIpamOrganizationAdminAccount -> organizations:EnableAWSServiceAccess
  organizations:RegisterDelegatedAdministrator
EnableReachabilityAnalyzerOrganizationSharing -> organizations:EnableAWSServiceAccess
ModifyCapacityReservationFleet -> ec2:ModifyCapacityReservation
`,
  },
  {
    service: 'ecr',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html',
    needs: `
CreateRepositoryCreationTemplate UpdateRepositoryCreationTemplate -> ecr:CreateRepository
  ecr:PutLifecyclePolicy ecr:SetRepositoryPolicy
`,
  },
  {
    service: 'ecs',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html',
    needs: `
CreateExpressGatewayService -> ecs:RegisterTaskDefinition
`,
  },
  {
    service: 'elasticache',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html',
    needs: `
AuthorizeCacheSecurityGroupIngress -> ec2:AuthorizeSecurityGroupIngress
BatchApplyUpdateAction CreateCacheCluster CreateReplicationGroup -> ec2:CreateNetworkInterface
  ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeVpcs
  s3:GetObject
CopySnapshot CreateSnapshot -> s3:DeleteObject s3:GetBucketAcl s3:PutObject
CreateServerlessCache -> ec2:CreateTags ec2:CreateVpcEndpoint ec2:DeleteVpcEndpoints
  ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeTags ec2:DescribeVpcEndpoints
  ec2:DescribeVpcs s3:GetObject
DecreaseReplicaCount DeleteCacheCluster DeleteCacheSubnetGroup DeleteReplicationGroup
  IncreaseReplicaCount ModifyReplicationGroup ModifyReplicationGroupShardConfiguration
  TestFailover -> ec2:CreateNetworkInterface ec2:DeleteNetworkInterface
  ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeVpcs
DeleteServerlessCache -> ec2:DescribeTags
ExportServerlessCacheSnapshot -> s3:DeleteObject s3:ListAllMyBuckets s3:PutObject
ModifyServerlessCache -> ec2:DescribeSecurityGroups ec2:DescribeTags
`,
  },
  {
    service: 'fsx',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonfsx.html',
    needs: `
CreateAndAttachS3AccessPoint -> s3:CreateAccessPoint s3:GetAccessPoint s3:PutAccessPointPolicy
CreateFileCache -> ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
  ec2:GetSecurityGroupsForVpc fsx:CreateDataRepositoryAssociation logs:CreateLogGroup
  logs:CreateLogStream s3:ListBucket
CreateFileSystem CreateFileSystemFromBackup -> ec2:GetSecurityGroupsForVpc
DeleteFileCache -> fsx:DeleteDataRepositoryAssociation
DeleteFileSystem -> fsx:CreateBackup
DetachAndDeleteS3AccessPoint -> s3:DeleteAccessPoint
`,
  },
  {
    service: 'globalaccelerator',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglobalaccelerator.html',
    needs: `
AddEndpoints RemoveEndpoints -> globalaccelerator:UpdateEndpointGroup
`,
  },
  {
    service: 'glue',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html',
    needs: `
BatchGetTableOptimizer CreateTableOptimizer DeleteTableOptimizer GetTableOptimizer
  ListTableOptimizerRuns UpdateTableOptimizer -> glue:GetTable
CreateIntegration -> kms:CreateGrant kms:DescribeKey
StartColumnStatisticsTaskRun -> glue:GetSecurityConfiguration glue:GetTable
`,
  },
  {
    service: 'grafana',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmanagedgrafana.html',
    needs: `
CreateWorkspace -> ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:GetManagedPrefixListEntries
  organizations:DescribeOrganization sso:CreateManagedApplicationInstance
  sso:DescribeRegisteredRegions sso:GetSharedSsoConfiguration
DeleteWorkspace -> sso:DeleteManagedApplicationInstance
UpdateWorkspace -> ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:GetManagedPrefixListEntries
`,
  },
  {
    service: 'guardduty',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonguardduty.html',
    needs: `
CreateIPSet UpdateIPSet UpdateThreatIntelSet -> iam:DeleteRolePolicy iam:PutRolePolicy
CreatePublishingDestination UpdatePublishingDestination -> s3:GetObject s3:ListBucket
CreateThreatEntitySet CreateTrustedEntitySet UpdateThreatEntitySet UpdateTrustedEntitySet ->
  s3:GetObject
`,
  },
  {
    service: 'health',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthapisandnotifications.html',
    needs: `
DescribeAffectedAccountsForOrganization DescribeAffectedEntitiesForOrganization
  DescribeEntityAggregatesForOrganization DescribeEventDetailsForOrganization
  DescribeEventsForOrganization DescribeHealthServiceStatusForOrganization ->
  organizations:ListAccounts
DisableHealthServiceAccessForOrganization -> organizations:DisableAWSServiceAccess
  organizations:ListAccounts
EnableHealthServiceAccessForOrganization -> organizations:EnableAWSServiceAccess
  organizations:ListAccounts
`,
  },
  {
    service: 'iam',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html',
    needs: `
GenerateOrganizationsAccessReport -> organizations:DescribePolicy organizations:ListChildren
  organizations:ListParents organizations:ListPoliciesForTarget organizations:ListRoots
  organizations:ListTargetsForPolicy
`,
  },
  {
    service: 'identitystore',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html',
    needs: `
* -> kms:Decrypt
CreateIdentityStore UpdateIdentityStore -> kms:DescribeKey kms:Encrypt
  kms:GenerateDataKeyWithoutPlaintext
`,
  },
  {
    service: 'imagebuilder',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2imagebuilder.html',
    needs: `
CreateComponent CreateWorkflow ImportComponent -> kms:Encrypt kms:GenerateDataKey
  kms:GenerateDataKeyWithoutPlaintext s3:GetObject s3:ListBucket
CreateContainerRecipe -> ec2:DescribeImages ecr:DescribeImages ecr:DescribeRepositories
  imagebuilder:GetComponent imagebuilder:GetImage kms:Encrypt kms:GenerateDataKey
  kms:GenerateDataKeyWithoutPlaintext s3:GetObject s3:ListBucket ssm:GetParameter
CreateDistributionConfiguration UpdateDistributionConfiguration -> ec2:CreateLaunchTemplateVersion
  ec2:DescribeLaunchTemplates ec2:ModifyLaunchTemplate s3:ListBucket ssm:GetParameter
CreateImage CreateImagePipeline UpdateImagePipeline -> ecr:BatchGetRepositoryScanningConfiguration
  ecr:DescribeRepositories imagebuilder:GetContainerRecipe
  imagebuilder:GetDistributionConfiguration imagebuilder:GetImageRecipe
  imagebuilder:GetInfrastructureConfiguration imagebuilder:GetWorkflow
  inspector2:BatchGetAccountStatus
CreateImageRecipe -> ec2:DescribeImages imagebuilder:GetComponent imagebuilder:GetImage
  ssm:GetParameter
CreateInfrastructureConfiguration UpdateInfrastructureConfiguration ->
  ec2:DescribeAvailabilityZones ec2:DescribeHosts resource-groups:GetGroup sns:Publish
DistributeImage -> ec2:DescribeImages imagebuilder:GetDistributionConfiguration
  imagebuilder:GetImage ssm:GetParameter
GetComponent GetWorkflow GetWorkflowStepExecution ListWorkflowStepExecutions -> kms:Decrypt
ImportDiskImage -> iam:CreateServiceLinkedRole imagebuilder:GetInfrastructureConfiguration
  imagebuilder:GetWorkflow s3:GetObject s3:ListBucket
ImportVmImage -> ec2:DescribeImages ec2:DescribeImportImageTasks iam:CreateServiceLinkedRole
ListImageScanFindings -> inspector2:ListFindings
StartImagePipelineExecution -> imagebuilder:GetImagePipeline
`,
  },
  {
    service: 'iot',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html',
    needs: `
AssociateSbomWithPackageVersion CreatePackage UpdatePackage -> iot:GetIndexingConfiguration
CreatePackageVersion UpdatePackageVersion -> iot:GetIndexingConfiguration s3:GetObjectVersion
`,
  },
  {
    service: 'kafka',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmanagedstreamingforapachekafka.html',
    needs: `
BatchAssociateScramSecret -> kms:CreateGrant kms:RetireGrant
BatchDisassociateScramSecret UpdateSecurity -> kms:RetireGrant
CreateCluster -> ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
  iam:AttachRolePolicy iam:PutRolePolicy kms:CreateGrant kms:DescribeKey
CreateClusterV2 -> ec2:CreateTags ec2:CreateVpcEndpoint ec2:DeleteVpcEndpoints
  ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcAttribute ec2:DescribeVpcEndpoints
  ec2:DescribeVpcs iam:AttachRolePolicy iam:PutRolePolicy kms:CreateGrant kms:DescribeKey
CreateReplicator -> ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
  iam:AttachRolePolicy iam:PutRolePolicy kafka:DescribeClusterV2 kafka:GetBootstrapBrokers
CreateVpcConnection -> ec2:CreateTags ec2:CreateVpcEndpoint ec2:DescribeSecurityGroups
  ec2:DescribeSubnets ec2:DescribeVpcAttribute ec2:DescribeVpcEndpoints ec2:DescribeVpcs
  iam:AttachRolePolicy iam:PutRolePolicy
DeleteCluster -> ec2:DeleteVpcEndpoints ec2:DescribeVpcAttribute ec2:DescribeVpcEndpoints
DeleteVpcConnection -> ec2:DeleteVpcEndpoints ec2:DescribeVpcEndpoints
UpdateConnectivity -> ec2:DescribeRouteTables ec2:DescribeSubnets
`,
  },
  {
    service: 'kms',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html',
    needs: `
CreateCustomKeyStore UpdateCustomKeyStore -> ec2:DescribeVpcEndpointServices
CreateKey -> kms:PutKeyPolicy
ReplicateKey -> iam:CreateServiceLinkedRole kms:CreateKey kms:PutKeyPolicy
`,
  },
  {
    service: 'lakeformation',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslakeformation.html',
    needs: `
GetQueryState GetQueryStatistics GetWorkUnits -> lakeformation:StartQueryPlanning
GetWorkUnitResults -> lakeformation:GetWorkUnits lakeformation:StartQueryPlanning
`,
  },
  {
    service: 'lambda',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html',
    needs: `
CreateCapacityProvider -> kms:DescribeKey
`,
  },
  {
    service: 'memorydb',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmemorydb.html',
    needs: `
BatchUpdateCluster CreateCluster -> ec2:CreateNetworkInterface ec2:DeleteNetworkInterface
  ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeVpcs s3:GetObject
CopySnapshot CreateSnapshot -> s3:DeleteObject s3:GetBucketAcl s3:PutObject
DeleteCluster DeleteSubnetGroup FailoverShard UpdateCluster UpdateMultiRegionCluster ->
  ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces
  ec2:DescribeSubnets ec2:DescribeVpcs
`,
  },
  {
    service: 'mq',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmq.html',
    needs: `
CreateBroker -> ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission
  ec2:CreateSecurityGroup ec2:CreateVpcEndpoint ec2:DescribeInternetGateways
  ec2:DescribeNetworkInterfacePermissions ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups
  ec2:DescribeSubnets ec2:DescribeVpcEndpoints ec2:DescribeVpcs
  ec2:ModifyNetworkInterfaceAttribute route53:AssociateVPCWithHostedZone
DeleteBroker -> ec2:DeleteNetworkInterface ec2:DeleteNetworkInterfacePermission
  ec2:DeleteVpcEndpoints ec2:DetachNetworkInterface
`,
  },
  {
    service: 'network-firewall',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsnetworkfirewall.html',
    needs: `
DescribeLoggingConfiguration -> logs:GetLogDelivery logs:ListLogDeliveries
`,
  },
  {
    service: 'organizations',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html',
    needs: `
AcceptHandshake -> iam:CreateServiceLinkedRole
`,
  },
  {
    service: 'quicksight',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonquicksight.html',
    needs: `
CreateDataSet UpdateDataSet -> quicksight:PassDataSource
CreateNamespace -> ds:CreateIdentityPoolDirectory
CreateTopic UpdateTopic -> quicksight:PassDataSet
DeleteNamespace -> ds:DeleteDirectory
`,
  },
  {
    service: 'ram',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceaccessmanagerram.html',
    needs: `
EnableSharingWithAwsOrganization -> organizations:DescribeOrganization
  organizations:EnableAWSServiceAccess
`,
  },
  {
    service: 'rds',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html',
    needs: `
CopyDBSnapshot -> rds:CopyCustomDBEngineVersion
CreateBlueGreenDeployment -> rds:CreateDBCluster rds:CreateDBClusterEndpoint rds:CreateDBInstance
  rds:CreateDBInstanceReadReplica
CreateDBCluster -> kms:CreateGrant kms:Decrypt kms:DescribeKey kms:GenerateDataKey
  rds:CreateDBInstance secretsmanager:CreateSecret secretsmanager:TagResource
CreateDBInstance -> kms:CreateGrant kms:Decrypt kms:DescribeKey kms:GenerateDataKey
  rds:CreateTenantDatabase secretsmanager:CreateSecret secretsmanager:TagResource
CreateIntegration -> kms:CreateGrant kms:DescribeKey
DeleteBlueGreenDeployment -> rds:DeleteDBCluster rds:DeleteDBClusterEndpoint rds:DeleteDBInstance
  rds:PromoteReadReplica rds:PromoteReadReplicaDBCluster
DeleteDBCluster -> rds:CreateDBClusterSnapshot rds:DeleteDBInstance
DeleteDBInstance -> rds:CreateDBSnapshot rds:DeleteTenantDatabase
DeleteTenantDatabase StopDBInstance -> rds:CreateDBSnapshot
ModifyDBCluster -> kms:CreateGrant kms:Decrypt kms:DescribeKey kms:GenerateDataKey
  rds:ModifyDBInstance secretsmanager:CreateSecret secretsmanager:RotateSecret
  secretsmanager:TagResource
ModifyDBInstance -> kms:CreateGrant kms:Decrypt kms:DescribeKey kms:GenerateDataKey
  rds:CreateTenantDatabase secretsmanager:CreateSecret secretsmanager:RotateSecret
  secretsmanager:TagResource
RebootDBCluster -> rds:RebootDBInstance
RestoreDBClusterFromS3 RestoreDBInstanceFromS3 -> kms:CreateGrant kms:Decrypt kms:DescribeKey
  kms:GenerateDataKey secretsmanager:CreateSecret secretsmanager:TagResource
RestoreDBClusterFromSnapshot RestoreDBClusterToPointInTime -> rds:CreateDBInstance
RestoreDBInstanceFromDBSnapshot RestoreDBInstanceToPointInTime -> rds:CreateTenantDatabase
SwitchoverBlueGreenDeployment -> rds:ModifyDBCluster rds:ModifyDBInstance rds:PromoteReadReplica
  rds:PromoteReadReplicaDBCluster
`,
  },
  {
    service: 'rds-data',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrdsdataapi.html',
    needs: `
CommitTransaction RollbackTransaction -> rds-data:BeginTransaction
`,
  },
  {
    service: 'redshift',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshift.html',
    needs: `
CreateCluster RestoreFromClusterSnapshot -> kms:CreateGrant kms:Decrypt kms:DescribeKey
  kms:GenerateDataKey kms:RetireGrant secretsmanager:CreateSecret secretsmanager:DeleteSecret
  secretsmanager:DescribeSecret secretsmanager:GetRandomPassword secretsmanager:RotateSecret
  secretsmanager:TagResource secretsmanager:UpdateSecret
CreateCustomDomainAssociation ModifyCustomDomainAssociation -> acm:DescribeCertificate
CreateIntegration -> kms:CreateGrant kms:DescribeKey
CreateQev2IdcApplication CreateRedshiftIdcApplication -> sso:CreateApplication
  sso:PutApplicationAccessScope sso:PutApplicationAuthenticationMethod sso:PutApplicationGrant
DeleteQev2IdcApplication DeleteRedshiftIdcApplication -> sso:DeleteApplication
DescribeRedshiftIdcApplications -> sso:GetApplicationGrant sso:ListApplicationAccessScopes
ModifyCluster -> acm:DescribeCertificate kms:CreateGrant kms:Decrypt kms:DescribeKey
  kms:GenerateDataKey kms:RetireGrant secretsmanager:CreateSecret secretsmanager:DeleteSecret
  secretsmanager:DescribeSecret secretsmanager:GetRandomPassword secretsmanager:RotateSecret
  secretsmanager:TagResource secretsmanager:UpdateSecret
ModifyQev2IdcApplication -> sso:UpdateApplication
ModifyRedshiftIdcApplication -> sso:DeleteApplicationAccessScope sso:DeleteApplicationGrant
  sso:GetApplicationGrant sso:ListApplicationAccessScopes sso:PutApplicationAccessScope
  sso:PutApplicationGrant sso:UpdateApplication
`,
  },
  {
    service: 'redshift-serverless',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html',
    needs: `
CreateCustomDomainAssociation UpdateCustomDomainAssociation -> acm:DescribeCertificate
CreateNamespace RestoreFromSnapshot UpdateNamespace -> kms:CreateGrant kms:Decrypt kms:DescribeKey
  kms:GenerateDataKey kms:RetireGrant secretsmanager:CreateSecret secretsmanager:DeleteSecret
  secretsmanager:DescribeSecret secretsmanager:GetRandomPassword secretsmanager:RotateSecret
  secretsmanager:TagResource secretsmanager:UpdateSecret
DeleteNamespace -> kms:DescribeKey kms:RetireGrant secretsmanager:DeleteSecret
  secretsmanager:DescribeSecret
`,
  },
  {
    service: 'resource-explorer-2',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourceexplorer.html',
    needs: `
BatchGetView -> resource-explorer-2:GetView
`,
  },
  {
    service: 'resource-groups',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsresourcegroups.html',
    needs: `
CancelTagSyncTask -> resource-groups:DeleteGroup
CreateGroup UpdateGroupQuery -> cloudformation:DescribeStacks
DeleteGroup -> tag:GetResources
GroupResources -> tag:TagResources
ListGroupResources SearchResources -> cloudformation:DescribeStacks
  cloudformation:ListStackResources tag:GetResources
StartTagSyncTask -> resource-groups:CreateGroup
UngroupResources -> resource-groups:Untag tag:UntagResources
`,
  },
  {
    service: 'route53',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html',
    needs: `
AssociateVPCWithHostedZone CreateHostedZone DisassociateVPCFromHostedZone ListHostedZonesByVPC ->
  ec2:DescribeVpcs
`,
  },
  {
    service: 'route53resolver',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53resolver.html',
    needs: `
AssociateFirewallRuleGroup AssociateResolverQueryLogConfig AssociateResolverRule GetFirewallConfig
  GetResolverConfig GetResolverQueryLogConfig ListFirewallConfigs ListResolverConfigs
  ListResolverQueryLogConfigAssociations ListResolverQueryLogConfigs ListResolverRuleAssociations
  UpdateFirewallConfig UpdateResolverConfig -> ec2:DescribeVpcs
AssociateResolverEndpointIpAddress -> ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces
  ec2:DescribeSubnets
CreateResolverEndpoint -> ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces
  ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
DeleteResolverEndpoint DisassociateResolverEndpointIpAddress -> ec2:DeleteNetworkInterface
  ec2:DescribeNetworkInterfaces
UpdateResolverEndpoint -> ec2:AssignIpv6Addresses ec2:DescribeNetworkInterfaces
  ec2:DescribeSubnets ec2:ModifyNetworkInterfaceAttribute ec2:UnassignIpv6Addresses
`,
  },
  {
    service: 's3',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html',
    needs: `
CreateBucketMetadataTableConfiguration -> kms:DescribeKey s3tables:CreateNamespace
  s3tables:CreateTable s3tables:CreateTableBucket s3tables:GetTable s3tables:PutTableBucketPolicy
  s3tables:PutTableEncryption s3tables:PutTablePolicy
PauseReplication -> s3:GetReplicationConfiguration s3:PutReplicationConfiguration
UpdateBucketMetadataInventoryTableConfiguration -> kms:DescribeKey s3tables:CreateNamespace
  s3tables:CreateTable s3tables:CreateTableBucket s3tables:GetTable s3tables:PutTableEncryption
  s3tables:PutTablePolicy
`,
  },
  {
    service: 'sagemaker',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html',
    needs: `
AttachClusterNodeVolume -> ec2:AttachVolume ec2:DescribeVolumes eks:DescribeCluster
BatchAddClusterNodes BatchDeleteClusterNodes -> eks:DescribeCluster
CreateCluster -> ec2:DescribeImages ec2:DescribeSnapshots ec2:ModifyImageAttribute
  ec2:ModifySnapshotAttribute eks:AssociateAccessPolicy eks:CreateAccessEntry
  eks:DeleteAccessEntry eks:DescribeAccessEntry eks:DescribeCluster
CreateClusterSchedulerConfig CreateComputeQuota UpdateClusterInference ->
  eks:AssociateAccessPolicy eks:DescribeCluster eks:ListAssociatedAccessPolicies
  sagemaker:DescribeCluster
CreateTrainingPlan -> sagemaker:CreateReservedCapacity
DeleteCluster -> eks:DeleteAccessEntry
DetachClusterNodeVolume -> ec2:DescribeVolumes ec2:DetachVolume eks:DescribeCluster
UpdateCluster -> ec2:DescribeImages ec2:DescribeSnapshots ec2:ModifyImageAttribute
  ec2:ModifySnapshotAttribute eks:AssociateAccessPolicy eks:CreateAccessEntry
  eks:DeleteAccessEntry eks:DescribeAccessEntry eks:DescribeCluster sagemaker:BatchAddClusterNodes
  sagemaker:BatchDeleteClusterNodes
UpdateClusterSoftware -> ec2:DescribeImages ec2:DescribeSnapshots ec2:ModifyImageAttribute
  ec2:ModifySnapshotAttribute eks:DescribeCluster
`,
  },
  {
    service: 'scheduler',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html',
    needs: `
DeleteScheduleGroup -> scheduler:DeleteSchedule
`,
  },
  {
    service: 'securityhub',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html',
    needs: `
BatchGetSecurityControls BatchGetStandardsControlAssociations GetSecurityControlDefinition
  ListStandardsControlAssociations -> securityhub:DescribeStandardsControls
BatchUpdateStandardsControlAssociations UpdateSecurityControl ->
  securityhub:UpdateStandardsControl
DisableOrganizationAdminAccount -> organizations:DeregisterDelegatedAdministrator
  organizations:DescribeOrganization organizations:ListDelegatedAdministrators
EnableOrganizationAdminAccount -> organizations:DescribeOrganization
  organizations:EnableAWSServiceAccess organizations:ListAWSServiceAccessForOrganization
  organizations:ListDelegatedAdministrators organizations:RegisterDelegatedAdministrator
ListOrganizationAdminAccounts -> organizations:DescribeOrganization
  organizations:ListDelegatedAdministrators
`,
  },
  {
    service: 'servicecatalog',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsservicecatalog.html',
    needs: `
AssociateResource -> cloudformation:DescribeStacks resource-groups:CreateGroup
  resource-groups:GetGroup resource-groups:Tag
DisassociateResource -> resource-groups:DeleteGroup
SyncResource -> cloudformation:UpdateStack
`,
  },
  {
    service: 'servicequotas',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html',
    needs: `
AssociateServiceQuotaTemplate -> organizations:DescribeOrganization
  organizations:EnableAWSServiceAccess
DeleteServiceQuotaIncreaseRequestFromTemplate DisassociateServiceQuotaTemplate
  GetAssociationForServiceQuotaTemplate GetServiceQuotaIncreaseRequestFromTemplate
  ListServiceQuotaIncreaseRequestsInTemplate PutServiceQuotaIncreaseRequestIntoTemplate ->
  organizations:DescribeOrganization
GetServiceQuota ListServiceQuotas -> autoscaling:DescribeAccountLimits
  cloudformation:DescribeAccountLimits dynamodb:DescribeLimits
  elasticloadbalancing:DescribeAccountLimits iam:GetAccountSummary kinesis:DescribeLimits
  rds:DescribeAccountAttributes route53:GetAccountLimit
`,
  },
  {
    service: 'ses',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html',
    needs: `
CreateIngressPoint -> ec2:DescribeVpcEndpoints
GetEmailAddressInsights -> iam:CreateServiceLinkedRole
`,
  },
  {
    service: 'shield',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsshield.html',
    needs: `
AssociateDRTLogBucket -> s3:GetBucketPolicy s3:PutBucketPolicy
AssociateDRTRole -> iam:GetRole iam:ListAttachedRolePolicies
AssociateHealthCheck -> route53:GetHealthCheck
DisassociateDRTLogBucket -> s3:DeleteBucketPolicy s3:GetBucketPolicy s3:PutBucketPolicy
EnableApplicationLayerAutomaticResponse -> apprunner:DescribeWebAclForService
  cloudfront:GetDistribution ec2:GetVerifiedAccessInstanceWebAcl iam:GetRole wafv2:GetWebACL
  wafv2:GetWebACLForResource
UpdateApplicationLayerAutomaticResponse -> apprunner:DescribeWebAclForService
  ec2:GetVerifiedAccessInstanceWebAcl wafv2:GetWebACL wafv2:GetWebACLForResource
`,
  },
  {
    service: 'sso',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html',
    needs: `
* -> kms:Decrypt
AddRegion -> identitystore:AddRegion
AssociateDirectory -> ds:AuthorizeApplication identitystore:CreateIdentityStore
CreateInstance -> identitystore:CreateIdentityStore organizations:DescribeOrganization
CreateInstanceAccessControlAttributeConfiguration -> iam:AttachRolePolicy iam:CreateRole
  iam:DeleteRole iam:DeleteRolePolicy iam:DetachRolePolicy iam:GetRole
  iam:ListAttachedRolePolicies iam:ListRolePolicies iam:PutRolePolicy iam:UpdateAssumeRolePolicy
DeleteInstance -> identitystore:DeleteIdentityStore
DisassociateDirectory -> ds:UnauthorizeApplication identitystore:DeleteIdentityStore
ListApplicationInstances -> sso:GetApplicationInstance
ListApplicationTemplates -> sso:GetApplicationTemplate
ListProfiles -> sso:GetProfile
RemoveRegion -> identitystore:RemoveRegion
SearchGroups SearchUsers -> ds:DescribeDirectories
StartSSO -> kms:DescribeKey kms:Encrypt kms:GenerateDataKeyWithoutPlaintext
  organizations:DescribeOrganization organizations:EnableAWSServiceAccess
UpdateInstance -> identitystore:UpdateIdentityStore kms:DescribeKey kms:Encrypt
  kms:GenerateDataKeyWithoutPlaintext
`,
  },
  {
    service: 'states',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html',
    needs: `
CreateStateMachine UpdateStateMachine -> states:PublishStateMachineVersion
`,
  },
  {
    service: 'support',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssupport.html',
    needs: `
StartInteraction -> support:DescribeSupportLevel
`,
  },
  {
    service: 'textract',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazontextract.html',
    needs: `
AnalyzeDocument AnalyzeExpense AnalyzeID DetectDocumentText StartDocumentAnalysis
  StartDocumentTextDetection StartExpenseAnalysis StartLendingAnalysis -> s3:GetObject
`,
  },
  {
    service: 'timestream',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazontimestream.html',
    needs: `
* -> timestream:DescribeEndpoints
CreateBatchLoadTask ResumeBatchLoadTask -> timestream:WriteRecords
PrepareQuery -> timestream:Select
Unload -> s3:AbortMultipartUpload s3:GetObject s3:PutObject timestream:Select
`,
  },
  {
    service: 'waf-regional',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafregional.html',
    needs: `
CreateWebACLMigrationStack -> s3:PutObject
`,
  },
  {
    service: 'wafv2',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html',
    needs: `
AssociateWebACL -> amplify:AssociateWebACL apigateway:SetWebACL apprunner:AssociateWebAcl
  appsync:AssociateWebACL appsync:SetWebACL ec2:AssociateVerifiedAccessInstanceWebAcl
  elasticloadbalancing:CreateWebACLAssociation elasticloadbalancing:SetWebAcl
  wafv2:GetPermissionPolicy wafv2:PutPermissionPolicy
DisassociateWebACL -> amplify:DisassociateWebACL apigateway:SetWebACL apprunner:DisassociateWebAcl
  appsync:DisassociateWebACL appsync:SetWebACL ec2:DisassociateVerifiedAccessInstanceWebAcl
  elasticloadbalancing:DeleteWebACLAssociation elasticloadbalancing:SetWebAcl
  wafv2:PutPermissionPolicy
GetWebACLForResource -> amplify:GetWebACLForResource apprunner:DescribeWebAclForService
  appsync:GetWebACLForResource ec2:GetVerifiedAccessInstanceWebAcl
  elasticloadbalancing:GetLoadBalancerWebACL wafv2:GetWebACL
ListResourcesForWebACL -> amplify:ListResourcesForWebACL apprunner:ListAssociatedServicesForWebAcl
  appsync:ListResourcesForWebACL ec2:DescribeVerifiedAccessInstanceWebAclAssociations
  elasticloadbalancing:DescribeWebACLAssociation
`,
  },
  {
    service: 'workspaces',
    source:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonworkspaces.html',
    needs: `
AuthorizeIpRules RevokeIpRules -> workspaces:UpdateRulesOfIpGroup
CopyWorkspaceImage -> workspaces:DescribeWorkspaceImages
ImportWorkspaceImage -> ec2:DescribeImages ec2:ModifyImageAttribute
UpdateRulesOfIpGroup -> workspaces:AuthorizeIpRules workspaces:RevokeIpRules
`,
  },
];
