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

const ON_CREATION =
  'something that the call may make or read needs it, and the record may not say so';

export const BESIDE: readonly Beside[] = [
  {
    called: `cloudformation:*Stack* cloudformation:*ChangeSet cloudformation:ContinueUpdateRollback
      cloudformation:*Resource
      servicecatalog:* ssm:StartAutomationExecution ssm:StartChangeRequestExecution
      backup:Start* tag:TagResources tag:UntagResources config:StartRemediationExecution`,
    writes: true,
    other: '*:*',
    why: 'the service calls others with the permissions of the caller',
    source: FORWARDED,
  },
  {
    called: `cloudformation:Detect* cloudformation:GetResource cloudformation:ListResources
      cloudformation:StartResourceScan cloudformation:*GeneratedTemplate`,
    writes: false,
    other: '*:*',
    why: 'the service reads from others with the permissions of the caller',
    source: 'https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html',
  },
  {
    called: `cloudformation:CreateStack cloudformation:UpdateStack cloudformation:DeleteStack
      cloudformation:RollbackStack cloudformation:ContinueUpdateRollback cloudformation:*ChangeSet`,
    writes: true,
    other: `cloudformation:CreateStack cloudformation:UpdateStack cloudformation:DeleteStack
      cloudformation:DescribeStacks cloudformation:RollbackStack cloudformation:*ChangeSet`,
    why: 'nested stacks need it',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html',
  },
  {
    called: `cloudformation:ValidateTemplate cloudformation:GetTemplateSummary
      cloudformation:EstimateTemplateCost`,
    writes: false,
    other: 's3:GetObject s3:GetObjectVersion ssm:GetParameter ssm:GetParameters ec2:Describe*',
    why: 'the template may lie in a bucket, and its parameters elsewhere',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html',
  },
  {
    called: `athena:* backup:* bedrock:* cloudtrail:* codebuild:* codecommit:* codepipeline:* cognito-idp:*
      dynamodb:* ebs:* ec2:* ecr:* eks:* elasticache:* elasticfilesystem:* es:* events:* firehose:* glue:*
      kinesis:* lambda:* logs:* rds:* rds-data:* redshift:* redshift-data:* s3:* s3express:* secretsmanager:*
      sns:* sqs:* ssm:* states:* aoss:* appconfig:* apprunner:* codeartifact:* dms:* elasticmapreduce:*
      emr-serverless:* fsx:* imagebuilder:* kafka:* memorydb:* mq:* quicksight:* redshift-serverless:*
      rekognition:* s3-object-lambda:* s3-outposts:* s3tables:* sagemaker:* textract:* timestream:*
      transfer:* workspaces:* xray:*`,
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
      glue:* lambda:Create* lambda:Publish* lambda:Update* rds:* redshift:* codebuild:*`,
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
    // Not calls on items, parameters, functions and log events: these read and write what they name, and lead nowhere.
    called: `lambda:Create* lambda:Publish* lambda:Update* dynamodb:Export* dynamodb:Import*
      logs:CreateDelivery logs:CreateExportTask logs:PutDelivery* logs:Start* ssm:Create* ssm:SendCommand
      ssm:Start* ssm:Update* cloudtrail:* redshift:* rds:* config:* bedrock:*`,
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
  {
    called: 's3:DeleteObject s3:DeleteObjectVersion s3:PutObject',
    writes: false,
    other: 's3:GetObject',
    why: 'conditions on the object that is there need it, and records do not always say that there were any',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html',
  },
  {
    called: 'sqs:StartMessageMoveTask',
    writes: false,
    other: 'sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:SendMessage',
    why: 'the messages are moved with the permissions of the caller',
    source:
      'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html',
  },
  {
    called: 'secretsmanager:BatchGetSecretValue',
    writes: false,
    other: 'secretsmanager:GetSecretValue secretsmanager:ListSecrets',
    why: 'each secret that it reads needs it, or the filter that finds them',
    source:
      'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html',
  },
  {
    called: 'lambda:InvokeFunctionUrl',
    writes: false,
    other: 'lambda:InvokeFunction',
    why: 'calls of the URL of a function need both since October 2025',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
  },
  {
    called: 'athena:StartQueryExecution',
    writes: false,
    other: 'lambda:InvokeFunction',
    why: 'a query may call functions, and read through them',
    source: 'https://docs.aws.amazon.com/athena/latest/ug/udf-iam-access.html',
  },
  {
    called: 'athena:StartQueryExecution',
    writes: false,
    other: 'athena:GetPreparedStatement athena:GetDataCatalog',
    why: ON_CREATION,
    source:
      'https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena-prepared-statements.html',
  },
  {
    called: 'apigateway:POST',
    writes: false,
    other: 'apigateway:PUT',
    why: 'tags on creation are put on their own path',
    source:
      'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html',
  },
  {
    called: 'ecr:BatchGetImage ecr:GetDownloadUrlForLayer',
    writes: false,
    other: 'ecr:CreateRepository ecr:TagResource',
    why: 'the first image that comes through a cache makes its repository',
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html',
  },
  {
    called: 'ssm:GetParameter ssm:GetParameters',
    writes: false,
    other: 'secretsmanager:GetSecretValue',
    why: 'a parameter may stand for a secret',
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html',
  },
  {
    called: 'ssm:PutParameter',
    writes: false,
    other: 'ec2:DescribeImages',
    why: 'parameters that name an image are checked',
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-ec2-aliases.html',
  },
  {
    called: 'dynamodb:ImportTable',
    writes: false,
    other: 'logs:*',
    why: 'the import writes a log with the permissions of the caller',
    source:
      'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Requesting.html',
  },
  {
    called: 'rekognition:* textract:*',
    writes: false,
    other: 's3:GetObject s3:GetObjectVersion',
    why: 'the image may lie in a bucket',
    source: 'https://docs.aws.amazon.com/rekognition/latest/dg/images-s3.html',
  },
];
