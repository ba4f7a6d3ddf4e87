import type { Bundle } from '../bundle/bundle.ts';
import { chainedRoleArns, type Deployment, targetRoleArn } from '../entitlement.ts';
import { parseRoleArn } from '../role-arn.ts';

/** A role that sessions of some entitlement can reach. */
export type BundleRole = {
  readonly arn: string;
  /** Whether the broker assumes it; otherwise sessions only chain to it. */
  readonly vended: boolean;
  /** ARNs of the target roles whose sessions may assume it. */
  readonly chainedFrom: readonly string[];
};

/** The roles of a bundle: targets first, then those that sessions only chain to. */
export function bundleRoles(bundle: Bundle, deployment: Deployment): readonly BundleRole[] {
  const reached = rolesByEntitlement(bundle, deployment);
  const targets = new Set(reached.map(({ target }) => target));
  const all = new Set([...targets, ...reached.flatMap(({ chained }) => chained)]);
  return [...all].map((arn) => {
    const from = reached.filter(({ chained }) => chained.includes(arn));
    const chainedFrom = [...new Set(from.map(({ target }) => target))];
    return { arn, vended: targets.has(arn), chainedFrom };
  });
}

/** The sorted ids of the accounts in role ARNs, without accounts that are not known yet. */
export function accountsOfBundle(bundle: Bundle, deployment: Deployment): readonly string[] {
  const roles = rolesOfBundle(bundle, deployment).flatMap((arn) => parseRoleArn(arn) ?? []);
  return [...new Set(roles.map(({ account }) => account))].sort();
}

/** The sorted ARNs of every role that sessions can reach. */
export function rolesOfBundle(bundle: Bundle, deployment: Deployment): readonly string[] {
  const reached = rolesByEntitlement(bundle, deployment);
  const arns = reached.flatMap(({ target, chained }) => [target, ...chained]);
  return [...new Set(arns)].sort();
}

type Reached = { readonly target: string; readonly chained: readonly string[] };

function rolesByEntitlement({ entitlements }: Bundle, deployment: Deployment): readonly Reached[] {
  return Object.values(entitlements).map((entitlement) => ({
    target: targetRoleArn(entitlement, deployment),
    chained: chainedRoleArns(entitlement, deployment),
  }));
}
