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

/** A role of a target account, and the most that it may do. */
export type TargetRole = {
  /** The name of the role, without its path. */
  readonly name: string;
  /** Begins and ends with a slash. Default: `/valetkey/`. */
  readonly path?: string;
  /** ARNs of managed policies to attach. Default: none. */
  readonly policies?: readonly string[];
  /** IAM statements, as in a policy document. Default: none. */
  readonly statements?: readonly object[];
  /** The ARN of a permissions boundary. Default: the boundary of the stack. */
  readonly permissionsBoundary?: string | undefined;
  /** False if the broker never assumes the role, because it is only chained to. Default: true. */
  readonly vended?: boolean;
  /** ARNs of the vendable roles whose sessions may assume this one. Default: none. */
  readonly chainedFrom?: readonly string[];
};

export type TargetAccountStackProps = StackProps & {
  /** The account of the broker, as 12 digits. */
  readonly brokerAccount: string;
  /** The name of the broker's stack. Default: `ValetKey`. */
  readonly brokerStackName?: string;
  /** All vendable roles of the account. */
  readonly roles: readonly TargetRole[];
};

/**
 * What a target account needs: its vendable roles, the permissions boundary that limits them, and
 * the kill role, which the broker's own account does not need. Deploy one per account and broker.
 */
export class TargetAccountStack extends Stack {
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
      new KillRole(this, 'Kill', { brokerAccount, brokerStackName: this.broker, roleArns: arns });
    }
    for (const [index, arn] of arns.entries()) {
      new CfnOutput(this, `Role${index + 1}`, { value: arn });
    }
  }

  /**
   * A role of the stack, for rights that a statement cannot express:
   * `bucket.grantRead(stack.role('artifacts'))`.
   *
   * @param name the role's `name`
   * @throws Error if the stack has no such role
   */
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
      path,
      chainedFrom,
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
    // IAM refuses a trust policy that names a role that does not exist yet.
    for (const from of chainedFrom) {
      const before = this.made.get(from.split('/').at(-1) ?? '');
      if (before !== undefined) vendable.node.addDependency(before);
    }
    this.made.set(name, vendable);
  }

  /** Names itself and the roles by their ARNs, because the roles refer to the boundary. */
  private boundary(roles: readonly string[]): iam.ManagedPolicy {
    const here = { partition: Aws.PARTITION, account: this.account };
    const protectedArns = [
      ...roles,
      killRoleArn(here, this.broker),
      boundaryArn(here, this.broker),
    ];
    const boundary = new iam.ManagedPolicy(this, 'Boundary', {
      managedPolicyName: boundaryName(this.broker),
      path: TARGET_PATH,
      description: 'The most that roles vended by Valet Key can do',
      statements: boundaryStatements(protectedArns).map((statement) =>
        iam.PolicyStatement.fromJson(statement),
      ),
    });
    for (const wildcard of ['Action::*', 'Resource::*']) {
      Validations.of(boundary).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${wildcard}]`,
        reason: 'A boundary grants nothing: it limits what the policies of the role can allow.',
      });
    }
    return boundary;
  }
}
