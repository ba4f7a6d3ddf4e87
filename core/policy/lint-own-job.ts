import type { Located } from '../bundle/yaml-file.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';
import { fits } from './fits-issuer.ts';
import { votersOf } from './lint-same-person.ts';
import type { Examined } from './lint-strangers.ts';
import { acknowledge, type EntitlementWarning } from './lint-warning.ts';
import type { Reach } from './policy-analyst.ts';

/**
 * Warns of approvals where whoever starts a job can approve what the job requests. A job is a principal of its own,
 * so only a claim that both tokens have says that the voter started it (I9).
 */
export function lintOwnJob(
  { value, error }: Located<Entitlement>,
  policies: readonly Examined[],
  issuers: readonly Issuer[],
  reach: readonly Reach[],
): readonly EntitlementWarning[] {
  const { approval, id } = value;
  if (approval === undefined) return [];
  const people = votersOf(approval, issuers).filter(({ type }) => type === 'User');
  const could = (action: string): readonly Examined[] => {
    const place = reach.find((one) => one.action === action && one.resource === id);
    return policies.filter(({ policy }) => place?.policies.includes(policy.id) === true);
  };
  const [requesting, approving] = [could('request'), could('autoApprove')];
  // What forbids automatic approval alone sends a request to people.
  const sending = approving.filter(
    (one) => one.policy.effect === 'forbid' && !requesting.includes(one),
  );
  const waits = (issuer: Issuer): boolean => {
    const sent = sending.some(({ condition }) => fits(condition, issuer));
    return requesting.some(
      (one) =>
        one.policy.effect === 'permit' &&
        // What the same permit approves by itself waits for nobody.
        (sent || !approving.includes(one)) &&
        fits(one.condition, issuer),
    );
  };
  const untied = issuers.find(
    (issuer) =>
      issuer.type === 'Workload' &&
      waits(issuer) &&
      people.some((other) => !approval.samePerson.some((claim) => both(issuer, other, claim))),
  );
  if (untied === undefined) return [];
  const message = `jobs of '${untied.id}' can request '${id}', and whoever started one can approve it; ${remedy(untied)}, or ${acknowledge('own-job')}`;
  return [{ ...error(['approval'], message), rule: 'own-job' }];
}

function both(a: Issuer, b: Issuer, claim: string): boolean {
  return [a, b].every(({ tags = [] }) => tags.includes(claim));
}

/** Claims that say who started a job, by an id. */
const STARTERS = ['actor_id', 'user_id'];

function remedy({ tags = [] }: Issuer): string {
  const claim = STARTERS.find((one) => tags.includes(one)) ?? '<claim>';
  return `name a claim that says who started it, and list it under tags for people too, with the same name by claims: samePerson: [${claim}]`;
}
