import type { Bundle, CompiledEntitlement } from '../bundle/bundle.ts';
import { combine, type Decision, type Outcome, type Question, question } from '../decision.ts';
import type { Deployment } from '../entitlement.ts';
import type { Failure, FieldError } from '../failure.ts';
import { addSeconds, type Instant, secondsBetween } from '../instant.ts';
import { expiryOf } from '../lifecycle/new-grant.ts';
import type { PolicyEngine } from '../ports.ts';
import type { Caller } from '../principal.ts';
import { err, ok, type Result } from '../result.ts';
import { knownPerson, SAME_PERSON } from '../same-person.ts';
import {
  composeSessionPolicy,
  MAX_SESSION_POLICY_LENGTH,
  type NoSessionPolicy,
} from '../session-policy/compose.ts';
import { checkParameters, type Parameters } from '../session-policy/parameters.ts';
import type { Scope } from '../session-policy/scope.ts';
import { advise } from './advice.ts';
import { OVERDUE_REVIEW, overdueReview } from './fixed-rules.ts';
import type { Past } from './past.ts';

/** What a caller sends to ask for a grant, already of the right shape. */
export type GrantRequest = {
  readonly entitlement: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly scope: Scope | null;
  readonly durationSeconds: number;
  /** Null for at once. */
  readonly startsAt: Instant | null;
  readonly justification: string | null;
  readonly ticket: string | null;
};

/** What it takes to judge a request. */
export type Judge = {
  readonly bundle: Bundle;
  readonly deployment: Deployment;
  readonly engine: PolicyEngine;
  readonly clock: () => Instant;
};

/** A request, judged, with nothing written yet: what a dry run shows and a real one acts on. */
export type Assessment = {
  readonly now: Instant;
  readonly entitlement: CompiledEntitlement;
  readonly question: Question;
  readonly decision: Decision;
  /** When it begins if it needs no human, and when it ends then. */
  readonly startsAt: Instant;
  readonly expiresAt: Instant;
  /** The text that STS receives then. */
  readonly sessionPolicy: string;
};

/** Checks a request, renders it, and lets policy decide. Pure but for the engine. */
export function assess(
  judge: Judge,
  caller: Caller,
  request: GrantRequest,
  sourceIp: string,
  past: Past,
): Result<Assessment, Failure> {
  const judged = judgeRequest(judge, caller, request, sourceIp, past);
  if (!judged.ok) return judged;
  const { question: asked, entitlement, decision } = judged.value;
  const advised = addAdvice(judge, asked, entitlement, request.scope, decision);
  return ok({ ...judged.value, decision: advised });
}

/** The same without what would help: a denial says only what its policies say. */
export function judgeRequest(
  judge: Judge,
  caller: Caller,
  request: GrantRequest,
  sourceIp: string,
  past: Past,
): Result<Assessment, Failure> {
  const now = judge.clock();
  const entitlement = findEntitlement(judge.bundle, request.entitlement);
  if (entitlement === null) return invalid(UNKNOWN_ENTITLEMENT);
  const parameters = checkRequest(entitlement, request);
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
  });
  const decided = decide(judge, asked, entitlement);
  if (!decided.ok) return decided;
  return ok({
    now,
    entitlement,
    question: asked,
    decision: overdueReview(
      knownPerson(decided.value, caller.principal, entitlement),
      past.overdueReview,
    ),
    startsAt: startsAt.value,
    expiresAt,
    sessionPolicy: sessionPolicy.value,
  });
}

/** A denial says what would help; `core/deciding/advice.ts` finds it by asking the engine again. */
function addAdvice(
  judge: Judge,
  asked: Question,
  entitlement: CompiledEntitlement,
  scope: Scope | null,
  decision: Decision,
): Decision {
  const ours = decision.policies.some((id) => id === OVERDUE_REVIEW || id === SAME_PERSON);
  if (decision.outcome !== 'deny' || ours) return decision;
  const outcomeOf = (question: Question, of: CompiledEntitlement): Outcome => {
    const other = decide(judge, question, of);
    return other.ok ? other.value.outcome : 'deny';
  };
  const found = advise({ judge, asked, entitlement, scope, outcomeOf });
  return { ...decision, advice: [...new Set([...decision.advice, ...found])] };
}

