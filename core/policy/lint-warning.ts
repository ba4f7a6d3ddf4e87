import type { BundleError } from '../bundle/bundle.ts';

/** The rule behind a warning, for tools to filter by. */
export type LintRule =
  | 'never-applies'
  | 'nobody-can-get'
  | 'no-duration-limit'
  | 'wildcard'
  | 'outlives-session'
  | 'climbs-out'
  | 'no-job'
  | 'no-same-person';

/** Something valid that its author probably did not intend; `acknowledged` in an entitlement silences it. */
export type BundleWarning = BundleError & { readonly rule: LintRule };
