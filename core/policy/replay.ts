import { findEntitlement } from '../bundle/bundle.ts';
import { explainNoPolicy } from '../deciding/assess-request.ts';
import { knownCaller } from '../deciding/fixed-rules.ts';
import { checkRequest } from '../deciding/grant-request.ts';
import { decide } from '../deciding/judge.ts';
import type { History, Outcome } from '../decision.ts';
import { targetAccount } from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { expiryOf } from '../lifecycle/new-grant.ts';
import { QUIET } from '../request-signals.ts';
import { composeSessionPolicy } from '../session-policy/compose.ts';
import { type PastDecision, readPastDecision } from './past-decision.ts';
import { type Bench, faultSentence } from './run-cases.ts';

/** The answer of another bundle to a past request; a `refused` one never reaches the policies. */
export type Replayed = {
  readonly line: number;
  readonly past: PastDecision;
  readonly now:
    | { readonly outcome: Outcome; readonly policies: readonly string[] }
    | { readonly outcome: 'refused'; readonly why: string };
  readonly changed: boolean;
  /** Whether the history is a guess: it is not in the record if the bundle of that time did not read it. */
  readonly historyGuessed: boolean;
  /** The same of the signals. */
  readonly signalsGuessed: boolean;
};

export type Replay = {
  readonly replayed: readonly Replayed[];
  readonly malformed: readonly { readonly line: number; readonly message: string }[];
};

/** Decides past requests again, from one JSON object per line; ignores empty lines. */
export function replay(bench: Bench, text: string): Replay {
  const replayed: Replayed[] = [];
  const malformed: { readonly line: number; readonly message: string }[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    if (content.trim() === '') continue;
    const past = readPastDecision(content);
    if (past.ok) replayed.push(replayOne(bench, index + 1, past.value));
    else malformed.push({ line: index + 1, message: past.error });
  }
  return { replayed, malformed };
}

/** The guess where no history was recorded: a first use. */
export const NO_HISTORY: History = { recentDenials: 0, firstUse: true };

function replayOne(bench: Bench, line: number, past: PastDecision): Replayed {
  const now = answerNow(bench, past);
  const entitlement = findEntitlement(bench.bundle, past.entitlement);
  return {
    line,
    past,
    now,
    // Denied then and refused now is no change: both give nothing.
    changed: (now.outcome === 'refused' ? 'deny' : now.outcome) !== past.decision.outcome,
    historyGuessed: past.facts.history === null && entitlement?.readsHistory === true,
    signalsGuessed: past.facts.signals === undefined && entitlement?.readsSignals === true,
  };
}

function answerNow(bench: Bench, past: PastDecision) {
  const { entitlement: id, principal, facts } = past;
  const entitlement = findEntitlement(bench.bundle, id);
  if (entitlement === null) return refused(`entitlement '${id}' no longer exists`);
  if (!bench.bundle.issuers.some(({ id: issuer }) => issuer === principal.issuer)) {
    return refused(`issuer '${principal.issuer}' is no longer trusted`);
  }
  const parameters = checkRequest(entitlement, facts);
  if (!parameters.ok) return refused(sentence(parameters.error));
  const { deployment } = bench;
  const composed = composeSessionPolicy({
    entitlement,
    parameters: parameters.value,
    scope: past.scope,
    deployment,
    expiresAt: expiryOf(facts.now, facts.durationSeconds),
    sourceIp: facts.sourceIp,
  });
  if (!composed.ok) return refused(sentence(explainNoPolicy(composed.error)));
  bench.faults.length = 0;
  const asked = {
    caller: { principal },
    entitlement,
    account: targetAccount(entitlement, deployment),
    facts: {
      ...facts,
      parameters: parameters.value,
      history: facts.history ?? NO_HISTORY,
      signals: facts.signals ?? QUIET,
    },
  };
  const decision = decide(bench, asked, entitlement);
  if (!decision.ok) return refused(faultSentence(bench.faults));
  const { outcome, policies } = knownCaller(decision.value, principal, entitlement);
  return { outcome, policies };
}

function sentence(mistakes: readonly FieldError[]): string {
  return mistakes.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`).join('; ');
}

function refused(why: string): { readonly outcome: 'refused'; readonly why: string } {
  return { outcome: 'refused', why };
}
