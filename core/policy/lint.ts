import { inOrder } from '../bundle/bundle.ts';
import type { PolicyLanguage } from '../bundle/policy-language.ts';
import { lintEntitlement } from './lint-entitlement.ts';
import { lintForbids } from './lint-forbids.ts';
import { lintIssuerIds, lintMfa } from './lint-issuer-facts.ts';
import { lintIssuers } from './lint-issuers.ts';
import { lintJobs } from './lint-job.ts';
import { lintNames } from './lint-names.ts';
import { lintPolicies } from './lint-policies.ts';
import { lintStrangers } from './lint-strangers.ts';
import type { BundleWarning } from './lint-warning.ts';
import type { PolicyAnalyst } from './policy-analyst.ts';
import type { BundleSources } from './read-bundle.ts';
import { SAMPLE_DEPLOYMENT } from './run-cases.ts';

/** Finds what is probably a mistake in a valid bundle. */
export function lint(
  sources: BundleSources,
  language: PolicyLanguage,
  analyst: PolicyAnalyst,
): readonly BundleWarning[] {
  const reach = analyst.reach(sources.bundle, SAMPLE_DEPLOYMENT);
  const issuers = sources.issuers.value;
  const examined = sources.policies.map((policy) => ({
    policy,
    condition: analyst.conditionOf(policy),
  }));
  const warnings = [
    ...sources.entitlements.flatMap((entitlement) =>
      lintEntitlement(entitlement, sources, examined, reach),
    ),
    ...lintJobs(sources, examined, analyst, reach),
    ...lintStrangers(examined, issuers, reach),
    ...lintNames(examined, issuers, analyst),
    ...lintForbids(examined, issuers, reach),
    ...lintIssuerIds(examined, issuers),
    ...lintMfa(examined, issuers),
    ...lintPolicies(sources, examined, language, analyst, reach),
    ...lintIssuers(sources.issuers),
  ];
  return inOrder(warnings);
}
