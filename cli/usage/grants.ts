import { addSeconds, type Instant } from '../../core/instant.ts';
import type { Window } from '../../core/usage/usage-ports.ts';
import { READ_AFTER_SECONDS } from '../../core/usage/window-of.ts';
import type { GrantUsage } from '../../core/usage.ts';
import { type Grant, grant as grantAnswer, grants } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import type { GrantToRead } from './reading.ts';

export const DAY_MS = 86_400_000;
/** Clocks differ, and the first record of a grant is the vend that begins it. */
const BEFORE_MS = 5 * 60_000;

/** @throws UsageError for what is no grant id. */
export async function oneGrant(broker: Broker, id: string): Promise<GrantToRead> {
  if (!/^gr_[a-z0-9]{4,40}$/.test(id)) {
    throw new UsageError(`"${id}" is not a grant id.`, 'See the grants: valetkey requests');
  }
  return toRead(await broker.get(`/v1/grants/${id}`, grantAnswer));
}

/**
 * The grants of an entitlement that began within some days, oldest first. Requests that never began had no keys.
 *
 * @throws Failure if the broker refuses to list grants of others.
 */
export async function grantsOf(
  broker: Broker,
  entitlement: string,
  days: number,
  now: Instant,
): Promise<readonly GrantToRead[]> {
  const since = now - days * DAY_MS;
  const found: GrantToRead[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ entitlement, limit: '100', ...(cursor && { cursor }) });
    const page: { readonly grants: readonly Grant[]; readonly nextCursor: string | null } =
      await broker.get(`/v1/grants?${query}`, grants);
    found.push(...page.grants.filter(({ startsAt }) => startsAt !== null).map(toRead));
    const oldest = page.grants.at(-1);
    const isDone = oldest !== undefined && Date.parse(oldest.createdAt) < since - MOST_AHEAD_MS;
    cursor = isDone ? null : page.nextCursor;
  }
  return found.filter(({ from }) => from >= since && from <= now).toReversed();
}

/** The list is in the order of requests, which may ask for a later start. */
const MOST_AHEAD_MS = 31 * DAY_MS;

function toRead(grant: Grant): GrantToRead {
  const { id, entitlement, requester, parameters, createdAt } = grant;
  const ends = [grant.endedAt, grant.status === 'active' ? null : grant.expiresAt];
  const end = ends.find((one) => one !== null);
  return {
    ...{ id, entitlement, principal: requester.id, name: requester.name, parameters },
    from: Date.parse(grant.startsAt ?? createdAt),
    until: end === undefined || end === null ? null : Date.parse(end),
    keysUntil: grant.keysValidUntil === null ? null : Date.parse(grant.keysValidUntil),
  };
}

/** From a little before the first grant's beginning to when the logs should have everything about the last one. */
export function windowOf(grants: readonly GrantToRead[], now: Instant): Window {
  const from = Math.min(...grants.map((grant) => grant.from)) - BEFORE_MS;
  const until = Math.max(...grants.map((grant) => grant.until ?? now));
  return {
    ...{ from, until: Math.min(addSeconds(until, READ_AFTER_SECONDS), now) },
    ...{ accounts: null, regions: null },
  };
}

/** The grant with no end yet where it is so near to that of the reading that the logs may lack its last calls. */
export function settled<T extends Pick<GrantToRead, 'until'>>(grant: T, { read }: GrantUsage): T {
  const { until } = grant;
  const isDue = until !== null && addSeconds(until, READ_AFTER_SECONDS) <= read.until;
  return isDue ? grant : { ...grant, until: null };
}
