/**
 * Actions with which a session can leave its own limits behind (IAM User Guide, "Actions, resources,
 * and condition keys"; the lists follow what is known as IAM privilege escalation).
 */

/** They make credentials that work when the session is long over. */
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

/** They change who may become whom, or what somebody may do, the session's own role included. */
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

/** A session in the next role does not carry our session policy. */
export const CHAINING: readonly string[] = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRoot',
  'sts:GetFederationToken',
];

export const PASS_ROLE: readonly string[] = ['iam:PassRole'];

/** What runs somebody's code or template as the role that was passed. */
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
