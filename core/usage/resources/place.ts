import type { TrailRecord } from '../record.ts';

/** Where names of a request belong: they are names in the caller's account. */
export type Place = {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
};

const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;
const ACCOUNT = /^\d{12}$/;

/**
 * Partitions by how the names of their Regions begin.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

/** Null where the Region or the account of a record is not a Region or an account. */
export function placeOf(record: TrailRecord): Place | null {
  const account = record.callerAccount ?? record.account;
  if (account === null || !ACCOUNT.test(account) || !REGION.test(record.region)) return null;
  const found = PARTITIONS.find(([prefix]) => record.region.startsWith(prefix));
  return { partition: found?.[1] ?? 'aws', region: record.region, account };
}
