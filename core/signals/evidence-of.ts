import type { PrincipalEvent, SignalStep } from '../audit.ts';
import type { Unavailable } from '../failure.ts';
import type { Grant } from '../grant.ts';
import { addSeconds, formatInstant, type Instant, secondsBetween } from '../instant.ts';
import type { Observed } from '../observing/read-observed.ts';
import type { GrantStore } from '../ports.ts';
import { isTokenElsewhere, requestSignals } from '../request-signals.ts';
import { ok, type Result } from '../result.ts';
import { type CastVote, isFast } from '../voter-signals.ts';
import type { Ended, SignalStore, Span } from './signal-store.ts';
import { isDenial, isRefusedAdministration, type Suspicion, THRESHOLDS } from './suspicions.ts';

export type EvidencePorts = {
  readonly store: Pick<GrantStore, 'find' | 'signalPast' | 'votesOf'>;
  readonly signals: Pick<SignalStore, 'ended' | 'refused'>;
};

/** How many there were up to the event, and the latest of them, which is read only where it is told. */
export type Evidence = {
  readonly count: number;
  readonly story: () => Promise<readonly SignalStep[]>;
};

/** Enough to see what is going on. */
export const TOLD = 10;

/** What counts for a signal, as of the event: what came after it changes nothing. */
export async function evidenceOf(
  ports: EvidencePorts,
  observed: Observed,
  { kind, principal: { id } }: Suspicion,
): Promise<Result<Evidence, Unavailable>> {
  const { at } = observed.event;
  const span = { from: addSeconds(at, -THRESHOLDS[kind].seconds), before: at + 1 };
  switch (kind) {
    case 'many-denials':
      return denials(ports, id, span);
    case 'many-lapses': {
      const lapsed = await ports.signals.ended('lapsed', id, span);
      return lapsed.ok ? ok(toldBy(ports, lapsed.value, [])) : lapsed;
    }
    case 'refused-administration': {
      const refused = await ports.signals.refused(id, span);
      return refused.ok
        ? ok(toldBy(ports, [], refused.value.filter(isRefusedAdministration)))
        : refused;
    }
    case 'new-network':
      return newNetwork(ports, observed);
    case 'token-two-networks':
      return tokenTwoNetworks(ports, observed);
    default:
      return votes(ports, id, span, kind === 'fast-votes' ? isFast : () => true);
  }
}

async function denials(
  ports: EvidencePorts,
  principal: string,
  span: Span,
): Promise<Result<Evidence, Unavailable>> {
  const [denied, refused] = await Promise.all([
    ports.signals.ended('denied', principal, span),
    ports.signals.refused(principal, span),
  ]);
  if (!denied.ok) return denied;
  return refused.ok ? ok(toldBy(ports, denied.value, refused.value.filter(isDenial))) : refused;
}

/** Of somebody who used the entitlement before: everybody's first network is new. */
async function newNetwork(
  { store }: EvidencePorts,
  { grant }: Observed,
): Promise<Result<Evidence, Unavailable>> {
  if (grant === null) return ok(NOTHING);
  const { entitlement, sourceIp, createdAt: now, requester } = grant;
  const past = await store.signalPast(requester.id, { entitlements: [entitlement], before: now });
  if (!past.ok) return past;
  const signals = requestSignals(past.value, { entitlement, sourceIp, now });
  if (!signals.newNetwork || signals.firstUse90Days) return ok(NOTHING);
  return ok({ count: 1, story: async () => [stepOf(grant, now)] });
}

/** A vend says which token it came with, a request what began with that token before. */
async function tokenTwoNetworks(
  { store }: EvidencePorts,
  { event, grant }: Observed,
): Promise<Result<Evidence, Unavailable>> {
  if (grant === null) return ok(NOTHING);
  const { entitlement, sourceIp, createdAt: now, requester, requestedWith } = grant;
  const { token } = requestedWith;
  if (token === undefined) return ok(NOTHING);
  const requested = { ...stepOf(grant, now), why: 'requested' };
  if (event.type === 'vended') {
    const used = { sourceIp: event.sourceIp ?? sourceIp, token: event.token };
    if (!isTokenElsewhere({ sourceIp, token }, used)) return ok(NOTHING);
    const step = { ...requested, at: formatInstant(event.at), from: event.sourceIp };
    return ok({ count: 1, story: async () => [requested, { ...step, why: 'keys were vended' }] });
  }
  const past = await store.signalPast(requester.id, { entitlements: [entitlement], before: now });
  if (!past.ok) return past;
  const signals = requestSignals(past.value, { entitlement, sourceIp, token, now });
  return ok(signals.tokenTwoNetworks ? { count: 1, story: async () => [requested] } : NOTHING);
}

async function votes(
  { store }: EvidencePorts,
  voter: string,
  { from, before }: Span,
  counts: (vote: CastVote) => boolean,
): Promise<Result<Evidence, Unavailable>> {
  const cast = await store.votesOf(voter, before);
  if (!cast.ok) return cast;
  const counted = cast.value.filter((vote) => vote.at >= from && counts(vote));
  const steps = counted.map(({ at, grantId, requester, vote, requestedAt }) => ({
    ...{ at, what: `${vote} for ${requester}`, grant: grantId, from: null },
    why: `after ${secondsBetween(requestedAt, at)} seconds`,
  }));
  return ok({ count: counted.length, story: async () => inOrder(steps) });
}

const NOTHING: Evidence = { count: 0, story: async () => [] };

function toldBy(
  { store }: EvidencePorts,
  ended: readonly Ended[],
  refused: readonly PrincipalEvent[],
): Evidence {
  const story = async () => {
    const latest = ended.toSorted((one, other) => other.at - one.at).slice(0, TOLD);
    const grants = await Promise.all(
      latest.map(async ({ at, grantId }) => {
        const found = await store.find(grantId);
        return found.ok && found.value !== null
          ? { ...stepOf(found.value, at), at }
          : { at, what: 'a request', grant: grantId, from: null, why: 'could not be read' };
      }),
    );
    const calls = refused.map((event) => ({
      ...{ at: event.at, what: 'call' in event ? event.call : event.type, grant: null },
      ...{ from: event.sourceIp, why: event.reason },
    }));
    return inOrder([...grants, ...calls]);
  };
  return { count: ended.length + refused.length, story };
}

type Timed = Omit<SignalStep, 'at'> & { readonly at: Instant };

/** The latest ones, in the order of time. */
function inOrder(steps: readonly Timed[]): readonly SignalStep[] {
  return steps
    .toSorted((one, other) => one.at - other.at)
    .slice(-TOLD)
    .map((step) => ({ ...step, at: formatInstant(step.at) }));
}

function stepOf(grant: Grant, at: Instant): SignalStep {
  const { id, entitlement, parameters, sourceIp } = grant;
  return {
    at: formatInstant(at),
    what: `${entitlement} ${JSON.stringify(parameters)}`,
    ...{ grant: id, from: sourceIp, why: whyEnded(grant) },
  };
}

function whyEnded({ status, endReason, decision: { policies } }: Grant): string {
  if (status !== 'denied' || endReason !== 'policy') return endReason ?? status;
  return policies.length === 0 ? 'no policy permits it' : `policy: ${policies.join(', ')}`;
}
