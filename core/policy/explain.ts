import type { CompiledPolicy } from '../bundle/bundle.ts';
import { type Assessment, assessRequest } from '../deciding/assess-request.ts';
import { NO_PAST } from '../deciding/past.ts';
import type { Answer } from '../decision.ts';
import { err, ok, type Result } from '../result.ts';
import { type CaseMistake, callerOfCase } from './case-caller.ts';
import type { CaseQuestion } from './cases-file.ts';
import type { PolicyAnalyst } from './policy-analyst.ts';
import { answerCase, type Bench } from './run-cases.ts';

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
  const plain = answerCase(bench, one);
  if (!plain.ok) return plain;
  const actions: ActionExplained[] = [];
  for (const action of ['request', 'autoApprove'] as const) {
    const answer = bench.engine.ask(action, plain.value.question);
    if (!answer.ok) return err([{ path: [], message: 'the policy engine gave no answer' }]);
    actions.push(explainAction(bench, analyst, plain.value, action, answer.value));
  }
  return ok({ assessment: withAdvice(bench, one, plain.value), actions });
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

/** Adds the advice, which the answer to a case lacks because cases do not compare it. */
function withAdvice(bench: Bench, one: CaseQuestion, plain: Assessment): Assessment {
  const caller = callerOfCase(one, bench.bundle.issuers);
  if (!caller.ok) return plain;
  const judge = { ...bench, clock: () => one.context.now };
  const { sourceIp, history, signals } = one.context;
  const call = { caller: caller.value, sourceIp };
  const advised = assessRequest(judge, call, one.request, { ...NO_PAST, history, signals });
  return advised.ok ? advised.value : plain;
}
