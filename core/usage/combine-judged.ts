import type { Judged, JudgedAction, UsedOfGranted } from '../usage.ts';
import type { KeptUsage, SeenLogs } from './usage-store.ts';

/** More are no settings of trails, but something that changes them all the time. */
const MOST_LOGS = 20;

/** The different logs that the grants were read in: trails change, and roles have their accounts. */
export function logsOf(kept: readonly KeptUsage[]): readonly SeenLogs[] {
  const logs = new Map(kept.map((one) => [JSON.stringify(one.logs), one.logs]));
  if (logs.size <= MOST_LOGS) return [...logs.values()];
  return [{ trails: null, accounts: null, regions: null }];
}

/**
 * One judgement of several of the same grants, each by other logs: what one of them cannot tell is unknown, because some of
 * the calls could be missing.
 */
export function combineJudged<T extends Judged>(first: T, others: readonly Judged[]): T {
  if (others.length === 0) return first;
  const unknown = new Map(
    [first, ...others]
      .flatMap(({ actions }) => actions.filter(({ answer }) => answer === 'unknown'))
      .map((action) => [action.action, action.why]),
  );
  const actions = first.actions.map((action): JudgedAction => {
    const why = unknown.get(action.action);
    if (action.answer === 'used' || why === undefined) return action;
    return { ...action, answer: 'unknown', why };
  });
  const blind = [first, ...others].flatMap((one) => one.blind);
  const parts = new Map(blind.map((part) => [JSON.stringify(part), part]));
  return { ...first, actions, blind: [...parts.values()], summary: summaryOf(actions) };
}

function summaryOf(actions: readonly JudgedAction[]): UsedOfGranted {
  const count = (answer: JudgedAction['answer']) =>
    actions.filter((action) => action.answer === answer).length;
  return { used: count('used'), granted: actions.length, unknown: count('unknown') };
}
