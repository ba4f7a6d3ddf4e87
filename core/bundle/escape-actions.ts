/**
 * Actions with which a session can escape its own limits. The names are those of the Service
 * Authorization Reference; the lists follow the published methods of IAM privilege escalation.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/
 */

/** They create credentials that outlive the session. */
export const CREDENTIALS: readonly string[] = [
  'iam:CreateUser',
  'iam:CreateAccessKey',
  'iam:UpdateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateLoginProfile',
  'iam:CreateServiceSpecificCredential',
  'iam:ResetServiceSpecificCredential',
  'iam:UploadSSHPublicKey',
  'iam:UploadSigningCertificate',
  'iam:CreateVirtualMFADevice',
  'rolesanywhere:CreateTrustAnchor',
  'rolesanywhere:CreateProfile',
  'lightsail:DownloadDefaultKeyPair',
];

/** They change who may assume a role, or what a principal may do, including the session's own role. */
export const TRUST_AND_RIGHTS: readonly string[] = [
  'iam:CreateRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:PutRolePolicy',
  'iam:AttachRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:DeleteRolePermissionsBoundary',
  'iam:PutUserPolicy',
  'iam:AttachUserPolicy',
  'iam:DeleteUserPolicy',
  'iam:DetachUserPolicy',
  'iam:DeleteUserPermissionsBoundary',
  'iam:PutGroupPolicy',
  'iam:AttachGroupPolicy',
  'iam:AddUserToGroup',
  'iam:CreatePolicy',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:AddRoleToInstanceProfile',
  'iam:CreateOpenIDConnectProvider',
  'iam:AddClientIDToOpenIDConnectProvider',
  'iam:CreateSAMLProvider',
  'iam:UpdateSAMLProvider',
  'sso:CreateAccountAssignment',
  'sso:AttachManagedPolicyToPermissionSet',
  'sso:PutInlinePolicyToPermissionSet',
  'organizations:AttachPolicy',
  'organizations:DetachPolicy',
];

/** The next session does not carry our session policy. */
export const CHAINING: readonly string[] = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRoot',
  'sts:GetFederationToken',
];

export const PASS_ROLE: readonly string[] = ['iam:PassRole'];

/** They run code or a template with the role that was passed. */
export const COMPUTE: readonly string[] = [
  'apprunner:CreateService',
  'autoscaling:CreateLaunchConfiguration',
  'batch:RegisterJobDefinition',
  'batch:SubmitJob',
  'cloudformation:CreateStack',
  'cloudformation:UpdateStack',
  'cloudformation:CreateChangeSet',
  'codebuild:CreateProject',
  'codebuild:UpdateProject',
  'codepipeline:CreatePipeline',
  'datapipeline:CreatePipeline',
  'ec2:RunInstances',
  'ec2:AssociateIamInstanceProfile',
  'ec2:ReplaceIamInstanceProfileAssociation',
  'ecs:RegisterTaskDefinition',
  'ecs:RunTask',
  'ecs:StartTask',
  'ecs:CreateService',
  'ecs:UpdateService',
  'eks:CreateNodegroup',
  'elasticbeanstalk:CreateEnvironment',
  'elasticmapreduce:RunJobFlow',
  'emr-serverless:StartJobRun',
  'events:PutTargets',
  'glue:CreateJob',
  'glue:UpdateJob',
  'glue:StartJobRun',
  'glue:CreateDevEndpoint',
  'lambda:CreateFunction',
  'lambda:UpdateFunctionConfiguration',
  'sagemaker:CreateNotebookInstance',
  'sagemaker:CreateProcessingJob',
  'sagemaker:CreateTrainingJob',
  'scheduler:CreateSchedule',
  'ssm:StartAutomationExecution',
  'states:CreateStateMachine',
  'states:UpdateStateMachine',
];
