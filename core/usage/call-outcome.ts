import type { TrailRecord } from './record.ts';

/**
 * `allowed`: whoever called had the permission, also where the call failed for another reason. `refused`: the permission
 * was missing. `unproven`: the call was answered before anybody asked for permissions.
 */
export type Outcome = 'allowed' | 'refused' | 'unproven';

/**
 * Codes without `Client.` or `Server.` before them, and without `Exception` or `Fault` after them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html AccessDeniedException, NotAuthorized
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html UnauthorizedOperation
 * @see https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html AuthorizationError
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html AccessDenied, AllAccessDisabled
 */
const REFUSED =
  /^(?:AccessDenied|AllAccessDisabled|\w*Unauthorized(?:Operation)?|\w*NotAuthorized\w*|AuthorizationError|Forbidden)$/;

/**
 * Who calls is not known, calls too often, calls with a request that nobody can read, or meets a service that fails.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html AuthFailure, RequestLimitExceeded
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html SlowDown, RequestTimeTooSkewed
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html throttling
 */
const UNPROVEN = new RegExp(
  `^(?:${[
    ...['\\w*Throttl(?:ed|ing)\\w*', 'RequestLimitExceeded', 'TooManyRequests', 'SlowDown'],
    ...['BandwidthLimitExceeded', 'PriorRequestNotComplete'],
    ...['ProvisionedThroughputExceeded', 'ExpiredToken', 'RequestExpired'],
    ...['TokenRefreshRequired', 'InvalidToken', 'InvalidClientTokenId', 'InvalidAccessKeyId'],
    ...['UnrecognizedClient', 'SignatureDoesNotMatch', 'InvalidSignature', 'IncompleteSignature'],
    ...['MissingAuthenticationToken', 'RequestTimeTooSkewed', 'AuthFailure', 'OptInRequired'],
    ...['SubscriptionRequired', 'Blocked', 'PendingVerification', 'AccountProblem'],
    ...['InvalidAction', 'MissingAction', 'UnknownOperation', 'MalformedQueryString'],
    ...['MalformedHttpRequest', 'Serialization', 'InternalFailure', 'InternalError'],
    ...['InternalServer(?:Error)?', 'ServiceUnavailable', 'Unavailable', 'RequestTimeout'],
    ...['RequestAborted'],
  ].join('|')})$`,
);

/**
 * A user pool says this of a wrong password, long after it asked for permissions.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminInitiateAuth.html
 */
const OF_END_USERS = /^cognito-/;

/**
 * Records of what passes a VPC endpoint, beside that of the call. They say what the endpoint's policy answered.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html
 */
const OF_ENDPOINTS = 'NetworkActivity';

type Answered = Pick<TrailRecord, 'error' | 'source' | 'category'>;

export function outcomeOf({ error, source, category }: Answered): Outcome {
  if (category === OF_ENDPOINTS) return 'unproven';
  if (error === null) return 'allowed';
  const code = error.replace(/^(?:Client|Server)\./, '').replace(/(?:Exception|Fault)$/, '');
  if (UNPROVEN.test(code)) return 'unproven';
  if (code === 'NotAuthorized' && OF_END_USERS.test(source)) return 'unproven';
  return REFUSED.test(code) ? 'refused' : 'allowed';
}
