import type { CompiledEntitlement } from '../bundle/bundle.ts';
import { findEntitlement } from '../bundle/bundle.ts';
import { type Outcome, question } from '../decision.ts';
import type { Failure } from '../failure.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { overdueReview } from './fixed-rules.ts';
import { decide, type Judge } from './judge.ts';
import { pastFor, type Recalled } from './past.ts';

/** An entitlement as one caller sees it: what an ordinary request for it would be answered now. */
export type Offer = { readonly entitlement: CompiledEntitlement; readonly outcome: Outcome };

/** What "an ordinary request" lasts, unless the entitlement is shorter. */
const ORDINARY_SECONDS = 900;

const NO_SUCH_ENTITLEMENT: Failure = {
  code: 'not-found',
  detail: 'There is no such entitlement, or you may not see it.',
};

/** The entitlements that the caller may see: those that some request of the caller could get. */
export function browse(
  judge: Judge,
  caller: Caller,
  sourceIp: string,
  recalled: Recalled,
): Result<readonly Offer[], Failure> {
  const offers: Offer[] = [];
  for (const entitlement of Object.values(judge.bundle.entitlements)) {
    const offer = offerOf(judge, caller, entitlement, sourceIp, recalled);
    if (!offer.ok) return offer;
    if (offer.value !== null) offers.push(offer.value);
  }
  return ok(offers);
}

export function browseOne(
  judge: Judge,
  caller: Caller,
  id: string,
  sourceIp: string,
  recalled: Recalled,
): Result<Offer, Failure> {
  const entitlement = findEntitlement(judge.bundle, id);
  if (entitlement === null) return err(NO_SUCH_ENTITLEMENT);
  const offer = offerOf(judge, caller, entitlement, sourceIp, recalled);
  if (!offer.ok) return offer;
  return offer.value === null ? err(NO_SUCH_ENTITLEMENT) : ok(offer.value);
}

function offerOf(
  judge: Judge,
  caller: Caller,
  entitlement: CompiledEntitlement,
  sourceIp: string,
  recalled: Recalled,
): Result<Offer | null, Failure> {
  const past = pastFor(recalled, entitlement);
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
  });
  const visible = judge.engine.maySee(caller.principal, asked);
  if (!visible.ok) return visible;
  if (!visible.value) return ok(null);
  const decision = decide(judge, asked, entitlement);
  if (!decision.ok) return decision;
  const { outcome } = overdueReview(decision.value, past.overdueReview);
  return ok({ entitlement, outcome });
}
