import { Aws, CfnOutput, Stack, type StackProps, Token, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import {
  boundaryStatements,
  heldByBoundary,
  LONGEST_MANAGED_POLICY,
} from '../core/accounts/documents.ts';
import { boundaryName, TARGET_PATH, vendRoleArn } from '../core/accounts/names.ts';
import { DEFAULT_STACK_NAME } from '../core/config/stack-name.ts';
import { KillRole } from './kill-role.ts';
import { VendableRole } from './vendable-role.ts';

/** One vendable role of a {@link TargetAccountStack}, and the most that its sessions can do. */
export type TargetRole = {
  /** The role's name: 1 to 64 characters. */
  readonly name: string;
  /**
   * The role's IAM path, with a slash at both ends. It is part of the role's ARN.
   *
   * @default '/valetkey/'
   */
  readonly path?: string;
  /**
   * ARNs of the managed policies to attach.
   *
   * @default - none
   */
  readonly policies?: readonly string[];
  /**
   * IAM statements for the role's inline policy, written as in a policy document.
   *
   * @default - none
   */
  readonly statements?: readonly object[];
  /**
   * ARN of a permissions boundary to use instead of the stack's own. It must deny as much
   * (docs/target-accounts.md).
   *
   * @default - the boundary of the stack
   */
  readonly permissionsBoundary?: string | undefined;
  /**
   * Whether the broker may assume the role. Set it to false for a role that sessions reach only through
   * `chainedFrom`.
   *
   * @default true
   */
  readonly vended?: boolean;
  /**
   * ARNs of the vendable roles whose sessions may assume this role. List roles of this stack before the
   * roles that trust them.
   *
   * @default - no role
   */
  readonly chainedFrom?: readonly string[];
};

/** Properties of {@link TargetAccountStack}, beside those of every CDK stack. */
export type TargetAccountStackProps = StackProps & {
  /** The AWS account that the broker runs in: 12 digits. */
  readonly brokerAccount: string;
  /**
   * The name of the broker's stack. The roles that this stack trusts and creates are named after it.
   *
   * @default 'ValetKey'
   */
  readonly brokerStackName?: string;
  /** The vendable roles of this account, all of them: see {@link TargetRole}. */
  readonly roles: readonly TargetRole[];
};

/**
 * Everything that one target account needs: its vendable roles, a permissions boundary that stops their
 * sessions from changing these roles, and the {@link KillRole}. Deploy one per account and broker, and
 * after the broker, because IAM refuses to trust a role that does not exist.
 *
 * Where `env.account` is the broker's own account, the stack omits the kill role. The outputs `Role1`,
 * `Role2` and so on are the ARNs of the vendable roles.
 *
 * @example
 * import { App } from 'aws-cdk-lib';
 * import { Bucket } from 'aws-cdk-lib/aws-s3';
 * import { TargetAccountStack } from 'valetkey/constructs';
 *
 * const targets = new TargetAccountStack(new App(), 'Targets', {
 *   env: { account: '111111111111', region: 'eu-central-1' },
 *   brokerAccount: '222222222222',
 *   roles: [
 *     { name: 'reports' },
 *     { name: 'audit', policies: ['arn:aws:iam::aws:policy/SecurityAudit'] },
 *   ],
 * });
 * const bucket = Bucket.fromBucketName(targets, 'Reports', 'acme-reports');
 * bucket.grantRead(targets.role('reports'));
 */
export class TargetAccountStack extends Stack {
  private readonly made = new Map<string, VendableRole>();
  private readonly broker: string;

  constructor(scope: Construct, id: string, props: TargetAccountStackProps) {
    super(scope, id, props);
    this.broker = props.brokerStackName ?? DEFAULT_STACK_NAME;
    const arns = props.roles.map((role) => this.arnOf(role));
    const boundary = this.boundary(arns, props.brokerAccount);
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
   * Finds a role of this stack, to grant it permissions from other constructs.
   *
   * @param name the `name` of its {@link TargetRole}
   * @returns the IAM role
   * @throws Error if the stack has no role of that name
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
      brokerStackName: this.broker,
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
    // IAM refuses to trust a role that does not exist.
    for (const from of chainedFrom) {
      const before = this.made.get(from.split('/').at(-1) ?? '');
      if (before !== undefined) vendable.node.addDependency(before);
    }
    this.made.set(name, vendable);
  }

  /** Written with names instead of references: the roles refer to the boundary, and it to them. */
  private boundary(roles: readonly string[], brokerAccount: string): iam.ManagedPolicy {
    const place = { partition: Aws.PARTITION, account: this.account };
    const isBroker = this.account === brokerAccount || Token.isUnresolved(this.account);
    const held = heldByBoundary(roles, { place, stackName: this.broker, isBroker });
    this.refuseLongBoundary(held);
    const boundary = new iam.ManagedPolicy(this, 'Boundary', {
      managedPolicyName: boundaryName(this.broker),
      path: TARGET_PATH,
      description: 'The most that roles vended by Valet Key can do',
      statements: boundaryStatements(held).map((statement) =>
        iam.PolicyStatement.fromJson(statement),
      ),
    });
    const wildcards = held
      .filter((arn) => arn.endsWith('*'))
      .map((arn) => `Resource::${shown(arn)}`);
    for (const wildcard of ['Action::*', 'Resource::*', ...wildcards]) {
      Validations.of(boundary).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${wildcard}]`,
        reason: 'A boundary grants nothing: it limits what the policies of the role can allow.',
      });
    }
    return boundary;
  }

  /** CloudFormation would refuse it in the middle of a deployment. */
  private refuseLongBoundary(held: readonly string[]): void {
    const Statement = boundaryStatements(held);
    const text = JSON.stringify({ Version: '2012-10-17', Statement })
      .replaceAll(Aws.PARTITION, LONGEST_PARTITION)
      .replaceAll(Aws.ACCOUNT_ID, '0'.repeat(12));
    if (text.length <= LONGEST_MANAGED_POLICY) return;
    throw new Error(
      `${this.node.id}: the permissions boundary of the roles would have ${text.length} characters, and IAM allows ${LONGEST_MANAGED_POLICY}. Give roles the path ${TARGET_PATH}: it names all roles below that path at once.`,
    );
  }
}

/** No partition has a longer name so far. */
const LONGEST_PARTITION = 'aws-us-gov';

/** An ARN as cdk-nag writes it. */
function shown(arn: string): string {
  return arn.replace(Aws.PARTITION, '<AWS::Partition>').replace(Aws.ACCOUNT_ID, '<AWS::AccountId>');
}
