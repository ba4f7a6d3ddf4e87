import { type Grant, rolesOf } from '../grant.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { parseRoleArn } from '../role-arn.ts';
import type { Window } from './usage-ports.ts';
import type { GrantSpan } from './usage-store.ts';

/** When the calls under the keys of a grant are read, and in which part of the logs. */

/**
 * CloudTrail delivers a file about five minutes after a call, and promises no time: an hour is twelve times as long. What
 * comes later is not read.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export const READ_AFTER_SECONDS = 3600;

/** Clocks differ, and a first call can be recorded with the second in which the grant began. */
const BEFORE_SECONDS = 300;
/** For calls that are tried after the end: they are refused, and recorded. */
const AFTER_SECONDS = 900;

/** Whether the grant began and has ended, so that it can be said what was called under it. */
export function hasEnded({ status }: Pick<Grant, 'status'>): boolean {
  return status === 'expired' || status === 'revoked';
}

/** The last moment at which keys of the grant can have worked. */
function lastUse({ endedAt, keysValidUntil, createdAt }: Grant): Instant {
  return Math.max(endedAt ?? createdAt, keysValidUntil ?? createdAt);
}

export function spanOf({ id, requester, startsAt, createdAt, endedAt }: Grant): GrantSpan {
  const { id: principal, name } = requester;
  return { id, principal, name, from: startsAt ?? createdAt, until: endedAt };
}

/** When everything about a grant that has ended should be in the logs. */
export function usageDueAt(grant: Grant): Instant {
  return addSeconds(lastUse(grant), READ_AFTER_SECONDS);
}

/** Accounts of the roles that sessions of the grant can reach: they get the records of the calls. */
export function accountsOf(grant: Grant): readonly string[] {
  const roles = rolesOf(grant).flatMap((role) => parseRoleArn(role) ?? []);
  return [...new Set(roles.map(({ account }) => account))].toSorted();
}

/** Where the logs of the deployment are looked at; null for all. */
export type Places = {
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
};

/** Whether the logs have what was called under the grant, as far as the deployment knows. */
export function isInLogs(grant: Grant, { accounts }: Pick<Places, 'accounts'>): boolean {
  return accounts === null || accountsOf(grant).every((account) => accounts.includes(account));
}

export function windowOf(grant: Grant, { regions }: Pick<Places, 'regions'>): Window {
  return {
    from: addSeconds(grant.startsAt ?? grant.createdAt, -BEFORE_SECONDS),
    until: addSeconds(lastUse(grant), AFTER_SECONDS),
    ...{ accounts: accountsOf(grant), regions },
  };
}
