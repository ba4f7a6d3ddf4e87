import type { Reach } from './policy-analyst.ts';
import type { CaseResult } from './run-cases.ts';

export type Coverage = {
  /** Policies that determine the answer to at least one case. */
  readonly covered: readonly string[];
  readonly uncovered: readonly string[];
  /** Policies on other actions than those of a request, such as `audit`, which no case can reach. */
  readonly elsewhere: readonly string[];
  /** Of the covered and uncovered ones, rounded down: 100 means all. */
  readonly percent: number;
};

/** Which policies the cases test. */
export function coverageOf(
  policies: readonly string[],
  results: readonly CaseResult[],
  reach: readonly Reach[],
): Coverage {
  const determined = new Set(
    results.flatMap(({ result }) => (result.status === 'invalid' ? [] : result.decision.policies)),
  );
  const isElsewhere = (id: string): boolean => {
    const actions = reach
      .filter(({ policies: ids }) => ids.includes(id))
      .map(({ action }) => action);
    return actions.length > 0 && !actions.includes('request') && !actions.includes('autoApprove');
  };
  const elsewhere = policies.filter(isElsewhere);
  const asked = policies.filter((id) => !elsewhere.includes(id));
  const covered = asked.filter((id) => determined.has(id));
  const uncovered = asked.filter((id) => !determined.has(id));
  const percent = asked.length === 0 ? 100 : Math.floor((covered.length * 100) / asked.length);
  return { covered, uncovered, elsewhere, percent };
}
