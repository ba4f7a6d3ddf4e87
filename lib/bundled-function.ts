import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Keeping, logGroup } from './keeping.ts';

export type BundledFunctionProps = {
  readonly code: lambda.Code;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly keeping: Keeping;
  readonly role?: iam.Role;
  /** 20 unless told: more than any caller of the API waits. */
  readonly timeoutSeconds?: number;
};

/** One Lambda with a role, a log group, and no permission but to write to it. */
export class BundledFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    this.role = props.role ?? lambdaRole(this, 'Role');
    this.logGroup = logGroup(this, 'Logs', props.keeping);
    this.function = new lambda.Function(this, 'Function', {
      code: props.code,
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 1024,
      timeout: Duration.seconds(props.timeoutSeconds ?? 20),
      description: props.description,
      environment: { ...props.environment, ACCOUNT_ID: Stack.of(this).account },
      role: this.role,
      logGroup: this.logGroup,
    });
    this.allow({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
  }

  allow(statement: iam.PolicyStatementProps): void {
    this.role.addToPolicy(new iam.PolicyStatement(statement));
  }
}

export function lambdaRole(scope: Construct, id: string, roleName?: string): iam.Role {
  return new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    ...(roleName !== undefined && { roleName }),
  });
}
