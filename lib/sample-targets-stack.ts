import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Bundle } from '../core/bundle/bundle.ts';
import { targetAccount, targetRoleArn } from '../core/entitlement.ts';
import { VendableRole } from './vendable-role.ts';

export type SampleTargetsStackProps = StackProps & {
  readonly bundle: Bundle;
  readonly vendRoleArn: string;
  readonly account: string;
};

/**
 * For the local stack only: every target role of the bundle in the deployment's own account, with
 * all permissions, so that any bundle can be tried and the session policy alone limits.
 */
export class SampleTargetsStack extends Stack {
  constructor(scope: Construct, id: string, props: SampleTargetsStackProps) {
    super(scope, id, props);
    const deployment = { account: props.account, region: 'any' };
    const own = Object.values(props.bundle.entitlements).filter(
      (it) => targetAccount(it, deployment) === props.account,
    );
    for (const arn of new Set(own.map((it) => targetRoleArn(it, deployment)))) {
      const [, path = '/', roleName = ''] = /:role(\/.*?)([^/]+)$/.exec(arn) ?? [];
      const { role } = new VendableRole(this, roleName, {
        roleName,
        path,
        vendRoleArn: props.vendRoleArn,
      });
      role.addToPolicy(new iam.PolicyStatement({ actions: ['*'], resources: ['*'] }));
    }
    for (const wildcard of ['Action::*', 'Resource::*']) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${wildcard}]`,
        reason: 'Samples of the local stack have all permissions: the session policy alone limits.',
      });
    }
  }
}
