import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { killPermissions, killTrust } from '../core/accounts/documents.ts';
import { killLambdaRoleArn, killRoleName, TARGET_PATH } from '../core/accounts/names.ts';
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
  /** ARNs of all vendable roles in this account: an account has one kill role per broker. */
  readonly roleArns: readonly string[];
};

/**
 * An IAM role that lets the broker's kill Lambda, and nothing else, write the kill switch in this account.
 * It may get, put and delete inline policies of the roles in `roleArns` and no others. Without it, the
 * broker cannot revoke grants on roles in this account.
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
    for (const statement of killPermissions(roleArns)) {
      role.addToPolicy(iam.PolicyStatement.fromJson(statement));
    }
  }
}
