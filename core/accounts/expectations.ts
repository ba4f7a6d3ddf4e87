import type { Bundle } from '../bundle/bundle.ts';
import type { Config } from '../config/config-file.ts';
import { parseRoleArn } from '../role-arn.ts';
import { boundaryArn, killLambdaRoleArn, killRoleArn, vendRoleArn } from './names.ts';
import { bundleRoles } from './roles.ts';

/** What the bundle and the configuration expect of an account. */
export type Expectations = {
  /** The name of the broker's stack. */
  readonly broker: string;
  readonly roles: readonly ExpectedRole[];
  /** Null in the broker's own account, which needs none. */
  readonly killRole: { readonly arn: string; readonly trusts: string } | null;
  /** ARN of the boundary that the stack of a target account makes. */
  readonly boundary: string;
  /** Whether it is the broker's own account. */
  readonly isBroker: boolean;
};

export type ExpectedRole = {
  readonly arn: string;
  readonly trusts: readonly string[];
  /** Null where another app makes the role. */
  readonly boundary: string | null;
};

export type Broker = {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
};

/** @returns null if neither the bundle nor the configuration names a role in the account. */
export function expectationsOf(
  account: string,
  broker: Broker,
  bundle: Bundle,
  targets: Config['targets'],
): Expectations | null {
  const named = bundleRoles(bundle, broker).flatMap((role) => {
    const parts = parseRoleArn(role.arn);
    return parts?.account === account ? [{ ...role, parts }] : [];
  });
  const configured = targets
    .filter((target) => target.account === account)
    .flatMap(({ roles }) => roles);
  const partition = named[0]?.parts.partition ?? partitionOf(bundle, broker) ?? DEFAULT_PARTITION;
  const [here, there] = [
    { partition, account },
    { partition, account: broker.account },
  ];
  const boundary = boundaryArn(here, broker.stackName);
  const roles = new Map<string, ExpectedRole>();
  const expect = (arn: string, vended: boolean, from: readonly string[], limit: string | null) => {
    const trusts = [...(vended ? [vendRoleArn(there, broker.stackName)] : []), ...from];
    roles.set(arn, { arn, trusts, boundary: limit });
  };
  for (const { name, path, vended, chainedFrom, permissionsBoundary } of configured) {
    const arn = `arn:${partition}:iam::${account}:role${path}${name}`;
    expect(arn, vended, chainedFrom, permissionsBoundary ?? boundary);
  }
  // For a role in both, the bundle decides how sessions reach it.
  for (const { arn, vended, chainedFrom } of named) {
    expect(arn, vended, chainedFrom, roles.get(arn)?.boundary ?? null);
  }
  if (roles.size === 0) return null;
  const foreign = account !== broker.account;
  const { stackName } = broker;
  return {
    broker: stackName,
    roles: [...roles.values()],
    boundary,
    isBroker: !foreign,
    killRole: foreign
      ? { arn: killRoleArn(here, stackName), trusts: killLambdaRoleArn(there, stackName) }
      : null,
  };
}

const DEFAULT_PARTITION = 'aws';

/** All roles of a bundle are in one partition: a role cannot be assumed from another. */
function partitionOf(bundle: Bundle, broker: Broker): string | undefined {
  return bundleRoles(bundle, broker)
    .map(({ arn }) => parseRoleArn(arn)?.partition)
    .find((partition) => partition !== undefined);
}
