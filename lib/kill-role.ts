import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { killPermissions, killTrust } from '../core/accounts/documents.ts';
import { killLambdaRoleArn, killRoleName, TARGET_PATH } from '../core/accounts/names.ts';
import { DEFAULT_STACK_NAME } from '../core/config/stack-name.ts';

export type KillRoleProps = {
  readonly brokerAccount: string;
  /** `ValetKey` unless told. */
  readonly brokerStackName?: string;
  /** The vendable roles of this account, all of them: there is one kill role per account. */
  readonly roleArns: readonly string[];
};

/**
 * Lets the broker write its kill switch in this account: the kill Lambda alone may assume the role,
 * and it may read, put and delete inline policies of exactly these roles. Without it, a grant on a
 * role of this account cannot be revoked.
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
      description: 'Lets Valet Key deny what it vended in this account',
      assumedBy: new iam.CompositePrincipal(
        ...(trust?.Principal?.AWS ?? []).map((arn) => new iam.ArnPrincipal(arn)),
      ),
    });
    for (const statement of killPermissions(roleArns)) {
      role.addToPolicy(iam.PolicyStatement.fromJson(statement));
    }
  }
}
