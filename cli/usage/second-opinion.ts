import type { PolicySimulator } from '../../adapters/iam/simulate-policy.ts';
import type { Deployment, Entitlement, Statement } from '../../core/entitlement.ts';
import { renderStatements } from '../../core/session-policy/template.ts';
import { allowsCall, recordedCalls } from '../../core/usage/allows-call.ts';
import type { UsedGrant } from '../../core/usage/evidence.ts';

/** What IAM's own simulator says of recorded calls under a narrower entitlement. */
export type Opinion = {
  /** How many of the calls were asked about. */
  readonly asked: number;
  readonly of: number;
  /** Calls whose answer depends on conditions that the simulator was not given. */
  readonly unclear: number;
  readonly objections: readonly string[];
  /** Why it was not asked, or no further; null where it was. */
  readonly notAsked: string | null;
};

/** IAM throttles its API for the whole account, and other people use it. */
const MOST_QUESTIONS = 60;
const MOST_RESOURCES = 25;

type Question = {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
  readonly action: string;
  readonly resources: readonly string[];
  readonly grantId: string;
};

export async function secondOpinion(
  simulator: PolicySimulator,
  before: Entitlement,
  after: Entitlement,
  grants: readonly UsedGrant[],
  deployment: Deployment,
): Promise<Opinion> {
  const questions = distinct(
    grants.flatMap((grant) => questionsOf(before, after, grant, deployment)),
  );
  const of = questions.reduce((sum, { resources }) => sum + resources.length, 0);
  const objections: string[] = [];
  let [asked, unclear] = [0, 0];
  for (const question of questions.slice(0, MOST_QUESTIONS)) {
    const { action, resources, grantId } = question;
    const now = await simulator.simulate(question.after, action, resources);
    if (!now.ok) return { asked, of, unclear, objections, notAsked: now.error };
    asked += resources.length;
    unclear += now.value.filter((one) => one === 'unclear').length;
    const refused = resources.filter((_, index) => now.value[index] === 'denied');
    if (refused.length === 0) continue;
    // What it refuses under the old statements as well, such as for a condition, says nothing of the new ones.
    const was = await simulator.simulate(question.before, action, refused);
    if (!was.ok) return { asked, of, unclear, objections, notAsked: was.error };
    objections.push(
      ...refused
        .filter((_, index) => was.value[index] === 'allowed')
        .map((resource) => `IAM would refuse ${action} on ${resource} of ${grantId}`),
    );
  }
  return { asked, of, unclear, objections, notAsked: null };
}

function questionsOf(
  before: Entitlement,
  after: Entitlement,
  grant: UsedGrant,
  deployment: Deployment,
): readonly Question[] {
  const [old, now] = [before, after].map((one) =>
    renderStatements(one, grant.parameters, deployment),
  ) as [readonly Statement[], readonly Statement[]];
  const calls = recordedCalls(grant).filter(({ action, resource }) =>
    allowsCall(old, action, resource),
  );
  return [...new Set(calls.map(({ action }) => action))]
    .map((action) => ({
      ...{ before: old, after: now, action, grantId: grant.usage.grantId },
      // Without a resource, IAM is asked about any: only `*` allows that.
      resources: calls
        .filter((call) => call.action === action)
        .flatMap(({ resource }) => resource ?? [])
        .slice(0, MOST_RESOURCES),
    }))
    .filter(({ resources }) => resources.length > 0);
}

/** Grants with the same parameters ask the same. */
function distinct(questions: readonly Question[]): readonly Question[] {
  const seen = new Map<string, Question>();
  for (const question of questions) {
    const { grantId: _, ...rest } = question;
    const key = JSON.stringify(rest);
    if (!seen.has(key)) seen.set(key, question);
  }
  return [...seen.values()];
}
