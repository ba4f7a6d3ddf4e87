import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for identities, keys and secrets. See `service.ts` for the columns. */
export const SECURITY: readonly Service[] = [
  {
    service: 'kms',
    sources: ['kms'],
    reviewed: 56,
    source: 'https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html',
    management: 'all',
    events: [
      {
        source: 'https://docs.aws.amazon.com/kms/latest/developerguide/ct-reencrypt.html',
        of: { ReEncrypt: 'ReEncryptFrom ReEncryptTo' },
      },
    ],
    none: [
      {
        actions: 'SynchronizeMultiRegionKey',
        why: 'it is a permission that is checked in other calls',
        source: 'https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html',
      },
    ],
  },
  {
    service: 'secretsmanager',
    sources: ['secretsmanager'],
    reviewed: 23,
    source:
      'https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-cloudtrail.html',
    management: 'all',
  },
  {
    service: 'iam',
    sources: ['iam'],
    reviewed: 190,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html',
    management: 'all',
    none: [
      {
        actions: 'PassRole',
        why: 'a role is passed in other calls; CloudTrail records no call of this name',
        source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html',
      },
    ],
    unsure: [
      {
        actions: `
DeleteCloudFrontPublicKey GetAccountEmailAddress GetAccountName GetAccountProperties
GetCloudFrontPublicKey GetRoleTemplateVersion ListCloudFrontPublicKeys
ListSTSRegionalEndpointsStatus PutAccountProperties SetSTSRegionalEndpointStatus
UpdateAccountEmailAddress UpdateAccountName UpdateCloudFrontPublicKey UploadCloudFrontPublicKey
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html',
      },
    ],
  },
  {
    service: 'sts',
    sources: ['sts'],
    reviewed: 16,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html',
    management: 'all',
    none: [
      {
        actions: 'SetContext SetSourceIdentity TagSession TagGetWebIdentityToken',
        why: 'it is checked in AssumeRole and its relatives',
        source:
          'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html',
      },
      {
        actions: 'GetServiceBearerToken',
        why: 'another service asks for the token',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
  },
  {
    service: 'acm',
    sources: ['acm'],
    reviewed: 41,
    source: 'https://docs.aws.amazon.com/acm/latest/userguide/cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: `
CreateAcmeDomainValidation CreateAcmeEndpoint CreateAcmeExternalAccountBinding
DeleteAcmeDomainValidation DeleteAcmeEndpoint DeleteAcmeExternalAccountBinding DescribeAcmeAccount
DescribeAcmeDomainValidation DescribeAcmeEndpoint DescribeAcmeExternalAccountBinding
GetAcmeExternalAccountBindingCredentials ListAcmeAccounts ListAcmeDomainValidations
ListAcmeEndpoints ListAcmeExternalAccountBindings ListCertificateDomainValidations
ListTagsForResource RevokeAcmeAccount RevokeAcmeExternalAccountBinding TagResource UntagResource
UpdateAcmeDomainValidation UpdateAcmeEndpoint UpdateCertificate
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/acm/latest/userguide/cloudtrail.html',
      },
    ],
  },
  {
    service: 'organizations',
    sources: ['organizations'],
    reviewed: 63,
    source:
      'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html',
    management: 'all',
  },
  {
    service: 'cognito-idp',
    sources: ['cognito-idp'],
    reviewed: 129,
    source:
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-info-in-cloudtrail.html',
    management: 'all',
    none: [
      {
        actions: `
AssociateWebACL DisassociateWebACL GetWebACLForResource ListResourcesForWebACL
`,
        why: 'it is checked in calls of AWS WAF',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: `
AdminDeleteSoftwareToken AdminGetUserAuthFactors CreateUserPoolReplica DeleteUserPoolReplica
GetProvisionedLimit ListUserPoolReplicas UpdateProvisionedLimit UpdateUserPoolReplica
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-info-in-cloudtrail.html',
      },
    ],
  },
  {
    service: 'cognito-identity',
    sources: ['cognito-identity'],
    reviewed: 26,
    source:
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-info-in-cloudtrail.html',
    management: 'all',
    data: [
      {
        types: ['AWS::Cognito::IdentityPool'],
        actions: `
GetCredentialsForIdentity GetId GetOpenIdToken GetOpenIdTokenForDeveloperIdentity UnlinkIdentity
`,
        source:
          'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-info-in-cloudtrail.html',
      },
    ],
    unsure: [
      {
        actions: `
GetIdentityPoolAnalytics GetIdentityPoolDailyAnalytics GetIdentityProviderDailyAnalytics
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-info-in-cloudtrail.html',
      },
    ],
  },
];
