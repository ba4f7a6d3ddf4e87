import { CEDAR_SCHEMA } from '../bundle/cedar-schema.ts';
import type { LocatedPolicy } from '../bundle/policy-file.ts';
import type { PolicyLanguage } from '../bundle/policy-language.ts';
import { type Issuer, issuerOf } from '../issuer.ts';
import type { Condition } from './condition.ts';
import { fits } from './fits-issuer.ts';
import { isForOthers, namesUnknown } from './lint-issuer-facts.ts';
import type { Examined } from './lint-strangers.ts';
import {
  acceptableWarning,
  type BundleWarning,
  isAcknowledged,
  policyWarning,
} from './lint-warning.ts';
import type { PolicyAnalyst, Reach } from './policy-analyst.ts';
import type { BundleSources } from './read-bundle.ts';

/** Warns of policies that can never apply, of texts that look like others, and of permits without a limit on duration. */
export function lintPolicies(
  sources: BundleSources,
  examined: readonly Examined[],
  language: PolicyLanguage,
  analyst: PolicyAnalyst,
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const texts = Object.fromEntries(sources.policies.map(({ id, text }) => [id, text]));
  const suspicious = language.warnings(CEDAR_SCHEMA, texts);
  const issuers = sources.issuers.value;
  const neverApplies = examined.flatMap(({ policy, condition }) => {
    // A rule copied for an issuer that the bundle does not have forbids nothing that could happen.
    if (policy.effect === 'forbid' && isForOthers(condition, issuers)) return [];
    const why =
      suspicious.find(({ policyId, never }) => never && policyId === policy.id)?.message ??
      impossible(policy, issuers, analyst.tagsRead(policy), reach) ??
      nobody(condition, issuers);
    return why === null ? [] : policyWarning(policy, 'never-applies', `can never apply: ${why}`);
  });
  const lookAlike = examined.flatMap(({ policy }) => {
    const found = suspicious.find(({ policyId, never }) => !never && policyId === policy.id);
    return found === undefined ? [] : acceptableWarning(policy, 'look-alike', found.message);
  });
  return [...neverApplies, ...lookAlike, ...unlimited(sources, reach)];
}

function impossible(
  { id, head, references }: LocatedPolicy,
  issuers: readonly Issuer[],
  tags: readonly string[],
  reach: readonly Reach[],
): string | null {
  const mistake = principalMistake(head.principal, issuers);
  if (mistake !== null) return mistake;
  if (!reach.some(({ policies }) => policies.includes(id))) {
    return 'no action on any entitlement of the bundle fits its head and its clauses';
  }
  const inNobody = references.find(({ type, id: group }) => isEmptyGroup(type, group, issuers));
  if (inNobody !== undefined) {
    return `it names the group '${inNobody.id}', and that issuer has no groups; name the claim that lists them under groups in issuers.yaml`;
  }
  const listed = issuers.flatMap((issuer) => issuer.tags ?? []);
  const unlisted = tags.find((tag) => !listed.includes(tag));
  if (unlisted === undefined) return null;
  return `it reads the tag '${unlisted}', which no issuer lists under tags; add it in issuers.yaml`;
}

/** Comparing with the id of no issuer has a warning of its own. */
function nobody(condition: Condition, issuers: readonly Issuer[]): string | null {
  if (issuers.some((issuer) => fits(condition, issuer)) || namesUnknown(condition, issuers)) {
    return null;
  }
  return 'no principal of any issuer fits its head and its clauses';
}

function isEmptyGroup(type: string, group: string, issuers: readonly Issuer[]): boolean {
  if (type !== 'ValetKey::Group') return false;
  return issuerOf(group, issuers)?.groups === undefined;
}

/** @param named The principal or group of a head, as `Type::id`, where the id begins with an issuer's id. */
function principalMistake(named: string | null, issuers: readonly Issuer[]): string | null {
  const match = /^ValetKey::(User|Workload|Group)::([^:]*):/.exec(named ?? '');
  const [, type, issuerId] = match ?? [];
  const issuer = issuers.find(({ id }) => id === issuerId);
  if (issuer === undefined) return null;
  if (type === 'Group') {
    if (issuer.groups !== undefined) return null;
    return `issuer '${issuer.id}' has no groups; name the claim that lists them under groups in issuers.yaml`;
  }
  if (type === issuer.type) return null;
  return `issuer '${issuer.id}' makes principals of type ${issuer.type}, not ${type}`;
}

/** A permit's limit is its own, or that of a forbid which could stop the same request. */
function unlimited(
  { bundle, policies }: BundleSources,
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const limits = ({ mentions }: LocatedPolicy): boolean =>
    mentions.attributes.includes('durationSeconds');
  const limited = new Set(
    policies.filter((policy) => policy.effect === 'forbid' && limits(policy)).map(({ id }) => id),
  );
  return policies.flatMap((policy) => {
    if (policy.effect === 'forbid' || limits(policy)) return [];
    const open = reach.filter(
      ({ action, resource, policies: possible }) =>
        (action === 'request' || action === 'autoApprove') &&
        possible.includes(policy.id) &&
        !possible.some((id) => limited.has(id)) &&
        !isAcknowledged(bundle.entitlements[resource] ?? {}, 'no-duration-limit'),
    );
    if (open.length === 0) return [];
    const ids = [...new Set(open.map(({ resource }) => resource))].join(', ');
    const message = `permits ${ids} without a limit on the duration; add context.durationSeconds <= … to its when clause`;
    return policyWarning(policy, 'no-duration-limit', message);
  });
}
