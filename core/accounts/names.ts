/**
 * The path of the kill role and of the boundary in a target account. This path, and names that derive
 * from the name of the broker's stack, let stacks in several accounts agree without asking each other.
 */
export const TARGET_PATH = '/valetkey/';

/** The broker's roles have fixed names, because other accounts trust them. */
export function vendRoleName(stackName: string): string {
  return `${stackName}-vend`;
}

/** The name of the kill Lambda's role, and of the kill role in each target account. */
export function killRoleName(stackName: string): string {
  return `${stackName}-kill`;
}

/** The bucket and the key of the ledger name this role: no other writes or signs it. */
export function ledgerRoleName(stackName: string): string {
  return `${stackName}-ledger`;
}

/** The role that copies the ledger from this Region to the second one. A Region has one of its own, because roles are global. */
export function copyRoleName(stackName: string, region: string): string {
  return `${stackName}-copy-${region}`;
}

/** Matches {@link copyRoleName} of every Region. */
export function copyRolesArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role/${copyRoleName(stackName, '*')}`;
}

/** Another broker of the account has another vault. */
export function backupVaultName(stackName: string): string {
  return `${stackName}-backups`;
}

export function boundaryName(stackName: string): string {
  return `${stackName}-boundary`;
}

/**
 * The tag of every role that the broker of this stack vends. It stays on a role whose entitlement is removed,
 * so that the kill switch reaches the role for as long as its sessions live. Each broker has a key of its
 * own, because several brokers may vend one role.
 */
export function vendableTag(stackName: string): { readonly key: string; readonly value: string } {
  return { key: `valetkey:${stackName}`, value: 'vendable' };
}

/** A partition and an account; either may be a CDK token. */
export type Place = { readonly partition: string; readonly account: string };

export function vendRoleArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role/${vendRoleName(stackName)}`;
}

export function killLambdaRoleArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role/${killRoleName(stackName)}`;
}

export function ledgerRoleArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role/${ledgerRoleName(stackName)}`;
}

/** The role in a target account that the kill Lambda assumes. */
export function killRoleArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role${TARGET_PATH}${killRoleName(stackName)}`;
}

/** Matches every role of an account. */
export function anyRoleArn({ partition, account }: Place): string {
  return `arn:${partition}:iam::${account}:role/*`;
}

/** Matches every role below {@link TARGET_PATH}: vendable roles and kill roles. */
export function targetPathArn({ partition, account }: Place): string {
  return `arn:${partition}:iam::${account}:role${TARGET_PATH}*`;
}

/** Matches the roles of the broker: CloudFormation names those without a name after the stack as well. */
export function brokerRolesArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role/${stackName}-*`;
}

export function boundaryArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:policy${TARGET_PATH}${boundaryName(stackName)}`;
}
