import {
  ACKNOWLEDGEABLE,
  ACKNOWLEDGEABLE_IN_ISSUERS,
  ACKNOWLEDGEABLE_IN_POLICIES,
  type Acknowledgeable,
} from '../bundle/acknowledgement.ts';
import type { BundleError } from '../bundle/bundle.ts';
import type { LocatedPolicy } from '../bundle/policy-file.ts';
import type { Entitlement } from '../entitlement.ts';

type PolicyRule = (typeof ACKNOWLEDGEABLE_IN_POLICIES)[number];
export type IssuerRule = (typeof ACKNOWLEDGEABLE_IN_ISSUERS)[number];

/** The rules behind warnings, for tools to filter by. */
export const LINT_RULES = [
  ...ACKNOWLEDGEABLE,
  ...ACKNOWLEDGEABLE_IN_POLICIES,
  ...ACKNOWLEDGEABLE_IN_ISSUERS,
  'never-applies',
  'acknowledges-nothing',
  'unknown-issuer',
  'no-mfa-shown',
  'allows-nothing',
] as const;

export type LintRule = (typeof LINT_RULES)[number];

/** Something valid that its author probably did not intend. */
export type BundleWarning = BundleError & { readonly rule: LintRule };

/** A warning about one entitlement, which its author may accept. */
export type EntitlementWarning = BundleError & { readonly rule: Acknowledgeable };

/** Whether the author of an entitlement, a policy or an issuer accepts this warning, and only this one. */
export function isAcknowledged(
  { acknowledged = {} }: Pick<Entitlement, 'acknowledged'>,
  rule: LintRule,
): boolean {
  return Object.hasOwn(acknowledged, rule);
}

/** What to write to accept a warning about an entitlement or an issuer. */
export function acknowledge(rule: Acknowledgeable | IssuerRule): string {
  return `add acknowledged: { ${rule}: <why> }`;
}

/** A warning about a policy, unless its author accepts it. */
export function policyWarning(
  policy: Pick<LocatedPolicy, 'id' | 'file' | 'line' | 'acknowledged'>,
  rule: LintRule,
  message: string,
): readonly BundleWarning[] {
  if (isAcknowledged(policy, rule)) return [];
  const { id, file, line } = policy;
  return [{ rule, file, line, message: `policy '${id}' ${message}` }];
}

/** A warning about a policy that its author may accept. */
export function acceptableWarning(
  policy: LocatedPolicy,
  rule: PolicyRule,
  message: string,
): readonly BundleWarning[] {
  return policyWarning(policy, rule, `${message}, or add @acknowledged("${rule}: <why>")`);
}
