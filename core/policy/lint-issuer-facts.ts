import { didYouMean } from '../did-you-mean.ts';
import type { Issuer } from '../issuer.ts';
import { type Condition, leavesOf, proves } from './condition.ts';
import { fits } from './fits-issuer.ts';
import type { Examined } from './lint-strangers.ts';
import { type BundleWarning, policyWarning } from './lint-warning.ts';

/** Warns of policies that compare the issuer with an id that the bundle does not have. */
export function lintIssuerIds(
  policies: readonly Examined[],
  issuers: readonly Issuer[],
): readonly BundleWarning[] {
  const ids = issuers.map(({ id }) => id);
  return policies.flatMap(({ policy, condition }) => {
    return unknownIn(condition, ids).flatMap((id) => {
      const meant = didYouMean(id, ids);
      // Copied rules may forbid for issuers that this bundle does not have: those have no principals.
      if (policy.effect === 'forbid' && meant === '') return [];
      const message = `compares principal.issuer with '${id}', which is no issuer${meant || `; the issuers are: ${ids.join(', ')}`}`;
      return policyWarning(policy, 'unknown-issuer', message);
    });
  });
}

/** Whether a condition compares the issuer with an id that the bundle does not have. */
export function namesUnknown(condition: Condition, issuers: readonly Issuer[]): boolean {
  return (
    unknownIn(
      condition,
      issuers.map(({ id }) => id),
    ).length > 0
  );
}

function unknownIn(condition: Condition, ids: readonly string[]): readonly string[] {
  const named = leavesOf(condition).flatMap(({ leaf }) =>
    leaf.kind === 'equals' && 'attribute' in leaf.subject ? leaf.values : [],
  );
  return [...new Set(named)].filter((id) => !ids.includes(id));
}

/** Whether a policy is only for issuers that the bundle does not have. */
export function isForOthers(condition: Condition, issuers: readonly Issuer[]): boolean {
  const ids = issuers.map(({ id }) => id);
  return proves(
    condition,
    (leaf, truth) =>
      truth &&
      leaf.kind === 'equals' &&
      'attribute' in leaf.subject &&
      leaf.values.every((id) => !ids.includes(id) && didYouMean(id, ids) === ''),
  );
}

/** Warns of policies that ask for MFA where no token that they apply to can show it. */
export function lintMfa(
  policies: readonly Examined[],
  issuers: readonly Issuer[],
): readonly BundleWarning[] {
  return policies.flatMap(({ policy, condition }) => {
    const read = policy.mentions.attributes.find((name) => ['mfa', 'mfaAgeSeconds'].includes(name));
    if (read === undefined) return [];
    const fitting = issuers.filter((issuer) => fits(condition, issuer));
    if (fitting.length === 0 || fitting.some(({ mfa }) => mfa !== undefined)) return [];
    const whose = fitting.map(({ id }) => `'${id}'`).join(', ');
    return policyWarning(
      policy,
      'no-mfa-shown',
      `reads context.${read}, but no token of ${whose} can show MFA; say how it does: mfa: { amr: [mfa] } in issuers.yaml, or narrow the policy to principals that can`,
    );
  });
}
