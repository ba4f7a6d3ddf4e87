import { bundleRoles } from '../core/accounts/roles.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { parseRoleArn } from '../core/role-arn.ts';
import type { TargetRole } from './target-account-stack.ts';

/**
 * For the local stack only: every role of the bundle, by its account, with all permissions, so that
 * any bundle can be tried and the session policy alone limits.
 */
export function sampleRoles(
  bundle: Bundle,
  account: string,
): ReadonlyMap<string, readonly TargetRole[]> {
  const samples = bundleRoles(bundle, { account, region: 'any' }).flatMap((role) => {
    const parts = parseRoleArn(role.arn);
    const bootstrapped = parts !== null && OF_A_BOOTSTRAP.test(parts.name);
    return parts === null || bootstrapped ? [] : [{ ...role, ...parts, statements: [EVERYTHING] }];
  });
  return Map.groupBy(samples, (it) => it.account);
}

/** `cdk bootstrap` makes these itself. */
const OF_A_BOOTSTRAP = /^cdk-[a-z0-9]{1,10}-(deploy|file-publishing|image-publishing|lookup)-role-/;

const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };
