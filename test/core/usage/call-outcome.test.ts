import { describe, expect, test } from '@jest/globals';
import { missingIn, outcomeOf } from '../../../core/usage/call-outcome.ts';

const outcome = (error: string | null, source = 's3.amazonaws.com') => outcomeOf({ error, source });

describe('the outcome of a call', () => {
  test.each([
    ...['AccessDenied', 'AccessDeniedException', 'Client.UnauthorizedOperation'],
    ...['UnauthorizedOperation', 'UnauthorizedException', 'NotAuthorized'],
    ...['NotAuthorizedException', 'AuthorizationError', 'AuthorizationErrorException'],
    ...['AllAccessDisabled', 'ForbiddenException'],
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
    ...['ResourceNotFoundException', 'Client.InvalidInstanceID.NotFound', 'LimitExceededException'],
  ])('is allowed where the answer is %s', (code) => {
    expect(outcome(code)).toBe('allowed');
  });

  test('proves nothing where a user pool refuses its own user', () => {
    expect(outcome('NotAuthorizedException', 'cognito-idp.amazonaws.com')).toBe('unproven');
    expect(outcome('AccessDeniedException', 'cognito-idp.amazonaws.com')).toBe('refused');
  });
});

describe('the permission that a message names', () => {
  test.each([
    [
      'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::acme/a" because no session policy allows the s3:GetObject action',
      { action: 's3:GetObject', resource: 'arn:aws:s3:::acme/a' },
    ],
    [
      'You are not authorized to perform this operation. User: x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/x because no',
      { action: 'iam:PassRole', resource: 'arn:aws:iam::1:role/x' },
    ],
    [
      'User: x is not authorized to perform: lambda:ListFunctions on resource: * because',
      { action: 'lambda:ListFunctions', resource: null },
    ],
    ['You are not authorized. Encoded authorization failure message: abc', null],
    ['Access Denied', null],
    [null, null],
  ])('in %p', (message, missing) => {
    expect(missingIn(message)).toEqual(missing);
  });
});
