import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** One run of the acceptance. Everything it creates is named after it and carries its tag. */
export type Run = {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Where its policy bundle, configuration and logs are. */
  readonly folder: string;
};

export const TAG = 'valetkey:accept';
const ID = /^[a-z0-9]{8}$/;

export function newRunId(): string {
  return randomBytes(4).toString('hex');
}

/** @throws Error if it is not the id of a run */
export function checkRunId(id: string): string {
  if (!ID.test(id)) throw new Error(`${id} is not the id of a run, which has 8 letters or digits.`);
  return id;
}

export function folderOf(id: string): string {
  return join('.valetkey', `accept-${id}`);
}

export function stackName(run: Run): string {
  return `vk-accept-${run.id}`;
}

export function targetsStackName(run: Run): string {
  return `${stackName(run)}-targets`;
}

export function stateStackName(run: Run): string {
  return `${stackName(run)}-state`;
}

export function bucketName(run: Run): string {
  return `${stackName(run)}-${run.account}`;
}

export type RoleName = 'reader' | 'start' | 'end' | 'broken';

export function roleName(run: Run, role: RoleName): string {
  return `${stackName(run)}-${role}`;
}

export function roleArn(run: Run, role: RoleName): string {
  return `arn:${run.partition}:iam::${run.account}:role/valetkey/${roleName(run, role)}`;
}

export function audienceOf(run: Run): string {
  return stackName(run);
}
