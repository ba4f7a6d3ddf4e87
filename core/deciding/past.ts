import type { DecisionInputs } from '../audit.ts';
import { type Bundle, type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import type { History } from '../decision.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { addSeconds, type Instant } from '../instant.ts';
import type { GrantStore, PastQuery, PastUse } from '../ports.ts';
import { type RequestSignals, requestSignals, type SignalPast } from '../request-signals.ts';
import { ok, type Result } from '../result.ts';

/** How long a denial counts as recent. */
const RECENT_SECONDS = 86_400;

export type PastPorts = {
  readonly bundle: Bundle;
  readonly store: Pick<GrantStore, 'history' | 'overdueReview' | 'signalPast'>;
  readonly clock: () => Instant;
};

/** What the caller's past means for a request. */
export type Past = {
  /** Null where no policy reads it. */
  readonly history: History | null;
  /** The grant whose review the caller owes for too long; only break-glass entitlements look at it. */
  readonly overdueReview: string | null;
  /** Absent where no policy reads them. */
  readonly signals?: RequestSignals;
};

export const NO_PAST: Past = { history: null, overdueReview: null };

/** Reads history, signals and reviews, once each, and only where the entitlement's policies need them. */
export async function readPast(
  ports: PastPorts,
  call: CallSource,
  entitlementId: string,
): Promise<Result<Past, Unavailable>> {
  const entitlement = findEntitlement(ports.bundle, entitlementId);
  const past = await readFor(ports, call, entitlement === null ? [] : [entitlement]);
  return past.ok ? ok(pastFor(past.value, entitlement, call)) : past;
}

/** The caller's past before it is related to one entitlement. */
export type PastRecords = {
  readonly use: PastUse | null;
  readonly overdueReview: string | null;
  readonly signals?: { readonly past: SignalPast; readonly at: Instant };
};

/** The same for a listing of all entitlements, with the same reads at most. */
export function readPastRecords(
  ports: PastPorts,
  call: CallSource,
): Promise<Result<PastRecords, Unavailable>> {
  return readFor(ports, call, Object.values(ports.bundle.entitlements));
}

async function readFor(
  { store, clock }: PastPorts,
  { caller: { principal } }: CallSource,
  entitlements: readonly PastReader[],
): Promise<Result<PastRecords, Unavailable>> {
  const now = clock();
  const readers = entitlements.filter(({ readsHistory }) => readsHistory);
  const signalled = entitlements.filter(({ readsSignals }) => readsSignals);
  const needsReviews = entitlements.some(({ breakGlass }) => breakGlass);
  const [use, signals, overdue] = await Promise.all([
    readers.length > 0 ? store.history(principal.id, pastOf(readers, now)) : ok(null),
    signalled.length > 0
      ? store.signalPast(principal.id, { entitlements: signalled.map(({ id }) => id), before: now })
      : ok(null),
    needsReviews ? store.overdueReview(principal.id, now) : ok(null),
  ]);
  if (!use.ok) return use;
  if (!signals.ok) return signals;
  if (!overdue.ok) return overdue;
  return ok({
    use: use.value,
    overdueReview: overdue.value,
    ...(signals.value !== null && { signals: { past: signals.value, at: now } }),
  });
}

type PastReader = Pick<CompiledEntitlement, 'id' | 'breakGlass' | 'readsHistory' | 'readsSignals'>;

export function pastFor(
  { use, overdueReview, signals }: PastRecords,
  entitlement: PastReader | null,
  { sourceIp, caller: { token } }: CallSource,
): Past {
  if (entitlement === null) return NO_PAST;
  const { id, readsSignals } = entitlement;
  return {
    history: use === null || !entitlement.readsHistory ? null : historyFor(use, id),
    overdueReview: entitlement.breakGlass ? overdueReview : null,
    ...(readsSignals &&
      signals !== undefined && {
        signals: requestSignals(signals.past, {
          entitlement: id,
          sourceIp,
          token,
          now: signals.at,
        }),
      }),
  };
}

/**
 * The requester's history at the time of the request, as policies saw it, or would have seen it: what
 * began before, without the request itself. It never changes afterwards. Null where no policy reads it.
 */
export async function historyAt(
  store: Pick<GrantStore, 'history'>,
  grant: Grant,
  entitlement: Pick<CompiledEntitlement, 'readsHistory'>,
): Promise<Result<History | null, Unavailable>> {
  if (!entitlement.readsHistory) return ok(grant.requestedWith.history);
  return historyOf(store, grant);
}

/** The same for approvers, whether or not a policy reads it. */
export async function historyOf(
  store: Pick<GrantStore, 'history'>,
  { requester, entitlement, createdAt, requestedWith }: Grant,
): Promise<Result<History, Unavailable>> {
  if (requestedWith.history !== null) return ok(requestedWith.history);
  const use = await store.history(requester.id, pastOf([{ id: entitlement }], createdAt));
  return use.ok ? ok(historyFor(use.value, entitlement)) : use;
}

/** What the engine saw when the grant was requested; null where no record of it is found. */
export async function recordedInputs(
  store: Pick<GrantStore, 'requestedEvent'>,
  grantId: string,
): Promise<Result<DecisionInputs | null, Unavailable>> {
  const event = await store.requestedEvent(grantId);
  return event.ok ? ok(event.value?.inputs ?? null) : event;
}

function pastOf(entitlements: readonly Pick<Entitlement, 'id'>[], before: Instant): PastQuery {
  return {
    entitlements: entitlements.map(({ id }) => id),
    since: addSeconds(before, -RECENT_SECONDS),
    before,
  };
}

function historyFor({ denials, entitlements }: PastUse, entitlementId: string): History {
  return { recentDenials: denials, firstUse: !entitlements.includes(entitlementId) };
}
