import type { TrailRecord } from './record.ts';

/**
 * `allowed`: whoever called had the permission, also where the call failed for another reason. `refused`: the permission
 * was missing. `unproven`: the call was answered before anybody asked for permissions.
 */
export type Outcome = 'allowed' | 'refused' | 'unproven';

/**
 * Codes without `Client.` or `Server.` before them, and without `Exception` or `Fault` after them. Services that ask
 * others on behalf of the caller have words of their own for what these answer: `KMSAccessDenied`, `AccessToClusterDenied`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html AccessDeniedException, NotAuthorized
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html UnauthorizedOperation
 * @see https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html AuthorizationError
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html AccessDenied, AllAccessDisabled
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html KMSAccessDeniedException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html EC2AccessDeniedException
 * @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html InsufficientPermissionsException
 */
const REFUSED = new RegExp(
  `^(?:${[
    ...['[\\w.]*AccessDenied\\w*', 'AccessTo\\w+Denied', 'AllAccessDisabled'],
    ...['\\w*Unauthorized\\w*', '\\w*NotAuthorized\\w*', 'Auth', 'Authorization(?:Error)?'],
    ...['\\w*Forbidden(?:Error)?', '\\w*Insufficient\\w*(?:Permission|Privilege)s?'],
  ].join('|')})$`,
);

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
