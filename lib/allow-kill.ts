import { Aws, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { killPermissions } from '../core/accounts/documents.ts';
import { killRoleArn, killRoleName, TARGET_PATH } from '../core/accounts/names.ts';
import { parseRoleArn } from '../core/role-arn.ts';
import type { BundledFunction } from './bundled-function.ts';
import { acknowledgeTagged } from './kill-role.ts';

/**
 * Lets the kill Lambda write policies of this account's roles directly, and of other accounts'
 * roles through their kill role. Neither ends with this bundle, because keys outlive it: tags say
 * which roles of this account are vendable, and any account may have a kill role that trusts the
 * kill Lambda. If the stack's account is unknown at synthesis, an account id written out in the
 * bundle may be its own: then its roles are listed, and IAM calls act on the caller's own account
 * all the same.
 */
export function allowKill(kill: BundledFunction, roles: readonly string[]): void {
  const { account, stackName } = Stack.of(kill);
  const known = !Token.isUnresolved(account);
  const own = roles.filter((arn) => {
    const parts = parseRoleArn(arn);
    return !known || parts === null || parts.account === account;
  });
  const place = { partition: Aws.PARTITION, account };
  for (const statement of killPermissions(own, { place, stackName })) {
    kill.role.addToPrincipalPolicy(PolicyStatement.fromJson(statement));
  }
  acknowledgeTagged(kill, place);
  kill.function.addEnvironment('KILL_ROLE', `${TARGET_PATH}${killRoleName(stackName)}`);
  const killRoles = killRoleArn({ ...place, account: '*' }, stackName);
  kill.allow({ actions: ['sts:AssumeRole'], resources: [killRoles] });
  Validations.of(kill).acknowledge({
    id: `AwsSolutions::AwsSolutions-IAM5[Resource::${killRoles.replace(Aws.PARTITION, '<AWS::Partition>')}]`,
    reason:
      'Kill roles of accounts that no entitlement names any more: their trust policies decide who may assume them.',
  });
}

/** Lets a Lambda wake the kill Lambda without waiting for it. */
export function letWake(waker: BundledFunction, kill: BundledFunction): void {
  waker.function.addEnvironment('KILL_FUNCTION', kill.function.functionName);
  waker.allow({ actions: ['lambda:InvokeFunction'], resources: [kill.function.functionArn] });
}
