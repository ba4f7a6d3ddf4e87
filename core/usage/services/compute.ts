import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for functions, instances and containers. See `service.ts` for the columns. */
export const COMPUTE: readonly Service[] = [
  {
    service: 'lambda',
    sources: ['lambda'],
    reviewed: 119,
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html',
    management: `
AddLayerVersionPermission AddPermission CreateAlias CreateEventSourceMapping CreateFunction
CreateFunctionUrlConfig DeleteAlias DeleteCodeSigningConfig DeleteEventSourceMapping
DeleteFunction DeleteFunctionConcurrency DeleteFunctionUrlConfig
DeleteProvisionedConcurrencyConfig GetAlias GetEventSourceMapping GetFunction GetFunctionUrlConfig
GetFunctionConfiguration GetLayerVersionPolicy GetPolicy ListEventSourceMappings ListFunctions
ListFunctionUrlConfigs PublishLayerVersion PublishVersion PutFunctionConcurrency
PutFunctionCodeSigningConfig PutFunctionEventInvokeConfig PutProvisionedConcurrencyConfig
PutRuntimeManagementConfig RemovePermission TagResource UntagResource UpdateAlias
UpdateCodeSigningConfig UpdateEventSourceMapping UpdateFunctionCode UpdateFunctionConfiguration
UpdateFunctionEventInvokeConfig UpdateFunctionUrlConfig
`,
    events: [
      {
        source: 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html',
        of: { Invoke: 'InvokeFunction', InvokeWithResponseStream: 'InvokeFunction' },
      },
      {
        source: 'https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html',
        of: { GetLayerVersionByArn: 'GetLayerVersion' },
      },
    ],
    data: [
      {
        types: ['AWS::Lambda::Function'],
        actions: 'InvokeFunction',
        source: 'https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html',
      },
    ],
    none: [
      {
        actions: `
PassCapacityProvider PassNetworkConnector EnableReplication DisableReplication
`,
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: 'InvokeFunctionUrl',
        why: 'the page says that its calls are data events, and not of which resource type',
        source: 'https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html',
      },
    ],
  },
  {
    service: 'ec2',
    sources: ['ec2'],
    reviewed: 826,
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-with-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: `
InjectApiError InjectVolumeIOLatency PauseVolumeIO SendSpotInstanceInterruptions
ImportByoipCidrToIpam CreateCoipPoolPermission CreateLocalGatewayRouteTablePermission
DeleteCoipPoolPermission DeleteLocalGatewayRouteTablePermission
DescribeLocalGatewayRouteTablePermissions AttachApplianceToNatGateway
DetachApplianceFromNatGateway AttachResourcesToPlacementGroup DetachResourcesFromPlacementGroup
`,
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: `
AssociateApplicationStatusCheck AssociateVerifiedAccessInstanceWebAcl AttachImageWatermark
BatchModifyIpamRoutingPolicyRegistrations CreateApplicationStatusCheck
CreateCapacityReservationCancellationQuote CreateIpamInternetRegistryAssociation
CreateIpamRoutingPolicyRegistration CreateOdbNetworkPeering CreateTransitGatewayPolicyTableEntry
DeleteApplicationStatusCheck DeleteIpamInternetRegistryAssociation
DeleteIpamRoutingPolicyRegistration DeleteOdbNetworkPeering DeleteResourcePolicy
DeleteTransitGatewayPolicyTableEntry DescribeAccountVpcEncryptionControl DescribeApplicationStatus
DescribeApplicationStatusCheckAssociations DescribeApplicationStatusChecks
DescribeCapacityReservationCancellationQuotes DescribeIpamInternetRegistryAssociations
DescribeVerifiedAccessInstanceWebAclAssociations DetachImageWatermark
DisableApplicationStatusCheckSuppression DisassociateApplicationStatusCheck
DisassociateVerifiedAccessInstanceWebAcl EnableApplicationStatusCheckSuppression
EnableIpamInternetRegistryAssociation GetIpamDiscoveredRoutes
GetIpamInternetRegistryAssociationAsns GetIpamInternetRegistryAssociationCidrs
GetIpamRouteOriginAuthorizations GetIpamRouteProtectionFindings
GetIpamRoutingPolicyRegistrationDeltas GetIpamRoutingPolicyRegistrations GetResourcePolicy
GetVerifiedAccessInstanceWebAcl ModifyAccountVpcEncryptionControl ModifyApplicationStatusCheck
ModifyIpamRoutingPolicyRegistration ModifyOdbNetworkPeering ModifyTransitGatewayPolicyTableEntry
ModifyVpcEndpointPayerResponsibility PutResourcePolicy ReplaceImageInstanceTypeSpecification
ValidateSecurityGroupQuotasForInterface
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-with-cloudtrail.html',
      },
    ],
  },
  {
    service: 'autoscaling',
    sources: ['autoscaling'],
    reviewed: 68,
    source: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/logging-using-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: 'DescribeAccountSettings PutAccountSetting',
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/autoscaling/ec2/userguide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'application-autoscaling',
    sources: ['application-autoscaling', 'autoscaling'],
    reviewed: 14,
    source:
      'https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html',
    management: 'all',
  },
  {
    service: 'elasticloadbalancing',
    sources: ['elasticloadbalancing'],
    reviewed: 77,
    source:
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/logging-using-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'AllowVendedLogDeliveryForResource',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: `
CreateWebACLAssociation DeleteWebACLAssociation DescribeWebACLAssociation GetLoadBalancerWebACL
SetWebAcl
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'ecs',
    sources: ['ecs'],
    reviewed: 81,
    source:
      'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html',
    management: 'all',
    data: [
      {
        types: ['AWS::ECS::ContainerInstance'],
        actions: 'Poll PutSystemLogEvents StartTelemetrySession',
        source:
          'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html',
      },
    ],
    none: [
      {
        actions: 'AllowVendedLogDeliveryForResource',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
  },
  {
    service: 'ecr',
    sources: ['ecr'],
    reviewed: 60,
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'BatchImportUpstreamImage ReplicateImage',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html',
      },
    ],
    unsure: [
      {
        actions: 'GetImageCopyStatus',
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'eks',
    sources: ['eks'],
    reviewed: 74,
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/logging-using-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: 'AccessKubernetesApi MutateViaKubernetesApi',
        why: 'the cluster answers; its own audit log has the call',
        source: 'https://docs.aws.amazon.com/eks/latest/userguide/view-kubernetes-resources.html',
      },
    ],
    unsure: [
      {
        actions: `
ActivateCertificateAuthority CancelUpdate CreateCertificateAuthority DeleteCertificateAuthority
DescribeCertificateAuthority ListCertificateAuthorities ListDashboardData ListDashboardResources
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/eks/latest/userguide/logging-using-cloudtrail.html',
      },
    ],
  },
];
