import { NO_OPERATION, type Service } from './service.ts';

/** How CloudTrail records calls of services for queries, models and search. See `service.ts` for the columns. */
export const ANALYTICS: readonly Service[] = [
  {
    service: 'glue',
    sources: ['glue'],
    reviewed: 304,
    source: 'https://docs.aws.amazon.com/glue/latest/dg/monitor-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: `
AccessDataQualityRuntimeConfiguration AuthorizeInboundIntegration BatchGetStageFiles
CreateInboundIntegration DeregisterDataPreview FederateAuthorization GetCompletion GetDashboardUrl
GetDataPreviewStatement GetEnvironment GetExecutors GetExecutorsThreads GetGeneratedCode
GetJobUpgradeAnalysis GetLogParsingStatus GetNotebookInstanceStatus GetQueries GetQuery
GetRecipeAction GetSessionEndpoint GetStage GetStageAttempt GetStageAttemptTaskList
GetStageAttemptTaskSummary GetStageFiles GetStages GetStorage GetStorageUnit GlueNotebookAuthorize
GlueNotebookRefreshCredentials ListJobUpgradeAnalyses ManagedConnector NotifyEvent PassConnection
PublishDataQuality PutDataQualityStatisticAnnotation RefreshOAuth2Tokens RenameTable
RequestLogParsing RunDataPreviewStatement SendFeedback SendRecipeAction StartCompletion
StartJobUpgradeAnalysis StartNotebook StopJobUpgradeAnalysis TerminateNotebook UpgradeJob
UseGlueStudio UseMLTransforms
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/glue/latest/dg/monitor-cloudtrail.html',
      },
    ],
  },
  {
    service: 'athena',
    sources: ['athena'],
    reviewed: 81,
    source: 'https://docs.aws.amazon.com/athena/latest/ug/monitor-with-cloudtrail.html',
    management: 'all',
    unsure: [
      {
        actions: `
CancelQueryExecution GetCatalogs GetExecutionEngine GetExecutionEngines GetNamespace GetNamespaces
GetQueryExecutions GetQueryResultsStream GetTable GetTables RunQuery
`,
        why: NO_OPERATION,
        source: 'https://docs.aws.amazon.com/athena/latest/ug/monitor-with-cloudtrail.html',
      },
    ],
  },
  {
    service: 'bedrock',
    sources: ['bedrock'],
    reviewed: 262,
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
    management: 'all',
    events: [
      {
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
        of: {
          Converse: 'InvokeModel',
          ConverseStream: 'InvokeModelWithResponseStream',
          InvokeModelWithBidirectionalStream: 'InvokeModel',
          StartAsyncInvoke: 'InvokeModel',
        },
      },
      {
        source:
          'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerateStream.html',
        of: { RetrieveAndGenerateStream: 'RetrieveAndGenerate' },
      },
    ],
    data: [
      {
        types: ['AWS::Bedrock::Model', 'AWS::Bedrock::AsyncInvoke'],
        actions: 'GetAsyncInvoke InvokeModel',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
      {
        types: ['AWS::Bedrock::AgentAlias'],
        actions: 'InvokeAgent',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
      {
        types: ['AWS::Bedrock::InlineAgent'],
        actions: 'InvokeInlineAgent',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
      {
        types: ['AWS::Bedrock::KnowledgeBase'],
        actions: 'Retrieve RetrieveAndGenerate',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
      {
        types: ['AWS::Bedrock::FlowAlias'],
        actions: 'InvokeFlow',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
      {
        types: ['AWS::Bedrock::Guardrail'],
        actions: 'ApplyGuardrail',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
      {
        types: ['AWS::Bedrock::Prompt'],
        actions: 'RenderPrompt',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
    ],
    none: [
      {
        actions: 'AllowVendedLogDeliveryForResource CallWithBearerToken',
        why: 'it is a permission that is checked in other calls',
        source:
          'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
      },
    ],
    unsure: [
      {
        actions: `
DetectGeneratedContent InvokeBuilder InvokeDataAutomationAsync InvokeBlueprintOptimizationAsync
OptimizePrompt Rerank GenerateQuery GetAgentMemory DeleteAgentMemory CreateInvocation
PutInvocationStep GetInvocationStep ListInvocations ListInvocationSteps CountTokens
StartFlowExecution
`,
        why: 'calls at runtime are partly data events',
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
      {
        actions: `
AgenticRetrieveStream AssociateThirdPartyKnowledgeBase CancelInvoke CheckIngestedDocumentAcl
CreateDataSourceToken CreateModelEvaluationJob DeleteInvoke DeleteMarketplaceModelAgreement
GetAccountDataRetention GetBlueprintRecommendation GetDataSourceAuthorizationUrl
GetDocumentContent GetIngestedDocumentAcl GetInvoke GetModelEvaluationJob
InvokeAutomatedReasoningPolicy InvokeBlueprintRecommendationAsync InvokeGuardrailChecks InvokeTool
ListModelEvaluationJobs PutAccountDataRetention PutFoundationModelEntitlement
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html',
      },
    ],
  },
  {
    service: 'es',
    sources: ['es'],
    reviewed: 131,
    source:
      'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudtrailauditing.html',
    management: 'all',
    none: [
      {
        actions: `
ESCrossClusterGet ESHttpDelete ESHttpGet ESHttpHead ESHttpPatch ESHttpPost ESHttpPut
`,
        why: 'the domain answers over HTTP; its own audit log has the call',
        source:
          'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html',
      },
    ],
    unsure: [
      {
        actions: `
AttachDataSource CreateElasticsearchServiceRole CreateServiceRole DescribeDataSourceAttachment
DetachDataSource GetMigration InsightFeedback ListDataSourceAttachments
ListElasticsearchInstanceTypeDetails ListMigrations RollbackElasticsearchServiceSoftwareUpdate
StartMigration
`,
        why: NO_OPERATION,
        source:
          'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudtrailauditing.html',
      },
    ],
  },
];
