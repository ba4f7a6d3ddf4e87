import { CEDAR_SCHEMA } from '../bundle/cedar-schema.ts';
import type { LocatedPolicy } from '../bundle/policy-file.ts';
import type { PolicyLanguage } from '../bundle/policy-language.ts';
import type { Issuer } from '../issuer.ts';
import type { BundleWarning } from './lint-warning.ts';
import type { PolicyAnalyst, Reach } from './policy-analyst.ts';
import type { BundleSources } from './read-bundle.ts';

/** Policies that can never apply, and permits that let somebody keep what they permit for long. */
export function lintPolicies(
  sources: BundleSources,
  language: PolicyLanguage,
  analyst: PolicyAnalyst,
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const texts = Object.fromEntries(sources.policies.map(({ id, text }) => [id, text]));
  const odd = language.warnings(CEDAR_SCHEMA, texts);
  const neverApplies = sources.policies.flatMap((policy) => {
    const why =
      odd.find(({ policyId }) => policyId === policy.id)?.message ??
      impossible(policy, sources.issuers.value, analyst.tagsRead(policy), reach);
    return why === null ? [] : [warning(policy, 'never-applies', `can never apply: ${why}`)];
  });
  return [...neverApplies, ...unlimited(sources, reach)];
}

function warning(
  { id, file, line }: LocatedPolicy,
  rule: BundleWarning['rule'],
  message: string,
): BundleWarning {
  return { rule, file, line, message: `policy '${id}' ${message}` };
}

function impossible(
  { id, effect, head }: LocatedPolicy,
  issuers: readonly Issuer[],
  tags: readonly string[],
  reach: readonly Reach[],
): string | null {
  const nobody = principalMistake(head.principal, issuers);
  if (nobody !== null) return nobody;
  if (!reach.some(({ policies }) => policies.includes(id))) {
    return 'its head and its clauses contradict every action and entitlement of the bundle';
  }
  const listed = issuers.flatMap((issuer) => issuer.tags ?? []);
  const lost = tags.find((tag) => !listed.includes(tag));
  // A forbid may well look at a tag that only some other issuer would have.
  if (lost === undefined || effect === 'forbid') return null;
  return `it reads the tag '${lost}', which no issuer lists under tags; add it there`;
}

/** `Type::id` as the head names it, with an id that begins with the issuer's. */
function principalMistake(named: string | null, issuers: readonly Issuer[]): string | null {
  const match = /^ValetKey::(User|Workload|Group)::([^:]*):/.exec(named ?? '');
  const [, type, issuerId] = match ?? [];
  const issuer = issuers.find(({ id }) => id === issuerId);
  if (issuer === undefined) return null;
  if (type === 'Group') {
    if (issuer.groups !== undefined) return null;
    return `issuer '${issuer.id}' gives no groups; say under groups which claim holds them`;
  }
  if (type === issuer.type) return null;
  return `issuer '${issuer.id}' makes principals of type ${issuer.type}, not ${type}`;
}

/** A limit is a permit's own, or that of a forbid which could stop the same request. */
function unlimited(
  { bundle, policies }: BundleSources,
  reach: readonly Reach[],
): readonly BundleWarning[] {
  const limits = ({ mentions }: LocatedPolicy): boolean =>
    mentions.attributes.includes('durationSeconds');
  const limited = new Set(
    policies.filter((it) => it.effect === 'forbid' && limits(it)).map(({ id }) => id),
  );
  return policies.flatMap((policy) => {
    if (policy.effect === 'forbid' || limits(policy)) return [];
    const open = reach.filter(
      ({ action, resource, policies: possible }) =>
        (action === 'request' || action === 'autoApprove') &&
        possible.includes(policy.id) &&
        !possible.some((id) => limited.has(id)) &&
        bundle.entitlements[resource]?.acknowledged === undefined,
    );
    if (open.length === 0) return [];
    const ids = [...new Set(open.map(({ resource }) => resource))].join(', ');
    const mend = "add 'context.durationSeconds <= …' to its when";
    return [
      warning(policy, 'no-duration-limit', `permits ${ids} without any limit on duration; ${mend}`),
    ];
  });
}
