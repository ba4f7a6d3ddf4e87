import type { CompiledPolicy } from '../bundle/bundle.ts';
import type { CallSource } from '../call.ts';
import { type Assessment, assessRequest, judgeRequest } from '../deciding/assess-request.ts';
import type { GrantRequest } from '../deciding/grant-request.ts';
import { NO_PAST, type Past } from '../deciding/past.ts';
import type { Answer } from '../decision.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { QUIET } from '../request-signals.ts';
import { err, ok, type Result } from '../result.ts';
import { type CaseMistake, callerOfCase } from './case-caller.ts';
import type { CaseQuestion } from './cases-file.ts';
import type { PastDecision } from './past-decision.ts';
import type { PolicyAnalyst } from './policy-analyst.ts';
import { NO_HISTORY } from './replay.ts';
import { type Bench, mistakesOf } from './run-cases.ts';

export type Explanation = {
  readonly assessment: Assessment;
  readonly actions: readonly ActionExplained[];
};

/** The answer to one of the two actions that make a decision. */
export type ActionExplained = {
  readonly action: 'request' | 'autoApprove';
  readonly permitted: boolean;
  readonly policies: readonly PolicyExplained[];
};

export type PolicyExplained = {
  readonly id: string;
  readonly effect: CompiledPolicy['effect'];
  /** `overruled` is a permit that applies while a forbid applies as well. */
  readonly status: 'decides' | 'overruled' | 'does-not-apply';
  /** Why it does not apply; empty if it does. */
  readonly why: readonly string[];
};

/** Decides a case and gives the reasons: the policies that apply, and why the others do not. */
export function explain(
  bench: Bench,
  analyst: PolicyAnalyst,
  one: CaseQuestion,
): Result<Explanation, readonly CaseMistake[]> {
  const caller = callerOfCase(one, bench.bundle.issuers);
  if (!caller.ok) return caller;
  const { sourceIp, history, signals, now } = one.context;
  const call = { caller: caller.value, sourceIp };
  const past = { ...NO_PAST, history, signals };
  return explainCall(bench, analyst, { call, request: one.request, past, now });
}

/** The same for a decision that the broker has recorded: its principal and facts are taken as they were. */
export function explainPast(
  bench: Bench,
  analyst: PolicyAnalyst,
  { principal, entitlement, scope, facts }: PastDecision,
): Result<Explanation, readonly CaseMistake[]> {
  const { now, startsInSeconds, mfa, mfaAgeSeconds, signals, history } = facts;
  const signedInAt = mfaAgeSeconds === null ? null : addSeconds(now, -mfaAgeSeconds);
  const caller = { principal, authentication: { mfa, signedInAt }, claims: {} };
  const request = {
    ...{ entitlement, scope, ticket: facts.ticket },
    parameters: facts.parameters,
    durationSeconds: facts.durationSeconds,
    startsAt: startsInSeconds === 0 ? null : addSeconds(now, startsInSeconds),
    justification: facts.justification,
  };
  return explainCall(bench, analyst, {
    call: { caller, sourceIp: facts.sourceIp },
    request,
    past: { ...NO_PAST, history: history ?? NO_HISTORY, signals: signals ?? QUIET },
    now,
  });
}

type Asked = {
  readonly call: CallSource;
  readonly request: GrantRequest;
  readonly past: Past;
  readonly now: Instant;
};

function explainCall(
  bench: Bench,
  analyst: PolicyAnalyst,
  { call, request, past, now }: Asked,
): Result<Explanation, readonly CaseMistake[]> {
  const judge = { ...bench, clock: () => now };
  bench.faults.length = 0;
  const plain = judgeRequest(judge, call, request, past);
  if (!plain.ok) return err(mistakesOf(bench, plain.error));
  const actions: ActionExplained[] = [];
  for (const action of ['request', 'autoApprove'] as const) {
    const answer = bench.engine.ask(action, plain.value.question);
    if (!answer.ok) return err([{ path: [], message: 'the policy engine gave no answer' }]);
    actions.push(explainAction(bench, analyst, plain.value, action, answer.value));
  }
  // Cases do not compare advice, so it is asked for on its own.
  const advised = assessRequest(judge, call, request, past);
  return ok({ assessment: advised.ok ? advised.value : plain.value, actions });
}

function explainAction(
  { bundle }: Bench,
  analyst: PolicyAnalyst,
  { question }: Assessment,
  action: ActionExplained['action'],
  answer: Answer,
): ActionExplained {
  const policies = Object.values(bundle.policies).flatMap((policy): PolicyExplained[] => {
    const { id, effect, head } = policy;
    if (head.actions !== null && !head.actions.includes(action)) return [];
    const verdict = analyst.examine(policy, action, question);
    if (!verdict.applies) return [{ id, effect, status: 'does-not-apply', why: verdict.why }];
    const status = answer.policies.includes(id) ? 'decides' : 'overruled';
    return [{ id, effect, status, why: [] }];
  });
  const order = ['decides', 'overruled', 'does-not-apply'];
  return {
    action,
    permitted: answer.permitted,
    policies: policies.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status)),
  };
}
