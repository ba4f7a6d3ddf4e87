import type { PolicyLanguage } from '../bundle/policy-language.ts';
import { lintPolicies } from './lint-policies.ts';
import { lintEntitlement } from './lint-statements.ts';
import type { BundleWarning } from './lint-warning.ts';
import type { PolicyAnalyst } from './policy-analyst.ts';
import type { BundleSources } from './read-bundle.ts';
import { SAMPLE_DEPLOYMENT } from './run-cases.ts';

/** Looks a valid bundle through, entitlement by entitlement and policy by policy. */
export function lint(
  sources: BundleSources,
  language: PolicyLanguage,
  analyst: PolicyAnalyst,
): readonly BundleWarning[] {
  const reach = analyst.reach(sources.bundle, SAMPLE_DEPLOYMENT);
  const warnings = [
    ...sources.entitlements.flatMap((it) => lintEntitlement(it, sources.policies, reach)),
    ...lintPolicies(sources, language, analyst, reach),
  ];
  return warnings.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
  );
}
