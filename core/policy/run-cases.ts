import type { Bundle } from '../bundle/bundle.ts';
import type { EngineFor, PolicyFault } from '../bundle/policy-language.ts';
import { type Assessment, judgeRequest } from '../deciding/assess-request.ts';
import { NO_PAST } from '../deciding/past.ts';
import type { Decision } from '../decision.ts';
import type { Deployment } from '../entitlement.ts';
import type { Failure } from '../failure.ts';
import type { PolicyEngine } from '../ports.ts';
import { err, ok, type Result } from '../result.ts';
import { type CaseMistake, callerOfCase } from './case-caller.ts';
import type { CaseQuestion, LocatedCase, PolicyCase } from './cases-file.ts';

/** Stands in for the deployment, which is unknown before the bundle is deployed. */
export const SAMPLE_DEPLOYMENT: Deployment = { account: '000000000000', region: 'eu-central-1' };

export type CaseResult = {
  readonly located: LocatedCase;
  readonly result:
    | { readonly status: 'passed' | 'failed'; readonly decision: Decision }
    | { readonly status: 'invalid'; readonly mistakes: readonly CaseMistake[] };
};

/** Everything needed to ask a bundle that is not deployed. */
export type Bench = {
  readonly bundle: Bundle;
  readonly engine: PolicyEngine;
  readonly deployment: Deployment;
  /** Policies that could not be evaluated; emptied before each question. */
  readonly faults: PolicyFault[];
};

/** Makes the engine of a bundle, with a list for the faults that it reports. */
export function benchFor(
  bundle: Bundle,
  engineFor: EngineFor,
  deployment: Deployment = SAMPLE_DEPLOYMENT,
): Bench {
  const faults: PolicyFault[] = [];
  return { bundle, engine: engineFor(bundle, (fault) => faults.push(fault)), deployment, faults };
}

/** Runs all cases, in their order, with the engine that also decides in the broker. */
export function runCases(bench: Bench, cases: readonly LocatedCase[]): readonly CaseResult[] {
  return cases.map((located) => ({ located, result: runCase(bench, located.value) }));
}

function runCase(bench: Bench, one: PolicyCase): CaseResult['result'] {
  const answer = answerCase(bench, one);
  if (!answer.ok) return { status: 'invalid', mistakes: answer.error };
  const { decision } = answer.value;
  return { status: meets(one.expect, decision) ? 'passed' : 'failed', decision };
}

/** @returns the answer to a case, or what makes it a question that cannot be asked. */
export function answerCase(
  bench: Bench,
  one: CaseQuestion,
): Result<Assessment, readonly CaseMistake[]> {
  const caller = callerOfCase(one, bench.bundle.issuers);
  if (!caller.ok) return caller;
  const judge = { ...bench, clock: () => one.context.now };
  const { sourceIp, history, signals } = one.context;
  bench.faults.length = 0;
  const call = { caller: caller.value, sourceIp };
  const assessed = judgeRequest(judge, call, one.request, { ...NO_PAST, history, signals });
  return assessed.ok ? ok(assessed.value) : err(mistakesOf(bench, assessed.error));
}

function meets({ outcome, policies }: PolicyCase['expect'], decision: Decision): boolean {
  if (outcome !== decision.outcome) return false;
  return policies === null || policies.toSorted().join() === decision.policies.join();
}

/** Why a request could not be decided, as mistakes of its case. */
export function mistakesOf({ bundle, faults }: Bench, failure: Failure): readonly CaseMistake[] {
  if (failure.code !== 'invalid') return [{ path: [], message: faultSentence(faults) }];
  return failure.errors.map(({ pointer, detail }) => {
    const path = ['request', ...pointer.split('/').slice(1)];
    if (pointer !== '/entitlement') return { path, message: detail };
    const known = Object.keys(bundle.entitlements).join(', ');
    return { path, message: `is not an entitlement of the bundle, which has: ${known}` };
  });
}

/** As in the broker, an error in any policy leaves the request without an answer (I6). */
export function faultSentence(faults: readonly PolicyFault[]): string {
  const [fault] = faults;
  const which = (fault?.policyIds ?? []).map((id) => `'${id}'`).join(', ');
  return `policy ${which} cannot be evaluated: ${fault?.message ?? 'the engine gave no reason'}`;
}
