import { bundleRoles } from '../core/accounts/roles.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { parseRoleArn } from '../core/role-arn.ts';
import type { TargetRole } from './target-account-stack.ts';

/**
 * For the local stack only: every role of the bundle, by account and with all permissions, so that
 * any bundle can be tried and only the session policy limits what its keys can do.
 */
export function sampleRoles(
  bundle: Bundle,
  account: string,
): ReadonlyMap<string, readonly TargetRole[]> {
  const samples = bundleRoles(bundle, { account, region: 'any' }).flatMap((role) => {
    const parts = parseRoleArn(role.arn);
    const bootstrapped = parts !== null && BOOTSTRAP_ROLE.test(parts.name);
    return parts === null || bootstrapped ? [] : [{ ...role, ...parts, statements: [EVERYTHING] }];
  });
  return Map.groupBy(samples, (role) => role.account);
}

/** Roles that `cdk bootstrap` creates. */
const BOOTSTRAP_ROLE = /^cdk-[a-z0-9]{1,10}-(deploy|file-publishing|image-publishing|lookup)-role-/;

const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };
