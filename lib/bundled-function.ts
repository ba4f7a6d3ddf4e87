import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Keeping, logGroup } from './keeping.ts';
import { LAYER_ENVIRONMENT, type Tracing, tracingProps } from './tracing.ts';

export type BundledFunctionProps = {
  /** `index.mjs`, and the files it reads beside itself. */
  readonly code: lambda.Code;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How long the log group keeps its lines, and whether it outlives the stack. */
  readonly keeping: Keeping;
  /** Concurrent executions for it alone. Default: it shares those of the account. */
  readonly reservedConcurrency: number | undefined;
  readonly tracing: Tracing;
  /** The name of an execution role that exists. Default: a new role. */
  readonly roleName?: string;
  /** Default: 20 seconds, longer than any caller of the API waits. */
  readonly timeoutSeconds?: number;
  /** In MB. Default: 1024. */
  readonly memorySize?: number;
};

/** A Lambda with its own role and log group; at first it may only write its log. */
export class BundledFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.IRole;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    this.role =
      props.roleName === undefined
        ? lambdaRole(this, 'Role')
        : iam.Role.fromRoleName(this, 'NamedRole', props.roleName);
    this.logGroup = logGroup(this, 'Logs', props.keeping);
    this.function = new lambda.Function(this, 'Function', {
      code: props.code,
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: props.memorySize ?? 1024,
      timeout: Duration.seconds(props.timeoutSeconds ?? 20),
      description: props.description,
      environment: {
        ...props.environment,
        ...(props.tracing.layer !== null && LAYER_ENVIRONMENT),
        ACCOUNT_ID: Stack.of(this).account,
        // Each stack of an account measures on its own.
        POWERTOOLS_METRICS_NAMESPACE: Stack.of(this).stackName,
        POWERTOOLS_SERVICE_NAME: id,
      },
      role: this.role,
      ...tracingProps(this, this.role, props.tracing),
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      logGroup: this.logGroup,
    });
    this.allow({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    if (props.roleName !== undefined) this.nameRights();
  }

  /**
   * A role with a name serves the brokers of several Regions, and each has a policy of its own on it: of the same name,
   * the one that is deployed last would take the rights of the other.
   */
  private nameRights(): void {
    const policy = this.role.node.findChild('Policy').node.defaultChild as iam.CfnPolicy;
    const { stackName, region } = Stack.of(this);
    policy.policyName = `${stackName}-${region}`;
  }

  allow(statement: iam.PolicyStatementProps): void {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement(statement));
  }
}

export function lambdaRole(scope: Construct, id: string, roleName?: string): iam.Role {
  return new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    ...(roleName !== undefined && { roleName }),
  });
}
