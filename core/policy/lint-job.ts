import type { LocatedPolicy } from '../bundle/policy-file.ts';
import { fits } from './fits-issuer.ts';
import type { Examined } from './lint-strangers.ts';
import { type BundleWarning, isAcknowledged } from './lint-warning.ts';
import type { PolicyAnalyst, Reach } from './policy-analyst.ts';
import type { BundleSources } from './read-bundle.ts';

/**
 * Warns of entitlements that workloads get for what their token says of a job, such as its branch, and that
 * name no `job`: a grant then belongs to every job that policy lets use it, not only to the one that asked.
 */
export function lintJobs(
  { entitlements, issuers }: BundleSources,
  examined: readonly Examined[],
  analyst: PolicyAnalyst,
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const workloads = issuers.value.filter(({ type }) => type === 'Workload');
  const tags = workloads.flatMap((issuer) => issuer.tags ?? []);
  const forWorkloads = examined.flatMap(({ policy, condition }) =>
    workloads.some((issuer) => fits(condition, issuer)) ? [policy] : [],
  );
  return entitlements.flatMap(({ value, error }) => {
    if (value.job.length > 0 || isAcknowledged(value, 'no-job')) return [];
    const about = (...actions: readonly string[]): readonly LocatedPolicy[] => {
      const here = reach.filter((one) => one.resource === value.id && actions.includes(one.action));
      return forWorkloads.filter(({ id }) => here.some((one) => one.policies.includes(id)));
    };
    if (!about('request').some(({ effect }) => effect === 'permit')) return [];
    for (const policy of about('request', 'autoApprove')) {
      const tag = analyst.tagsRead(policy).find((read) => tags.includes(read));
      if (tag === undefined) continue;
      const message = `policy '${policy.id}' decides on '${value.id}' by the tag '${tag}', but a grant is not bound to the job that requested it; ${whatToWrite(tags)}`;
      return [{ ...error([], message), rule: 'no-job' }];
    }
    return [];
  });
}

/** The claims of common CI systems that identify a run or a job of it. */
const RUNS = ['run_id', 'job_id', 'oidc.circleci.com/job-id', 'pipeline_id', 'build_id'];

function whatToWrite(tags: readonly string[]): string {
  const known = RUNS.find((claim) => tags.includes(claim));
  if (known !== undefined) return `add job: [${known}]`;
  return 'list the claim that identifies a run, such as run_id, under tags in issuers.yaml, and add job: [run_id]';
}
