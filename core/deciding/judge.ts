import type { Bundle, CompiledEntitlement } from '../bundle/bundle.ts';
import { combine, type Decision, type Question } from '../decision.ts';
import type { Deployment } from '../entitlement.ts';
import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import type { PolicyEngine } from '../ports.ts';
import { ok, type Result } from '../result.ts';
import { knownCaller, overdueReview } from './fixed-rules.ts';
import type { Past } from './past.ts';

/** What deciding on a request needs. */
export type Judge = {
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly engine: PolicyEngine;
  readonly clock: () => Instant;
};

/** Asks the engine two questions: may this principal request this, and does it need an approval? */
export function decide(
  judge: Pick<Judge, 'bundle' | 'engine'>,
  asked: Question,
  entitlement: CompiledEntitlement,
): Result<Decision, Unavailable> {
  const request = judge.engine.ask('request', asked);
  if (!request.ok) return request;
  const autoApprove = judge.engine.ask('autoApprove', asked);
  if (!autoApprove.ok) return autoApprove;
  return ok(combine(request.value, autoApprove.value, entitlement, judge.bundle.hash));
}

/** What policy says, and then the rules that no policy can lift. */
export function decideByAllRules(
  judge: Judge,
  asked: Question,
  entitlement: CompiledEntitlement,
  past: Pick<Past, 'overdueReview'>,
): Result<Decision, Unavailable> {
  const decided = decide(judge, asked, entitlement);
  if (!decided.ok) return decided;
  const known = knownCaller(decided.value, asked.caller.principal, entitlement);
  return ok(overdueReview(known, entitlement.breakGlass ? past.overdueReview : null));
}
