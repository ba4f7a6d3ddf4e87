import type { Cedar } from '../../adapters/cedar/cedar.ts';
import { cedarAnalyst } from '../../adapters/cedar/policy-analyst.ts';
import { cedarLanguage } from '../../adapters/cedar/policy-language.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Deployment } from '../../core/entitlement.ts';
import { type Explanation, explain, explainPast } from '../../core/policy/explain.ts';
import { type Replayed, replay } from '../../core/policy/replay.ts';
import { type Bench, benchFor } from '../../core/policy/run-cases.ts';
import type { ExplainAnswer, Orders, ReplayAnswer, ReplayedChange } from './messages.ts';
import { readPasted } from './read-pasted.ts';

/** What the worker does: the code of the broker and of the command, with the engine that it is given. */
export type Engine = { readonly [Name in keyof Orders]: Carry<Name> };

type Carry<Name extends keyof Orders> = (
  order: Orders[Name]['order'],
) => Promise<Orders[Name]['answer']>;

export function engineOf(cedar: Cedar): Engine {
  const language = cedarLanguage(cedar);
  const analyst = cedarAnalyst(cedar);
  const inForce = keptBench((bundle, deployment) =>
    benchFor(bundle, language.engineFor, deployment),
  );
  let opened: Bench | null = null;

  const explainOrder: Carry<'explain'> = async ({ text, asker, now, bundle, deployment }) => {
    const pasted = readPasted(text, asker, now);
    if (!pasted.ok) return { kind: 'mistakes', mistakes: pasted.error };
    const bench = inForce(bundle, deployment);
    const explained =
      pasted.value.kind === 'past'
        ? explainPast(bench, analyst, pasted.value.past)
        : explain(bench, analyst, pasted.value.question);
    if (!explained.ok) return { kind: 'mistakes', mistakes: explained.error.map(inWords) };
    const { kind } = pasted.value;
    const recorded =
      kind === 'past' && pasted.value.recorded ? pasted.value.past.decision.outcome : null;
    return explainedAnswer(explained.value, recorded);
  };

  const open: Carry<'open'> = async ({ files, deployment }) => {
    opened = null;
    // The checks of patterns are large, and only a bundle that is compiled needs them.
    const { openBundle } = await import('./open-bundle.ts');
    const { bench, answer } = openBundle(language, files, deployment);
    opened = bench;
    return answer;
  };

  const replayOrder: Carry<'replay'> = async (decisions): Promise<ReplayAnswer> => {
    if (opened === null) throw new Error('no bundle is open');
    const lines = decisions.map((decision) => JSON.stringify(decision)).join('\n');
    const { replayed, malformed } = replay(opened, lines);
    return {
      replayed: replayed.length,
      changes: replayed.filter(({ changed }) => changed).map(changeOf),
      guessed: replayed.filter((one) => one.historyGuessed || one.signalsGuessed).length,
      unread: malformed.map(({ message }) => message),
    };
  };

  return { explain: explainOrder, open, replay: replayOrder };
}

/** Parsing the policies costs more than a question, so the engine of the last bundle is kept. */
function keptBench(make: (bundle: Bundle, deployment: Deployment) => Bench) {
  let kept: Bench | null = null;
  return (bundle: Bundle, deployment: Deployment): Bench => {
    if (kept?.bundle.hash !== bundle.hash) kept = make(bundle, deployment);
    return kept;
  };
}

function explainedAnswer(
  { assessment, actions }: Explanation,
  recorded: Replayed['past']['decision']['outcome'] | null,
): ExplainAnswer {
  const { decision, entitlement, question, sessionPolicy } = assessment;
  const { id, name, groups } = question.caller.principal;
  return {
    kind: 'explained',
    explained: {
      who: { id, name, groups },
      entitlement: { id: entitlement.id, title: entitlement.title },
      durationSeconds: question.facts.durationSeconds,
      decision,
      actions,
      sessionPolicy: decision.outcome === 'deny' ? null : JSON.parse(sessionPolicy),
      recorded,
    },
  };
}

function changeOf({ past, now }: Replayed): ReplayedChange {
  const { grantId, at, principal, entitlement, decision } = past;
  const who = { id: principal.id, name: principal.name };
  return { grantId, at, who, entitlement, before: decision, after: now };
}

function inWords({
  path,
  message,
}: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): string {
  const field = path
    .map(String)
    .join('.')
    .replace(/^request\./, '');
  return field === '' ? message : `${field}: ${message}`;
}
