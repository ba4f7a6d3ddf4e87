import { rolesOfBundle } from '../accounts/roles.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { type Day, daysBetween } from '../day.ts';
import type { Deployment } from '../entitlement.ts';
import type { Failure, Unavailable } from '../failure.ts';
import type { FieldError } from '../field-error.ts';
import type { Grant } from '../grant.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { KillStore } from '../kill/ports.ts';
import type { GrantStore, PolicyEngine, PrincipalStore } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import type { StatsDay, StatsHead, StatsStore } from './stats-ports.ts';

export type ReadStatsPorts = {
  readonly engine: Pick<PolicyEngine, 'mayOnBroker'>;
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly stats: Pick<StatsStore, 'head' | 'days'>;
  readonly store: Pick<GrantStore, 'due' | 'find'>;
  readonly principals: Pick<PrincipalStore, 'suspended'>;
  readonly kills: Pick<KillStore, 'freezeOf'>;
  readonly clock: () => Instant;
};

/** Both days are among them. */
export type StatsPeriod = { readonly from: Day; readonly to: Day };

/** What is counted, with what is true at this moment. */
export type Stats = {
  readonly period: StatsPeriod;
  readonly now: Instant;
  /** The hash of the policy bundle in force. */
  readonly bundle: string;
  readonly head: StatsHead;
  readonly days: ReadonlyMap<Day, StatsDay>;
  readonly expiringSoon: readonly Expiring[];
  /** Of all suspended principals. */
  readonly suspended: number;
  readonly frozenRoles: readonly string[];
};

type Expiring = Grant & { readonly expiresAt: Instant };

/** A grant expires soon within a quarter of an hour. */
const SOON_SECONDS = 900;
const MOST_EXPIRING = 20;

/** The figures of a period for whoever may audit. They cost as much as its days, not as much as its grants. */
export async function readStats(
  ports: ReadStatsPorts,
  caller: Caller,
  period: StatsPeriod,
): Promise<Result<Stats, Failure>> {
  const days = daysBetween(period.from, period.to);
  const wrong = wrongPeriod(days.length, period);
  if (wrong !== null) return err({ code: 'invalid', errors: [wrong] });
  const may = ports.engine.mayOnBroker('audit', caller.principal);
  if (!may.ok) return may;
  if (!may.value) {
    return err({ code: 'forbidden', detail: 'You need permission to audit to read the figures.' });
  }
  const now = ports.clock();
  const [head, tallies, expiringSoon, suspended, frozenRoles] = await Promise.all([
    ports.stats.head(),
    ports.stats.days(days),
    expiring(ports, now),
    countSuspended(ports),
    frozen(ports, now),
  ]);
  if (!head.ok) return head;
  if (!tallies.ok) return tallies;
  if (!expiringSoon.ok) return expiringSoon;
  if (!suspended.ok) return suspended;
  if (!frozenRoles.ok) return frozenRoles;
  return ok({
    ...{ period, now, bundle: ports.bundle.hash, head: head.value, days: tallies.value },
    expiringSoon: expiringSoon.value,
    suspended: suspended.value,
    frozenRoles: frozenRoles.value,
  });
}

const MOST_DAYS = 366;

function wrongPeriod(days: number, { to }: StatsPeriod): FieldError | null {
  if (days === 0) return { pointer: '/from', detail: `is after ${to}, the last day` };
  if (days <= MOST_DAYS) return null;
  return { pointer: '/from', detail: `is more than a year before ${to}: ask for less` };
}

/** Active grants, those that expire first first. */
async function expiring(
  { store }: ReadStatsPorts,
  now: Instant,
): Promise<Result<readonly Expiring[], Unavailable>> {
  const soon = addSeconds(now, SOON_SECONDS);
  const due = await store.due(soon, 2 * MOST_EXPIRING);
  if (!due.ok) return due;
  const grants: Expiring[] = [];
  for (const found of await Promise.all(due.value.map((id) => store.find(id)))) {
    if (!found.ok) return found;
    if (found.value?.status !== 'active') continue;
    const expiresAt = found.value.expiresAt ?? 0;
    if (expiresAt > now && expiresAt < soon) grants.push({ ...found.value, expiresAt });
  }
  const inOrder = grants.toSorted((a, b) => a.expiresAt - b.expiresAt);
  return ok(inOrder.slice(0, MOST_EXPIRING));
}

const PAGE = 200;

/** Suspensions are few: each of them was an order by a person. */
async function countSuspended({
  principals,
}: ReadStatsPorts): Promise<Result<number, Unavailable>> {
  let count = 0;
  let after: Parameters<PrincipalStore['suspended']>[0]['after'] | null = null;
  do {
    const page: Awaited<ReturnType<PrincipalStore['suspended']>> = await principals.suspended({
      limit: PAGE,
      ...(after && { after }),
    });
    if (!page.ok) return page;
    count += page.value.principals.length;
    after = page.value.next;
  } while (after !== null);
  return ok(count);
}

async function frozen(
  { bundle, deployment, kills }: ReadStatsPorts,
  now: Instant,
): Promise<Result<readonly string[], Unavailable>> {
  const roles = rolesOfBundle(bundle, deployment);
  const frozenRoles: string[] = [];
  const found = await Promise.all(
    roles.map(async (role) => ({ role, freeze: await kills.freezeOf(role) })),
  );
  for (const { role, freeze } of found) {
    if (!freeze.ok) return freeze;
    if (freeze.value === null) continue;
    const { until } = freeze.value;
    if (until === null || until > now) frozenRoles.push(role);
  }
  return ok(frozenRoles);
}
