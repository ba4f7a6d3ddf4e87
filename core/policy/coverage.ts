import type { Reach } from './policy-analyst.ts';
import type { CaseResult } from './run-cases.ts';

export type Coverage = {
  /** Policies that determine the answer to some case. */
  readonly covered: readonly string[];
  readonly uncovered: readonly string[];
  /** Policies of other calls than requests, such as `audit`, which cases cannot ask about. */
  readonly elsewhere: readonly string[];
  /** Whole, rounded down: 100 means all. */
  readonly percent: number;
};

/** Which of the policies the cases put to the test. */
export function coverageOf(
  policies: readonly string[],
  results: readonly CaseResult[],
  reach: readonly Reach[],
): Coverage {
  const determined = new Set(
    results.flatMap(({ result }) => (result.status === 'invalid' ? [] : result.decision.policies)),
  );
  const isElsewhere = (id: string): boolean => {
    const actions = reach.filter((it) => it.policies.includes(id)).map(({ action }) => action);
    return actions.length > 0 && !actions.some((it) => it === 'request' || it === 'autoApprove');
  };
  const elsewhere = policies.filter(isElsewhere);
  const asked = policies.filter((id) => !elsewhere.includes(id));
  const covered = asked.filter((id) => determined.has(id));
  const uncovered = asked.filter((id) => !determined.has(id));
  const percent = asked.length === 0 ? 100 : Math.floor((covered.length * 100) / asked.length);
  return { covered, uncovered, elsewhere, percent };
}
