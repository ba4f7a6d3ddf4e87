import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Bundle } from '../core/bundle/bundle.ts';
import { chainedRoleArns, targetRoleArn } from '../core/entitlement.ts';
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
    const made = new Map<string, VendableRole>();
    for (const [arn, { vended, chainedFrom }] of sampleRoles(props.bundle, deployment)) {
      const [, path = '/', roleName = ''] = /:role(\/.*?)([^/]+)$/.exec(arn) ?? [];
      const sample = new VendableRole(this, roleName, {
        ...{ roleName, path, chainedFrom },
        ...(vended && { vendRoleArn: props.vendRoleArn }),
      });
      sample.role.addToPolicy(new iam.PolicyStatement({ actions: ['*'], resources: ['*'] }));
      // IAM wants those that a role trusts to be there.
      for (const from of chainedFrom) {
        const before = made.get(from);
        if (before !== undefined) sample.node.addDependency(before);
      }
      made.set(arn, sample);
    }
    for (const wildcard of ['Action::*', 'Resource::*']) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[${wildcard}]`,
        reason: 'Samples of the local stack have all permissions: the session policy alone limits.',
      });
    }
  }
}

type Sample = { readonly vended: boolean; readonly chainedFrom: readonly string[] };

/** Targets first, then the roles that are only reached from others. */
function sampleRoles(
  { entitlements }: Bundle,
  deployment: { readonly account: string; readonly region: string },
): readonly (readonly [string, Sample])[] {
  const own = (arn: string): boolean => arn.includes(`::${deployment.account}:`);
  const all = Object.values(entitlements).map((it) => ({
    target: targetRoleArn(it, deployment),
    chained: chainedRoleArns(it, deployment),
  }));
  const targets = new Set(all.map(({ target }) => target).filter(own));
  const chained = new Set(all.flatMap((it) => it.chained).filter(own));
  return [...new Set([...targets, ...chained])].map((arn) => {
    const from = all.filter((it) => it.chained.includes(arn)).map(({ target }) => target);
    return [arn, { vended: targets.has(arn), chainedFrom: [...new Set(from)] }];
  });
}
