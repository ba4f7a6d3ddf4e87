import { Aws, CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Bundle } from '../core/bundle/bundle.ts';
import { targetRoleArn } from '../core/entitlement.ts';
import { BrokerApi } from './broker-api.ts';
import { BundledFunction, lambdaRole } from './bundled-function.ts';
import { GrantTable } from './grant-table.ts';
import { GrantWorkflow } from './grant-workflow.ts';
import { lambdaCode, type Needs } from './lambda-code.ts';

export type BrokerStackProps = StackProps & {
  readonly bundle: Bundle;
  /** JSON: the address that stands in for an issuer, by issuer id; only the local stack has any. */
  readonly issuerUrls?: string;
};

/** The broker: API, table, workflow, and one Lambda per privilege. */
export class BrokerStack extends Stack {
  /** What target roles trust. */
  readonly vendRoleArn: string;

  constructor(scope: Construct, id: string, props: BrokerStackProps) {
    super(scope, id, props);
    const { bundle } = props;
    const table = new GrantTable(this, 'Grants');
    const environment = {
      TABLE_NAME: table.table.tableName,
      ...(props.issuerUrls !== undefined && { ISSUER_URLS: props.issuerUrls }),
    };
    const build = (name: string, needs: Needs, description: string): BundledFunction =>
      new BundledFunction(this, name, {
        code: lambdaCode(name, needs, bundle),
        description: `Valet Key: ${description}`,
        environment,
        ...(name === 'vend' && { role: this.vendRole() }),
      });

    const open = build('open', 'bundle', 'what anybody may read');
    const read = build('read', 'bundle and engine', 'everything that changes nothing');
    const request = build('request', 'bundle and engine', 'asks for grants');
    const vend = build('vend', 'bundle and engine', 'vends credentials');
    const expire = build('expire', 'nothing', 'marks grants as expired');
    const start = build('start-workflow', 'nothing', 'starts the workflow of every grant');

    // A request's history is looked up only where a policy asks for it.
    const history = bundle.mentions.attributes.includes('history') ? ['Query'] : [];
    allow(read, table.statements(['GetItem', 'Query'], 'read'));
    allow(
      request,
      table.statements(['ConditionCheckItem', 'GetItem', 'PutItem', ...history], 'write'),
    );
    allow(expire, table.statements(['GetItem', 'PutItem'], 'write'));
    allow(
      vend,
      table.statements(
        ['ConditionCheckItem', 'GetItem', 'PutItem', 'UpdateItem', ...history],
        'write',
      ),
    );
    vend.allow({
      actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      resources: targetRoleArns(bundle),
    });

    const workflow = new GrantWorkflow(this, 'Workflow', { table, expire });
    start.function.addEnvironment('STATE_MACHINE_ARN', workflow.stateMachine.stateMachineArn);
    workflow.startFromStream(start);
    const { api } = new BrokerApi(this, 'Api', { open, read, request, vend });

    this.vendRoleArn = `arn:${Aws.PARTITION}:iam::${this.account}:role/${vendRoleName(this)}`;
    this.output('ApiUrl', api.apiEndpoint);
    this.output('ApiId', api.apiId);
    this.output('TableName', table.table.tableName);
    this.output('StateMachineArn', workflow.stateMachine.stateMachineArn);
    this.output('VendRoleArn', this.vendRoleArn);
  }

  /**
   * A trust policy stores the role it trusts as a unique id, so a new role of the same name would
   * not be trusted by any target (IAM User Guide, "AWS JSON policy elements: Principal"): kept.
   */
  private vendRole() {
    const role = lambdaRole(this, 'VendRole', vendRoleName(this));
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return role;
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}

function vendRoleName(stack: Stack): string {
  return `${stack.stackName}-vend`;
}

function allow(to: BundledFunction, statements: ReturnType<GrantTable['statements']>): void {
  for (const statement of statements) to.allow(statement);
}

/** The roles that the bundle's entitlements name, and no others. */
function targetRoleArns(bundle: Bundle): string[] {
  const deployment = { account: Aws.ACCOUNT_ID, region: Aws.REGION };
  const arns = Object.values(bundle.entitlements).map((it) => targetRoleArn(it, deployment));
  return [...new Set(arns)].sort();
}
