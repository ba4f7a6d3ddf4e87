import type { Bundle } from '../bundle/bundle.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import type { History } from '../decision.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { GrantStore, PastUse } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { ok, type Result } from '../result.ts';

/** How long a denial counts as recent. */
export const RECENT_SECONDS = 86_400;

export type RecallPorts = {
  readonly bundle: Bundle;
  readonly store: Pick<GrantStore, 'history' | 'overdueReview'>;
  readonly clock: () => Instant;
};

/** What the caller's past means for a request. */
export type Past = {
  /** Null where no policy asks for it. */
  readonly history: History | null;
  /** The grant whose review the caller owes for too long; break-glass alone asks for it. */
  readonly overdueReview: string | null;
};

export const NO_PAST: Past = { history: null, overdueReview: null };

/** One read each for history and reviews, and none at all where nothing asks for them. */
export async function recall(
  ports: RecallPorts,
  caller: Caller,
  entitlement: string,
): Promise<Result<Past, Unavailable>> {
  const wanted = findEntitlement(ports.bundle, entitlement);
  const past = await recallFor(ports, caller, wanted === null ? [] : [wanted]);
  return past.ok ? ok(pastFor(past.value, wanted)) : past;
}

/** What a listing of all entitlements asks for at once. */
export type Recalled = { readonly use: PastUse | null; readonly overdueReview: string | null };

export function recallAll(
  ports: RecallPorts,
  caller: Caller,
): Promise<Result<Recalled, Unavailable>> {
  return recallFor(ports, caller, Object.values(ports.bundle.entitlements));
}

async function recallFor(
  { store, clock }: RecallPorts,
  { principal }: Caller,
  wanted: readonly (Pick<Entitlement, 'breakGlass'> & { readonly readsHistory: boolean })[],
): Promise<Result<Recalled, Unavailable>> {
  const since = addSeconds(clock(), -RECENT_SECONDS);
  const [use, overdue] = await Promise.all([
    wanted.some(({ readsHistory }) => readsHistory) ? store.history(principal.id, since) : ok(null),
    wanted.some(({ breakGlass }) => breakGlass)
      ? store.overdueReview(principal.id, clock())
      : ok(null),
  ]);
  if (!use.ok) return use;
  return overdue.ok ? ok({ use: use.value, overdueReview: overdue.value }) : overdue;
}

export function pastFor(
  { use, overdueReview }: Recalled,
  entitlement: Pick<Entitlement, 'id' | 'breakGlass'> | null,
): Past {
  if (entitlement === null) return NO_PAST;
  const firstUse = !use?.entitlements.includes(entitlement.id);
  return {
    history: use === null ? null : { recentDenials: use.denials, firstUse },
    overdueReview: entitlement.breakGlass ? overdueReview : null,
  };
}
