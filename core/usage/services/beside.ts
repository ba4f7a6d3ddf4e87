/** Actions that calls of others may be checked against, without a record that is sure to name them. */
export type Beside = {
  /** Patterns of the actions that are called. */
  readonly called: string;
  /** Whether only calls that write count. */
  readonly writes: boolean;
  /** Patterns of what may be checked as well; a whole service stands for calls of another service alone. */
  readonly other: string;
  readonly why: string;
  readonly source: string;
};

const FORWARDED =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html';
const ON_BEHALF = 'services call it on behalf of the caller, with or without the source identity';

export const BESIDE: readonly Beside[] = [
  {
    called: `cloudformation:*Stack* cloudformation:ExecuteChangeSet cloudformation:*Resource
      servicecatalog:* ssm:StartAutomationExecution ssm:StartChangeRequestExecution
      backup:Start* tag:TagResources tag:UntagResources config:StartRemediationExecution`,
    writes: true,
    other: '*:*',
    why: 'the service calls others with the permissions of the caller',
    source: FORWARDED,
  },
  {
    called: `athena:* backup:* bedrock:* cloudtrail:* codebuild:* codecommit:* codepipeline:* cognito-idp:*
      dynamodb:* ebs:* ec2:* ecr:* eks:* elasticache:* elasticfilesystem:* es:* events:* firehose:* glue:*
      kinesis:* lambda:* logs:* rds:* rds-data:* redshift:* redshift-data:* s3:* s3express:* secretsmanager:*
      sns:* sqs:* ssm:* states:*`,
    writes: false,
    other: `kms:Decrypt kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt* kms:CreateGrant
      kms:DescribeKey kms:GenerateMac kms:VerifyMac`,
    why: ON_BEHALF,
    source: FORWARDED,
  },
  {
    called: '*:Create* *:Enable* *:Modify* *:Put* *:Register* *:Restore* *:Run* *:Start* *:Update*',
    writes: true,
    other: 'iam:CreateServiceLinkedRole',
    why: 'services may need it when something is made',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html',
  },
  {
    called: `autoscaling:* ecs:* eks:* elasticache:* elasticfilesystem:* elasticloadbalancing:* es:*
      glue:* lambda:* rds:* redshift:* codebuild:*`,
    writes: true,
    other: 'ec2:* elasticloadbalancing:*',
    why: ON_BEHALF,
    source: FORWARDED,
  },
  {
    called: 'athena:* glue:*',
    writes: false,
    other: 's3:* glue:* lakeformation:GetDataAccess',
    why: ON_BEHALF,
    source: 'https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena-calledvia.html',
  },
  {
    called: 'lambda:* dynamodb:* cloudtrail:* logs:* redshift:* rds:* ssm:* config:* bedrock:*',
    writes: true,
    other: 's3:* ecr:*',
    why: ON_BEHALF,
    source: FORWARDED,
  },
  {
    called: 'rds-data:* redshift-data:*',
    writes: false,
    other: 'secretsmanager:GetSecretValue redshift:GetClusterCredentials*',
    why: ON_BEHALF,
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html',
  },
  {
    called: 'secretsmanager:*',
    writes: true,
    other: 'lambda:InvokeFunction secretsmanager:GetRandomPassword',
    why: ON_BEHALF,
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html',
  },
  {
    called: 'bedrock:*',
    writes: false,
    other:
      'bedrock:InvokeModel* bedrock:Retrieve bedrock:ApplyGuardrail bedrock:GetInferenceProfile',
    why: ON_BEHALF,
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-retrieve-generate.html',
  },
  {
    called: 's3:PutObject',
    writes: false,
    other:
      's3:GetObjectTagging s3:PutObjectTagging s3:PutObjectAcl s3:PutObjectRetention s3:PutObjectLegalHold',
    why: 'copies take tags along, and the record of a copy may not say so',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html',
  },
  {
    called: 's3:CreateBucket',
    writes: false,
    other: `s3:PutBucketAcl s3:PutBucketVersioning s3:PutBucketObjectLockConfiguration
      s3:PutBucketOwnershipControls s3:TagResource`,
    why: 'settings of a new bucket need it, and the record may not say so',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html',
  },
];
