/**
 * Actions of which IAM asks once in a call, about the one resource that the record names. Other calls are allowed on
 * several (`ec2:RunInstances`, batches of DynamoDB), and one of them alone is no reason to narrow.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
const ONE_RESOURCE: ReadonlySet<string> = new Set(
  [
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    's3:DeleteObjectTagging',
    's3:DeleteObjectVersion',
    's3:GetBucketLocation',
    's3:GetObject',
    's3:GetObjectAcl',
    's3:GetObjectAttributes',
    's3:GetObjectTagging',
    's3:GetObjectVersion',
    's3:ListBucket',
    's3:ListBucketVersions',
    's3:ListMultipartUploadParts',
    's3:PutObject',
    's3:PutObjectAcl',
    's3:PutObjectTagging',
    's3:RestoreObject',
    'ssm:DeleteParameter',
    'ssm:GetParameter',
    'ssm:PutParameter',
    'lambda:GetFunction',
    'lambda:GetFunctionConfiguration',
    'lambda:InvokeFunction',
    'lambda:UpdateFunctionCode',
    'logs:CreateLogStream',
    'logs:FilterLogEvents',
    'logs:GetLogEvents',
    'logs:PutLogEvents',
  ].map((action) => action.toLowerCase()),
);

export function hasOneResource(action: string): boolean {
  return ONE_RESOURCE.has(action.toLowerCase());
}
