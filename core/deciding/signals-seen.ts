import type { CompiledEntitlement } from '../bundle/bundle.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant, PendingExtension, RequestedWith } from '../grant.ts';
import type { Instant } from '../instant.ts';
import type { GrantStore } from '../ports.ts';
import { QUIET, type RequestSignals, requestSignals } from '../request-signals.ts';
import { ok, type Result } from '../result.ts';
import { type VoterSignals, voterSignals } from '../voter-signals.ts';

type Reads = Pick<CompiledEntitlement, 'readsSignals'>;

/**
 * The signals at the time of the request, as policies saw them, or would have seen them. Undefined where no policy
 * reads them, and none did.
 */
export async function signalsAt(
  store: Pick<GrantStore, 'signalPast'>,
  { requester, entitlement, createdAt, sourceIp, requestedWith }: Grant,
  { readsSignals }: Reads,
): Promise<Result<RequestSignals | undefined, Unavailable>> {
  const { signals, token } = requestedWith;
  // An earlier version recorded fewer.
  if (signals !== undefined) return ok({ ...QUIET, ...signals });
  if (!readsSignals) return ok(undefined);
  const query = { entitlements: [entitlement], before: createdAt };
  const past = await store.signalPast(requester.id, query);
  if (!past.ok) return past;
  return ok(requestSignals(past.value, { entitlement, sourceIp, token, now: createdAt }));
}

/** An extension as a request of its own, with the signals that policies saw of it. */
export function asRequested(grant: Grant, { inputs, requestedAt }: PendingExtension): Grant {
  const { sourceIp, history, signals } = inputs.facts;
  const { signals: _, ...others } = grant.requestedWith;
  const requestedWith: RequestedWith = {
    ...others,
    history,
    ...(signals !== undefined && { signals }),
  };
  return { ...grant, sourceIp, createdAt: requestedAt, requestedWith };
}

/** How the voter votes on what waits for votes; undefined where no policy reads it. */
export async function voterSignalsAt(
  store: Pick<GrantStore, 'votesOf'>,
  voter: string,
  { id, requester, createdAt, extension }: Grant,
  now: Instant,
  { readsSignals }: Reads,
): Promise<Result<VoterSignals | undefined, Unavailable>> {
  if (!readsSignals) return ok(undefined);
  const votes = await store.votesOf(voter, now);
  if (!votes.ok) return votes;
  const requestedAt = extension?.requestedAt ?? createdAt;
  return ok(voterSignals(votes.value, { grantId: id, requester: requester.id, requestedAt, now }));
}
