import { type CompiledEntitlement, findEntitlement } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { type Decision, type Outcome, type Question, question } from '../decision.ts';
import type { Scope } from '../entitlement.ts';
import type { Failure } from '../failure.ts';
import type { FieldError } from '../field-error.ts';
import { type Instant, secondsBetween } from '../instant.ts';
import { expiryOf } from '../lifecycle/new-grant.ts';
import { err, ok, type Result } from '../result.ts';
import {
  composeSessionPolicy,
  MAX_SESSION_POLICY_LENGTH,
  type NoSessionPolicy,
} from '../session-policy/compose.ts';
import { advise } from './advice.ts';
import { isFixedRule } from './fixed-rules.ts';
import { checkRequest, type GrantRequest, startOf, UNKNOWN_ENTITLEMENT } from './grant-request.ts';
import { decideByAllRules, type Judge } from './judge.ts';
import type { Past } from './past.ts';

/** A request with its decision, before anything is written: a dry run shows it, a request acts on it. */
export type Assessment = {
  readonly now: Instant;
  readonly entitlement: CompiledEntitlement;
  readonly question: Question;
  readonly decision: Decision;
  /** When the grant begins if it needs no approval, and when it ends then. */
  readonly startsAt: Instant;
  readonly expiresAt: Instant;
  /** The text that STS receives then. */
  readonly sessionPolicy: string;
};

/** Checks a request, renders its session policy, lets policy decide, and finds what would be better. */
export function assessRequest(
  judge: Judge,
  call: CallSource,
  request: GrantRequest,
  past: Past,
): Result<Assessment, Failure> {
  const judged = judgeRequest(judge, call, request, past);
  if (!judged.ok) return judged;
  const advised = addAdvice(judge, judged.value, request.scope, past);
  return ok({ ...judged.value, decision: advised });
}

/** The same without advice of our own: a decision says only what its policies say. */
export function judgeRequest(
  judge: Judge,
  { caller, sourceIp }: CallSource,
  request: GrantRequest,
  past: Past,
): Result<Assessment, Failure> {
  const now = judge.clock();
  const entitlement = findEntitlement(judge.bundle, request.entitlement);
  if (entitlement === null) return invalid(UNKNOWN_ENTITLEMENT);
  const parameters = checkRequest(entitlement, {
    ...request,
    scheduled: request.startsAt !== null,
  });
  if (!parameters.ok) return invalid(...parameters.error);
  const startsAt = startOf(request, now);
  if (!startsAt.ok) return invalid(startsAt.error);

  const expiresAt = expiryOf(startsAt.value, request.durationSeconds);
  const sessionPolicy = composeSessionPolicy({
    entitlement,
    parameters: parameters.value,
    scope: request.scope,
    deployment: judge.deployment,
    expiresAt,
    sourceIp,
  });
  if (!sessionPolicy.ok) return invalid(...explainNoPolicy(sessionPolicy.error));

  const asked = question(caller, entitlement, judge.deployment, {
    now,
    durationSeconds: request.durationSeconds,
    startsInSeconds: secondsBetween(now, startsAt.value),
    sourceIp,
    ticket: request.ticket,
    justification: request.justification ?? '',
    parameters: parameters.value,
    scope: request.scope,
    history: past.history,
    signals: past.signals,
  });
  const decided = decideByAllRules(judge, asked, entitlement, past);
  if (!decided.ok) return decided;
  return ok({
    now,
    entitlement,
    question: asked,
    decision: decided.value,
    startsAt: startsAt.value,
    expiresAt,
    sessionPolicy: sessionPolicy.value,
  });
}

/** Adds what would be better; `advice.ts` finds that by asking the engine again. Never for `allow`. */
function addAdvice(
  judge: Judge,
  { question: asked, entitlement, decision }: Assessment,
  scope: Scope | null,
  past: Past,
): Decision {
  const { outcome: decided, policies } = decision;
  if (decided === 'allow' || policies.some(isFixedRule)) return decision;
  const outcomeOf = (question: Question, of: CompiledEntitlement): Outcome => {
    const other = decideByAllRules(judge, question, of, past);
    return other.ok ? other.value.outcome : 'deny';
  };
  const found = advise({ judge, asked, entitlement, scope, decided, outcomeOf });
  return { ...decision, advice: [...new Set([...decision.advice, ...found])] };
}

function invalid(...errors: readonly FieldError[]): Result<never, Failure> {
  return err({ code: 'invalid', errors });
}

/** Why no session policy could be composed, as errors of the request. */
export function explainNoPolicy(error: NoSessionPolicy): readonly FieldError[] {
  if (error.code === 'not-contained') return error.errors;
  const limit = MAX_SESSION_POLICY_LENGTH;
  const detail = `make a session policy of ${error.length} characters, and AWS accepts ${limit}: use shorter values or a smaller scope`;
  return [{ pointer: '/parameters', detail }];
}
