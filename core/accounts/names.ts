import { parseRoleArn, type RoleArn } from '../role-arn.ts';

/**
 * What is called how in the accounts that take part. Every name follows from the broker's stack, so
 * that stacks of several accounts agree without asking one another.
 */

/** Where the kill role and the boundary of a target account stand. */
export const TARGET_PATH = '/valetkey/';

/** The broker's roles have fixed names: other accounts trust them. */
export function vendRoleName(stackName: string): string {
  return `${stackName}-vend`;
}

/** The role of the kill Lambda; in a target account the kill role has the same name, under its path. */
export function killRoleName(stackName: string): string {
  return `${stackName}-kill`;
}

export function boundaryName(stackName: string): string {
  return `${stackName}-boundary`;
}

/** A partition and an account; either may be a token of the CDK. */
export type Place = { readonly partition: string; readonly account: string };

export function vendRoleArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role/${vendRoleName(stackName)}`;
}

export function killLambdaRoleArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role/${killRoleName(stackName)}`;
}

/** The role in a target account that the kill Lambda assumes. */
export function killRoleArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:role${TARGET_PATH}${killRoleName(stackName)}`;
}

export function boundaryArn({ partition, account }: Place, stackName: string): string {
  return `arn:${partition}:iam::${account}:policy${TARGET_PATH}${boundaryName(stackName)}`;
}

/** Former names of `RoleArn` and `parseRoleArn`, for the modules that still use them. */
export type RoleParts = RoleArn;
export const roleParts = parseRoleArn;
