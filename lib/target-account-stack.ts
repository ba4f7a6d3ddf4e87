import { Aws, CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { boundaryStatements } from '../core/accounts/documents.ts';
import {
  boundaryArn,
  boundaryName,
  killRoleArn,
  TARGET_PATH,
  vendRoleArn,
} from '../core/accounts/names.ts';
import { DEFAULT_STACK_NAME } from '../core/config/stack-name.ts';
import { KillRole } from './kill-role.ts';
import { VendableRole } from './vendable-role.ts';

/** A role of a target account, and what it may do at the most. */
export type TargetRole = {
  readonly name: string;
  /** With a slash at both ends; `/valetkey/` unless told. */
  readonly path?: string;
  /** ARNs of managed policies. */
  readonly policies?: readonly string[];
  /** IAM statements, as in a policy document. */
  readonly statements?: readonly object[];
  /** The ARN of another boundary than the stack's own. */
  readonly permissionsBoundary?: string | undefined;
  /** False for a role that is only reached from others (`chainedFrom`); the broker never assumes it. */
  readonly vended?: boolean;
  readonly chainedFrom?: readonly string[];
};

export type TargetAccountStackProps = StackProps & {
  readonly brokerAccount: string;
  /** `ValetKey` unless told. */
  readonly brokerStackName?: string;
  readonly roles: readonly TargetRole[];
};

/**
 * What one target account needs: its vendable roles, the boundary that holds them, and the kill role,
 * which the broker's own account does without. One per account and broker.
 */
export class TargetAccountStack extends Stack {
  /** By name, for what a statement cannot say: `bucket.grantRead(stack.role('artifacts'))`. */
  private readonly made = new Map<string, VendableRole>();
  private readonly broker: string;

  constructor(scope: Construct, id: string, props: TargetAccountStackProps) {
    super(scope, id, props);
    this.broker = props.brokerStackName ?? DEFAULT_STACK_NAME;
    const arns = props.roles.map((role) => this.arnOf(role));
    const boundary = this.boundary(arns);
    const from = { partition: Aws.PARTITION, account: props.brokerAccount };
    const trusts = vendRoleArn(from, this.broker);
    for (const role of props.roles) this.addRole(role, trusts, boundary);
    if (this.account !== props.brokerAccount) {
      const { brokerAccount } = props;
      new KillRole(this, 'Kill', {
        ...{ brokerAccount, brokerStackName: this.broker, roleArns: arns },
      });
    }
    for (const [index, arn] of arns.entries()) {
      new CfnOutput(this, `Role${index + 1}`, { value: arn });
    }
  }

  /** @throws Error when the stack has no such role. */
  role(name: string): iam.Role {
    const found = this.made.get(name);
    if (found === undefined) throw new Error(`${this.node.id} has no role '${name}'`);
    return found.role;
  }

  private arnOf({ name, path = TARGET_PATH }: TargetRole): string {
    return `arn:${Aws.PARTITION}:iam::${this.account}:role${path}${name}`;
  }

  private addRole(role: TargetRole, trusts: string, boundary: iam.IManagedPolicy): void {
    const { name, path = TARGET_PATH, chainedFrom = [], vended = true } = role;
    const own = role.permissionsBoundary;
    const vendable = new VendableRole(this, name, {
      roleName: name,
      ...{ path, chainedFrom },
      ...(vended && { vendRoleArn: trusts }),
      permissionsBoundary:
        own === undefined
          ? boundary
          : iam.ManagedPolicy.fromManagedPolicyArn(this, `${name}Boundary`, own),
    });
    for (const [index, arn] of (role.policies ?? []).entries()) {
      const policy = iam.ManagedPolicy.fromManagedPolicyArn(this, `${name}Policy${index}`, arn);
      vendable.role.addManagedPolicy(policy);
    }
    for (const statement of role.statements ?? []) {
      vendable.role.addToPolicy(iam.PolicyStatement.fromJson(statement));
    }
    // IAM wants those that a role trusts to be there.
    for (const from of chainedFrom) {
      const before = this.made.get(from.split('/').at(-1) ?? '');
      if (before !== undefined) vendable.node.addDependency(before);
    }
    this.made.set(name, vendable);
  }

  /** Its text names itself and the roles that it holds, by their names: they refer to it, too. */
  private boundary(roles: readonly string[]): iam.ManagedPolicy {
    const here = { partition: Aws.PARTITION, account: this.account };
    const held = [...roles, killRoleArn(here, this.broker), boundaryArn(here, this.broker)];
    const boundary = new iam.ManagedPolicy(this, 'Boundary', {
      managedPolicyName: boundaryName(this.broker),
      path: TARGET_PATH,
      description: 'The most that roles vended by Valet Key can ever do',
      statements: boundaryStatements(held).map((it) => iam.PolicyStatement.fromJson(it)),
    });
    for (const wildcard of ['Action::*', 'Resource::*']) {
      Validations.of(boundary).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${wildcard}]`,
        reason: 'A boundary grants nothing: it says what no policy of the role can go beyond.',
      });
    }
    return boundary;
  }
}
