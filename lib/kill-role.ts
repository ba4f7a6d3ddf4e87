import { Aws, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { killPermissions, killTrust } from '../core/accounts/documents.ts';
import {
  anyRoleArn,
  killLambdaRoleArn,
  killRoleName,
  type Place,
  TARGET_PATH,
} from '../core/accounts/names.ts';
import { DEFAULT_STACK_NAME } from '../core/config/stack-name.ts';

/** Properties of {@link KillRole}. */
export type KillRoleProps = {
  /** The AWS account that the broker runs in: 12 digits. */
  readonly brokerAccount: string;
  /**
   * The name of the broker's stack. The kill role is named after it: `/valetkey/<stack name>-kill`.
   *
   * @default 'ValetKey'
   */
  readonly brokerStackName?: string;
  /**
   * ARNs of all vendable roles in this account: an account has one kill role per broker. Roles with the tag
   * of a {@link VendableRole} are covered without being listed, and stay covered when they are taken off
   * the list.
   */
  readonly roleArns: readonly string[];
};

/**
 * An IAM role that lets the broker's kill Lambda, and nothing else, write the kill switch in this account.
 * It may get, put and delete inline policies of the roles in `roleArns` and of the roles that carry the tag
 * of the broker, and of no others. Without it, the broker cannot revoke grants on roles in this account:
 * keep it until the keys of the last grants have expired.
 *
 * The broker's own account does not need one. {@link TargetAccountStack} contains one.
 *
 * @example
 * import { App, Stack } from 'aws-cdk-lib';
 * import { KillRole, VendableRole } from 'valetkey/constructs';
 *
 * const stack = new Stack(new App(), 'Reports', {
 *   env: { account: '111111111111', region: 'eu-central-1' },
 * });
 * const { role } = new VendableRole(stack, 'Reader', {
 *   roleName: 'reports',
 *   path: '/valetkey/',
 *   vendRoleArn: 'arn:aws:iam::222222222222:role/ValetKey-vend',
 * });
 * new KillRole(stack, 'KillRole', {
 *   brokerAccount: '222222222222',
 *   roleArns: [role.roleArn],
 * });
 */
export class KillRole extends Construct {
  constructor(scope: Construct, id: string, props: KillRoleProps) {
    super(scope, id);
    const { brokerAccount, brokerStackName = DEFAULT_STACK_NAME, roleArns } = props;
    const broker = { partition: Aws.PARTITION, account: brokerAccount };
    const [trust] = killTrust(killLambdaRoleArn(broker, brokerStackName));
    const role = new iam.Role(this, 'Role', {
      roleName: killRoleName(brokerStackName),
      path: TARGET_PATH,
      description: 'Lets Valet Key deny sessions that it vended in this account',
      assumedBy: new iam.CompositePrincipal(
        ...(trust?.Principal?.AWS ?? []).map((arn) => new iam.ArnPrincipal(arn)),
      ),
    });
    const place = { partition: Aws.PARTITION, account: Stack.of(this).account };
    for (const statement of killPermissions(roleArns, { place, stackName: brokerStackName })) {
      role.addToPolicy(iam.PolicyStatement.fromJson(statement));
    }
    acknowledgeTagged(role, place);
  }
}

/** A policy of this role may name every role of the account, because the tag of the role decides. */
export function acknowledgeTagged(role: Construct, place: Place): void {
  const arn = anyRoleArn(place)
    .replace(Aws.PARTITION, '<AWS::Partition>')
    .replace(Aws.ACCOUNT_ID, '<AWS::AccountId>');
  Validations.of(role).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${arn}]`,
    reason:
      'A condition limits the statement to roles with the tag of this broker: a role must stay within reach of the kill switch after its entitlement is removed.',
  });
}