/** Two questions to the engine: may this principal ask, and does it need a human? */
export function decide(
  judge: Pick<Judge, 'bundle' | 'engine'>,
  asked: Question,
  entitlement: CompiledEntitlement,
): Result<Decision, Failure> {
  const request = judge.engine.ask('request', asked);
  if (!request.ok) return request;
  const autoApprove = judge.engine.ask('autoApprove', asked);
  if (!autoApprove.ok) return autoApprove;
  return ok(combine(request.value, autoApprove.value, entitlement, judge.bundle.hash));
}

export function findEntitlement(bundle: Bundle, id: string): CompiledEntitlement | null {
  return Object.hasOwn(bundle.entitlements, id) ? (bundle.entitlements[id] ?? null) : null;
}

const UNKNOWN_ENTITLEMENT: FieldError = {
  pointer: '/entitlement',
  detail: 'is not an entitlement of this broker; GET /v1/entitlements lists those you may ask for',
};

/** Whether the entitlement can be asked for like this, whoever asks. */
export function checkRequest(
  entitlement: CompiledEntitlement,
  request: Pick<GrantRequest, 'parameters' | 'durationSeconds' | 'justification' | 'ticket'>,
): Result<Parameters, readonly FieldError[]> {
  const mistakes = mistakesIn(entitlement, request);
  const parameters = checkParameters(entitlement, request.parameters);
  if (!parameters.ok) return err([...mistakes, ...parameters.error]);
  return mistakes.length > 0 ? err(mistakes) : parameters;
}

function mistakesIn(
  entitlement: CompiledEntitlement,
  request: Pick<GrantRequest, 'durationSeconds' | 'justification' | 'ticket'>,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (request.durationSeconds > entitlement.maxDurationSeconds) {
    const detail = `may be at most ${entitlement.maxDurationSeconds} for ${entitlement.id}`;
    errors.push({ pointer: '/durationSeconds', detail });
  }
  if (entitlement.justification === 'required' && (request.justification ?? '').trim() === '') {
    errors.push({
      pointer: '/justification',
      detail: 'is missing: say in a sentence what it is for',
    });
  }
  if (entitlement.breakGlass && (request.ticket ?? '').trim() === '') {
    const detail = 'is missing: breaking the glass needs an incident to refer to';
    errors.push({ pointer: '/ticket', detail });
  }
  return errors;
}

/** Clocks differ a little: a start that has just passed is now. */
const LATE_SECONDS = 300;
export const LONGEST_AHEAD_SECONDS = 30 * 86_400;

function startOf({ startsAt }: GrantRequest, now: Instant): Result<Instant, FieldError> {
  if (startsAt === null) return ok(now);
  const error = (detail: string) => err({ pointer: '/startsAt', detail });
  if (startsAt < addSeconds(now, -LATE_SECONDS)) {
    return error('has passed; leave it out to start at once');
  }
  if (startsAt > addSeconds(now, LONGEST_AHEAD_SECONDS))
    return error('may be 30 days ahead at most');
  return ok(Math.max(now, startsAt));
}

function invalid(...errors: readonly FieldError[]): Result<never, Failure> {
  return err({ code: 'invalid', errors });
}

/** Why no session policy could be composed, as mistakes of the request. */
export function explainNoPolicy(error: NoSessionPolicy): readonly FieldError[] {
  if (error.code === 'not-contained') return error.errors;
  const limit = MAX_SESSION_POLICY_LENGTH;
  const detail = `make a session policy of ${error.length} characters, and AWS takes ${limit}: use shorter values, or a smaller scope`;
  return [{ pointer: '/parameters', detail }];
}
