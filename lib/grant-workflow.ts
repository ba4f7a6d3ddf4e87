import { readFileSync } from 'node:fs';
import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';
import { type Keeping, logGroup } from './keeping.ts';
import { readStream } from './read-stream.ts';

const DEFINITION = new URL('../workflow/grant.asl.json', import.meta.url);

export type GrantWorkflowProps = {
  readonly table: GrantTable;
  readonly keeping: Keeping;
  /** Performs what is due on a grant. */
  readonly advance: BundledFunction;
  /** Writes and prunes the kill switch. */
  readonly kill: BundledFunction;
};

/**
 * One Standard execution per grant (`workflow/grant.asl.json`), started from the table's stream.
 */
export class GrantWorkflow extends Construct {
  readonly stateMachine: sfn.StateMachine;
  private readonly table: GrantTable;

  constructor(scope: Construct, id: string, props: GrantWorkflowProps) {
    super(scope, id);
    const { table, advance, kill } = props;
    const { stackName } = Stack.of(this);
    this.table = table;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
    });
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(readFileSync(DEFINITION, 'utf8')),
      definitionSubstitutions: {
        Partition: Aws.PARTITION,
        TableName: table.table.tableName,
        AdvanceFunctionArn: advance.function.functionArn,
        KillFunctionArn: kill.function.functionArn,
      },
      role,
      tracingEnabled: true,
      logs: {
        destination: logGroup(this, 'Logs', props.keeping, `/aws/vendedlogs/states/${stackName}`),
        level: sfn.LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    for (const statement of [
      ...parkTokens(table),
      table.keyStatement('write'),
      {
        actions: ['lambda:InvokeFunction'],
        resources: [advance.function.functionArn, kill.function.functionArn],
      },
    ]) {
      role.addToPolicy(new iam.PolicyStatement(statement));
    }
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason:
        'CDK adds permissions for log delivery and X-Ray, for which AWS has no resources to name.',
    });
  }

  /**
   * Starts an execution for every new grant, and signals it on every later version.
   *
   * @returns the queue of what the stream's reader did not manage
   */
  orchestrate(orchestrator: BundledFunction): sqs.Queue {
    orchestrator.function.addEnvironment('STATE_MACHINE_ARN', this.stateMachine.stateMachineArn);
    for (const statement of this.table.statements(['GetItem'], 'read')) {
      orchestrator.allow(statement);
    }
    orchestrator.allow({
      actions: ['states:SendTaskSuccess', 'states:StartExecution'],
      resources: [this.stateMachine.stateMachineArn],
    });
    return readStream(this, this.table, orchestrator, {
      eventName: ['INSERT', 'MODIFY'],
      sk: ['GRANT'],
      retention: Duration.days(14),
    });
  }
}

/**
 * The workflow may park its task token while the grant has not changed; it cannot change the grant.
 */
function parkTokens({ table }: GrantTable): readonly iam.PolicyStatementProps[] {
  const grants = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['GRANT#*'] } };
  return [
    {
      actions: ['dynamodb:ConditionCheckItem'],
      resources: [table.tableArn],
      conditions: grants,
    },
    {
      actions: ['dynamodb:PutItem'],
      resources: [table.tableArn],
      conditions: {
        ...grants,
        'ForAllValues:StringEquals': {
          'dynamodb:Attributes': ['pk', 'sk', 'taskToken', 'version', 'waitsFor', 'until'],
        },
      },
    },
  ];
}
