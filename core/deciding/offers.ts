import { type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { type Outcome, question } from '../decision.ts';
import type { Failure } from '../failure.ts';
import { err, ok, type Result } from '../result.ts';
import { decideByAllRules, type Judge } from './judge.ts';
import { type PastRecords, pastFor } from './past.ts';

/** An entitlement as one caller sees it, with the outcome that an ordinary request would have now. */
export type Offer = { readonly entitlement: CompiledEntitlement; readonly outcome: Outcome };

/** How long an ordinary request lasts, unless the entitlement allows less. */
const ORDINARY_SECONDS = 900;

const NO_SUCH_ENTITLEMENT: Failure = {
  code: 'not-found',
  detail: 'There is no such entitlement, or you may not see it.',
};

/** The entitlements that the caller may see: those for which policy could permit some request. */
export function listOffers(
  judge: Judge,
  call: CallSource,
  past: PastRecords,
): Result<readonly Offer[], Failure> {
  const offers: Offer[] = [];
  for (const entitlement of Object.values(judge.bundle.entitlements)) {
    const offer = offerOf(judge, call, entitlement, past);
    if (!offer.ok) return offer;
    if (offer.value !== null) offers.push(offer.value);
  }
  return ok(offers);
}

export function findOffer(
  judge: Judge,
  call: CallSource,
  id: string,
  past: PastRecords,
): Result<Offer, Failure> {
  const entitlement = findEntitlement(judge.bundle, id);
  if (entitlement === null) return err(NO_SUCH_ENTITLEMENT);
  const offer = offerOf(judge, call, entitlement, past);
  if (!offer.ok) return offer;
  return offer.value === null ? err(NO_SUCH_ENTITLEMENT) : ok(offer.value);
}

/** @returns null where the caller may not see the entitlement. */
function offerOf(
  judge: Judge,
  { caller, sourceIp }: CallSource,
  entitlement: CompiledEntitlement,
  records: PastRecords,
): Result<Offer | null, Failure> {
  const past = pastFor(records, entitlement, { caller, sourceIp });
  const asked = question(caller, entitlement, judge.deployment, {
    now: judge.clock(),
    durationSeconds: Math.min(ORDINARY_SECONDS, entitlement.maxDurationSeconds),
    startsInSeconds: 0,
    sourceIp,
    ticket: null,
    justification: '',
    parameters: entitlement.samples,
    scope: null,
    history: past.history,
    signals: past.signals,
  });
  const visible = judge.engine.maySee(caller.principal, asked);
  if (!visible.ok) return visible;
  if (!visible.value) return ok(null);
  const decision = decideByAllRules(judge, asked, entitlement, past);
  return decision.ok ? ok({ entitlement, outcome: decision.value.outcome }) : decision;
}
