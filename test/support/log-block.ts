/** Text of CloudTrail records of several kinds and lengths, as services write them. */

export const BLOCK_GRANT = 'gr_0123456789abcdefghjk';

/**
 * @param every one in so many records has the grant's source identity
 * @returns records without a list around them, with commas between
 */
export function logBlock(records: number, every: number): string {
  return Array.from({ length: records }, (_, number) =>
    JSON.stringify(recordOf(number, number % every === 0)),
  )
    .join(',')
    .replaceAll('<', '\\u003c');
}

function recordOf(number: number, ofGrant: boolean): object {
  const kind = KINDS[number % KINDS.length] ?? (() => ({}));
  const id = number.toString(16).padStart(12, '0');
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE${number % 97}:session-${number % 31}`,
      arn: `arn:aws:sts::111122223333:assumed-role/deploy-${number % 97}/session-${number % 31}`,
      accountId: '111122223333',
      accessKeyId: `ASIAEXAMPLE${number % 997}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROAEXAMPLE${number % 97}`,
          arn: `arn:aws:iam::111122223333:role/deploy-${number % 97}`,
          accountId: '111122223333',
          userName: `deploy-${number % 97}`,
        },
        attributes: { creationDate: '2026-11-20T11:00:00Z', mfaAuthenticated: 'false' },
        ...(ofGrant && { sourceIdentity: `ana.${BLOCK_GRANT}` }),
      },
    },
    eventTime: `2026-11-20T12:${String(number % 60).padStart(2, '0')}:00Z`,
    awsRegion: 'eu-central-1',
    sourceIPAddress: `198.51.100.${number % 250}`,
    requestID: `7d2f${id}-6c3a`,
    eventID: `1f9bd0e5-3d0f-4c43-9d5e-${id}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
    ...kind(number),
  };
}

const KINDS: readonly ((number: number) => object)[] = [
  (number) => ({
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    userAgent: '[Boto3/1.40 md/Botocore#1.40 ua/2.1 os/linux#6.1 lang/python#3.13]',
    requestParameters: { bucketName: 'acme', key: `releases/2026/${number}/app.tgz` },
    responseElements: null,
    additionalEventData: { SignatureVersion: 'SigV4', bytesTransferredOut: number * 7 },
    readOnly: true,
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::acme/releases/2026/${number}/app.tgz` },
      { accountId: '111122223333', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::acme' },
    ],
    managementEvent: false,
    eventCategory: 'Data',
  }),
  (number) => ({
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    userAgent: 'aws-sdk-go-v2/1.30 <example> lang/go',
    requestParameters: {
      filterSet: { items: [{ name: 'tag:n', valueSet: { items: [{ value: `${number}` }] } }] },
      instancesSet: {},
    },
    responseElements: null,
    readOnly: true,
    managementEvent: true,
    eventCategory: 'Management',
  }),
  (number) => ({
    eventSource: 'kms.amazonaws.com',
    eventName: 'Decrypt',
    userAgent: 'secretsmanager.amazonaws.com',
    requestParameters: { encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::acme/${number}` } },
    responseElements: null,
    readOnly: true,
    resources: [
      {
        accountId: '111122223333',
        type: 'AWS::KMS::Key',
        ARN: 'arn:aws:kms:eu-central-1:111122223333:key/0',
      },
    ],
    managementEvent: true,
    eventCategory: 'Management',
  }),
  (number) => ({
    eventSource: 'cloudformation.amazonaws.com',
    eventName: 'CreateChangeSet',
    userAgent: 'CloudFormation "CDK"',
    errorCode: 'AccessDenied',
    errorMessage: `User is not authorized: policy ${number} says "no"`,
    requestParameters: { stackName: `stack-${number}`, templateURL: 'x'.repeat(number % 1500) },
    responseElements: null,
    readOnly: false,
    managementEvent: true,
    eventCategory: 'Management',
  }),
];
