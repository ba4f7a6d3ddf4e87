import type { Acknowledgeable } from '../bundle/acknowledgement.ts';
import type { BundleError } from '../bundle/bundle.ts';
import type { Entitlement } from '../entitlement.ts';

/** The rule behind a warning, for tools to filter by. */
export type LintRule = Acknowledgeable | 'never-applies' | 'acknowledges-nothing';

/** Something valid that its author probably did not intend. */
export type BundleWarning = BundleError & { readonly rule: LintRule };

/** A warning about one entitlement, which its author may accept. */
export type EntitlementWarning = BundleError & { readonly rule: Acknowledgeable };

/** Whether the entitlement's author accepts this warning, and only this one. */
export function isAcknowledged(
  { acknowledged = {} }: Pick<Entitlement, 'acknowledged'>,
  rule: LintRule,
): boolean {
  return Object.hasOwn(acknowledged, rule);
}

/** What to write to accept a warning. */
export function acknowledge(rule: Acknowledgeable): string {
  return `add acknowledged: { ${rule}: <why> }`;
}
