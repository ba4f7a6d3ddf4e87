import type { Bundle } from '../bundle/bundle.ts';
import { chainedRoleArns, type Deployment, targetRoleArn } from '../entitlement.ts';
import { parseRoleArn } from '../role-arn.ts';

/** A role that some entitlement of the bundle can reach. */
export type BundleRole = {
  readonly arn: string;
  /** Whether the broker itself assumes it, or only roles that it is chained from. */
  readonly vended: boolean;
  readonly chainedFrom: readonly string[];
};

/** Targets first, then the roles that are only reached from others. */
export function bundleRoles(
  { entitlements }: Bundle,
  deployment: Deployment,
): readonly BundleRole[] {
  const all = Object.values(entitlements).map((it) => ({
    target: targetRoleArn(it, deployment),
    chained: chainedRoleArns(it, deployment),
  }));
  const targets = new Set(all.map(({ target }) => target));
  return [...new Set([...targets, ...all.flatMap(({ chained }) => chained)])].map((arn) => {
    const from = all.filter((it) => it.chained.includes(arn)).map(({ target }) => target);
    return { arn, vended: targets.has(arn), chainedFrom: [...new Set(from)] };
  });
}

/** The accounts that the bundle writes out, sorted; `{{account}}` is none of them until it is known. */
export function accountsOfBundle(bundle: Bundle, deployment: Deployment): readonly string[] {
  const accounts = rolesOfBundle(bundle, deployment).map((arn) => parseRoleArn(arn)?.account);
  return [...new Set(accounts.filter((it) => it !== undefined))].sort();
}

/** Every role that some entitlement's sessions can reach. */
export function rolesOfBundle(bundle: Bundle, deployment: Deployment): readonly string[] {
  const roles = Object.values(bundle.entitlements).flatMap((it) => [
    targetRoleArn(it, deployment),
    ...chainedRoleArns(it, deployment),
  ]);
  return [...new Set(roles)].sort();
}
