import type { PolicyLanguage } from '../bundle/policy-language.ts';
import { lintEntitlement } from './lint-entitlement.ts';
import { lintJobs } from './lint-job.ts';
import { lintPolicies } from './lint-policies.ts';
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
  const warnings = [
    ...sources.entitlements.flatMap((entitlement) => lintEntitlement(entitlement, sources, reach)),
    ...lintJobs(sources, analyst, reach),
    ...lintPolicies(sources, language, analyst, reach),
  ];
  return warnings.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
  );
}
