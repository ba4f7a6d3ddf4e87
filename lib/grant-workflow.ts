import { readFileSync } from 'node:fs';
import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';

const DEFINITION = new URL('../workflow/grant.asl.json', import.meta.url);

export type GrantWorkflowProps = {
  readonly table: GrantTable;
  /** Marks a grant as expired. */
  readonly expire: BundledFunction;
};

/** One Standard execution per grant (`workflow/grant.asl.json`), started from the table's stream. */
export class GrantWorkflow extends Construct {
  readonly stateMachine: sfn.StateMachine;
  private readonly table: GrantTable;

  constructor(scope: Construct, id: string, { table, expire }: GrantWorkflowProps) {
    super(scope, id);
    this.table = table;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    });
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(readFileSync(DEFINITION, 'utf8')),
      definitionSubstitutions: {
        Partition: Aws.PARTITION,
        TableName: table.table.tableName,
        ExpireFunctionArn: expire.function.functionArn,
      },
      role,
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${Stack.of(this).stackName}`,
          retention: logs.RetentionDays.ONE_YEAR,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    for (const statement of [
      // It parks its task token, and cannot touch a grant.
      {
        actions: ['dynamodb:UpdateItem'],
        resources: [table.table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['GRANT#*'] },
          'ForAllValues:StringEquals': {
            'dynamodb:Attributes': ['pk', 'sk', 'taskToken', 'waitsFor'],
          },
        },
      },
      table.keyStatement('write'),
      { actions: ['lambda:InvokeFunction'], resources: [expire.function.functionArn] },
    ]) {
      role.addToPolicy(new iam.PolicyStatement(statement));
    }
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery and X-Ray, which CDK adds, know no resources to name.',
    });
  }

  /** Every active grant that is written to the table gets its execution; what fails is kept. */
  startFromStream(starter: BundledFunction): void {
    const { table } = this.table;
    const failures = new sqs.Queue(this, 'NotStarted', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(failures).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason: 'It is itself the dead-letter queue of the stream.',
    });
    starter.allow({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [table.tableStreamArn ?? ''],
    });
    starter.allow(this.table.keyStatement('read'));
    starter.allow({
      actions: ['states:StartExecution'],
      resources: [this.stateMachine.stateMachineArn],
    });
    new lambda.EventSourceMapping(this, 'Stream', {
      target: starter.function,
      eventSourceArn: table.tableStreamArn ?? '',
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 25,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 100,
      maxRecordAge: Duration.hours(6),
      onFailure: new SqsDlq(failures),
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: {
            NewImage: {
              sk: { S: lambda.FilterRule.isEqual('GRANT') },
              status: { S: lambda.FilterRule.isEqual('active') },
            },
          },
        }),
      ],
    });
  }
}
