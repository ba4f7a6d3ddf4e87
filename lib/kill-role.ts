import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { killPermissions, killTrust } from '../core/accounts/documents.ts';
import { killLambdaRoleArn, killRoleName, TARGET_PATH } from '../core/accounts/names.ts';
import { DEFAULT_STACK_NAME } from '../core/config/stack-name.ts';

export type KillRoleProps = {
  /** The account of the broker, as 12 digits. */
  readonly brokerAccount: string;
  /** The name of the broker's stack. Default: `ValetKey`. */
  readonly brokerStackName?: string;
  /** All vendable roles of this account: an account has one kill role. */
  readonly roleArns: readonly string[];
};

/**
 * Lets the broker write its kill switch in this account. Only the kill Lambda can assume the role,
 * which may read, put and delete inline policies of exactly these roles. Without it, grants on
 * roles of this account cannot be revoked.
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
