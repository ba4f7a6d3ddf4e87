import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for builds and pipelines. See `service.ts` for the columns. */
export const DELIVERY: readonly Service[] = [
  {
    service: 'codebuild',
    sources: ['codebuild'],
    reviewed: 67,
    source: 'https://docs.aws.amazon.com/codebuild/latest/userguide/cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: `
BatchPutCodeCoverages BatchPutTestCases CreateReport DeleteOAuthToken ListConnectedOAuthAccounts
ListRepositories PersistOAuthToken UpdateReport
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/codebuild/latest/userguide/cloudtrail.html',
      },
    ],
  },
  {
    service: 'codepipeline',
    sources: ['codepipeline'],
    reviewed: 44,
    source:
      'https://docs.aws.amazon.com/codepipeline/latest/userguide/monitoring-cloudtrail-logs.html',
    management: 'all',
  },
  {
    service: 'codedeploy',
    sources: ['codedeploy'],
    reviewed: 48,
    source: 'https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: 'CreateCloudFormationDeployment',
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudtrail.html',
      },
    ],
  },
  {
    service: 'codecommit',
    sources: ['codecommit'],
    reviewed: 91,
    source: 'https://docs.aws.amazon.com/codecommit/latest/userguide/integ-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: `
BatchGetPullRequests CancelUploadArchive GetBlobDifferences GetCommitHistory
GetCommitsFromMergeBase GetObjectIdentifier GetReferences GetTree GetUploadArchiveStatus GitPull
GitPush UploadArchive
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/codecommit/latest/userguide/integ-cloudtrail.html',
      },
    ],
  },
];
