import { describe, expect, test } from '@jest/globals';
import { outcomeOf } from '../../../core/usage/call-outcome.ts';

const outcome = (error: string | null, source = 's3.amazonaws.com') =>
  outcomeOf({ error, source, category: 'Management' });

describe('the outcome of a call', () => {
  test.each([
    ...['AccessDenied', 'AccessDeniedException', 'Client.UnauthorizedOperation'],
    ...['UnauthorizedOperation', 'UnauthorizedException', 'NotAuthorized'],
    ...['NotAuthorizedException', 'AuthorizationError', 'AuthorizationErrorException'],
    ...['AllAccessDisabled', 'ForbiddenException'],
    // Codes of the service models: of a service that is asked for others, and of the one that is called.
    ...['AccessDeniedByMetaException', 'AccessDeniedForDependencyException', 'AccessForbidden'],
    ...['AccessToClusterDeniedFault', 'AccessToSnapshotDenied', 'AuthException'],
    ...['AuthorizationException', 'ChannelInsufficientPermission', 'CloudHsmAccessDeniedException'],
    ...['DependencyAccessDeniedException', 'DependentServiceAccessDeniedFault', 'ForbiddenError'],
    ...['EC2AccessDeniedException', 'EncryptionKeyAccessDeniedException', 'KMSAccessDenied'],
    ...['InsufficientDependencyServiceAccessPermissionException', 'KMSAccessDeniedException'],
    ...['InsufficientIAMAccessPermissionException', 'InsufficientPermissionsException'],
    ...['InsufficientPrivilegesException', 'KMSAccessDeniedFault', 'KmsAccessDeniedException'],
    ...[
      'KMS.AccessDeniedException',
      'LoadUrlAccessDeniedException',
      'OpsItemAccessDeniedException',
    ],
    ...['OrganizationAccessDeniedException', 'S3AccessDeniedFault', 'UnauthorizedError'],
    ...['UnauthorizedClientException', 'UnauthorizedPartnerIntegrationFault'],
    ...['UnauthorizedResourceAccessException', 'VpceAccessDenied'],
  ])('is refused where the answer is %s', (code) => {
    expect(outcome(code)).toBe('refused');
  });

  test.each([
    ...['Throttling', 'ThrottlingException', 'Client.RequestLimitExceeded', 'SlowDown'],
    ...['TooManyRequestsException', 'RequestThrottledException', 'EC2ThrottledException'],
    ...['ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId', 'SignatureDoesNotMatch'],
    ...['UnrecognizedClientException', 'Client.AuthFailure', 'OptInRequired', 'InternalFailure'],
    ...['Server.Unavailable', 'Server.InternalError', 'SubscriptionRequiredException'],
  ])('is unproven where the answer is %s', (code) => {
    expect(outcome(code)).toBe('unproven');
  });

  test.each([
    ...[
      null,
      'NoSuchKey',
      'ValidationException',
      'Client.DryRunOperation',
      'AuthorizationNotFound',
    ],
    ...['AuthorizationAlreadyExists', 'AuthorizationPendingException', 'AccessPointNotFound'],
    ...['InvalidAuthorizationStateFault', 'MalformedPolicyDocument', 'DocumentPermissionLimit'],
    ...['ResourceNotFoundException', 'Client.InvalidInstanceID.NotFound', 'LimitExceededException'],
  ])('is allowed where the answer is %s', (code) => {
    expect(outcome(code)).toBe('allowed');
  });

  test('proves nothing where a user pool refuses its own user', () => {
    expect(outcome('NotAuthorizedException', 'cognito-idp.amazonaws.com')).toBe('unproven');
    expect(outcome('AccessDeniedException', 'cognito-idp.amazonaws.com')).toBe('refused');
  });
});

test('the record of an endpoint proves nothing of the call', () => {
  for (const error of [null, 'VpceAccessDenied', 'AccessDenied']) {
    const category = 'NetworkActivity';
    expect(outcomeOf({ error, category, source: 's3.amazonaws.com' })).toBe('unproven');
  }
});
