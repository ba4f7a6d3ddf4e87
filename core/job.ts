import type { Entitlement } from './entitlement.ts';
import { identifyingTag, type Principal } from './principal.ts';

/**
 * The job that a workload's grant is bound to: the values of the claims that the entitlement names in `job`.
 * People have none.
 */

type Worker = Pick<Principal, 'type' | 'tags'>;
type Binding = Pick<Entitlement, 'job'>;

/** The claims of the binding that a workload's token lacks, or has empty; without them, it is of no job. */
export function missingJobClaims(principal: Worker, { job }: Binding): readonly string[] {
  return principal.type === 'Workload' ? job.filter((claim) => !claimOf(principal, claim)) : [];
}

/** @returns null where the binding names no claim, or the principal is of no job. */
export function jobOf(principal: Worker, binding: Binding): string | null {
  const unbound = binding.job.length === 0 || principal.type !== 'Workload';
  if (unbound || missingJobClaims(principal, binding).length > 0) return null;
  return binding.job.map((claim) => encodeURIComponent(claimOf(principal, claim))).join('/');
}

/** Whether the principal is of the job that requested a grant; a token that lacks a claim never is. */
export function isOfJob(principal: Worker, binding: Binding, job: string | null): boolean {
  return missingJobClaims(principal, binding).length === 0 && jobOf(principal, binding) === job;
}

function claimOf(principal: Worker, claim: string): string {
  return identifyingTag(principal, claim) ?? '';
}
