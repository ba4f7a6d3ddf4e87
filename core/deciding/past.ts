import { type Bundle, type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { History } from '../decision.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { GrantStore, PastUse } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { ok, type Result } from '../result.ts';

/** How long a denial counts as recent. */
export const RECENT_SECONDS = 86_400;

export type PastPorts = {
  readonly bundle: Bundle;
  readonly store: Pick<GrantStore, 'history' | 'overdueReview'>;
  readonly clock: () => Instant;
};

/** What the caller's past means for a request. */
export type Past = {
  /** Null where no policy reads it. */
  readonly history: History | null;
  /** The grant whose review the caller owes for too long; only break-glass entitlements look at it. */
  readonly overdueReview: string | null;
};

export const NO_PAST: Past = { history: null, overdueReview: null };

/** Reads history and reviews, once each, and only where the entitlement's policies need them. */
export async function readPast(
  ports: PastPorts,
  caller: Caller,
  entitlementId: string,
): Promise<Result<Past, Unavailable>> {
  const entitlement = findEntitlement(ports.bundle, entitlementId);
  const past = await readFor(ports, caller, entitlement === null ? [] : [entitlement]);
  return past.ok ? ok(pastFor(past.value, entitlement)) : past;
}

/** The caller's past before it is related to one entitlement. */
export type PastRecords = { readonly use: PastUse | null; readonly overdueReview: string | null };

/** The same for a listing of all entitlements, with the same two reads at most. */
export function readPastRecords(
  ports: PastPorts,
  caller: Caller,
): Promise<Result<PastRecords, Unavailable>> {
  return readFor(ports, caller, Object.values(ports.bundle.entitlements));
}

async function readFor(
  { store, clock }: PastPorts,
  { principal }: Caller,
  entitlements: readonly Pick<CompiledEntitlement, 'breakGlass' | 'readsHistory'>[],
): Promise<Result<PastRecords, Unavailable>> {
  const now = clock();
  const since = addSeconds(now, -RECENT_SECONDS);
  const needsHistory = entitlements.some(({ readsHistory }) => readsHistory);
  const needsReviews = entitlements.some(({ breakGlass }) => breakGlass);
  const [use, overdue] = await Promise.all([
    needsHistory ? store.history(principal.id, since) : ok(null),
    needsReviews ? store.overdueReview(principal.id, now) : ok(null),
  ]);
  if (!use.ok) return use;
  return overdue.ok ? ok({ use: use.value, overdueReview: overdue.value }) : overdue;
}

export function pastFor(
  { use, overdueReview }: PastRecords,
  entitlement: Pick<Entitlement, 'id' | 'breakGlass'> | null,
): Past {
  if (entitlement === null) return NO_PAST;
  return {
    history: use === null ? null : historyFor(use, entitlement.id),
    overdueReview: entitlement.breakGlass ? overdueReview : null,
  };
}

export function historyFor({ denials, entitlements }: PastUse, entitlementId: string): History {
  return { recentDenials: denials, firstUse: !entitlements.includes(entitlementId) };
}
