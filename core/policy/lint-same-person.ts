import type { Located } from '../bundle/yaml-file.ts';
import type { Approval, Entitlement } from '../entitlement.ts';
import { type Issuer, issuerOf } from '../issuer.ts';
import { fits } from './fits-issuer.ts';
import type { Examined } from './lint-strangers.ts';
import { acknowledge, type EntitlementWarning } from './lint-warning.ts';
import type { Reach } from './policy-analyst.ts';

/**
 * With several issuers of people, one person can have an account with each of them (I9). And people whose token
 * lacks a claim of `samePerson` can neither request nor vote.
 */
export function lintSamePerson(
  { value, error }: Located<Entitlement>,
  policies: readonly Examined[],
  issuers: readonly Issuer[],
  reach: readonly Reach[],
): readonly EntitlementWarning[] {
  const { id, approval } = value;
  if (approval === undefined) return [];
  const people = issuers.filter(({ type }) => type === 'User');
  const names = people.map((issuer) => issuer.id).join(' and ');
  if (approval.samePerson.length === 0) {
    if (people.length < 2) return [];
    const message = `people sign in with ${names}, and could approve '${id}' for themselves with a second account; name a claim that all of them list under tags: samePerson: [<claim>]`;
    return [{ ...error(['approval'], message), rule: 'no-same-person' }];
  }
  const requesting = reach.find(({ action, resource }) => action === 'request' && resource === id);
  const concerned = people.filter(
    (issuer) =>
      votersOf(approval, issuers).includes(issuer) ||
      policies.some(
        ({ policy, condition }) =>
          policy.effect === 'permit' &&
          requesting?.policies.includes(policy.id) === true &&
          fits(condition, issuer),
      ),
  );
  return approval.samePerson.flatMap((claim, index) => {
    const without = concerned.filter(({ tags = [] }) => !tags.includes(claim));
    if (without.length === 0) return [];
    const whose = without.map((issuer) => issuer.id).join(' and ');
    const message = `those who sign in with ${whose} can neither request nor approve '${id}': the claim '${claim}' of their tokens is not read; list it under tags of ${whose} in issuers.yaml, or ${acknowledge('no-same-person')}`;
    return [
      { ...error(['approval', 'samePerson', index], message), rule: 'no-same-person' as const },
    ];
  });
}

/** The issuers whose groups may vote, at once or after the escalation. */
export function votersOf(
  { approvers, escalateTo }: Approval,
  issuers: readonly Issuer[],
): readonly Issuer[] {
  return [...approvers, ...escalateTo].flatMap((group) => issuerOf(group, issuers) ?? []);
}
