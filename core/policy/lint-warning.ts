import type { BundleError } from '../bundle/bundle.ts';

/** What a warning is about, in a word that tools can filter by. */
export type LintRule =
  | 'never-applies'
  | 'nobody-can-get'
  | 'no-duration-limit'
  | 'wildcard'
  | 'outlives-session'
  | 'climbs-out';

/** Valid, but probably not what its author means; an entitlement may say `acknowledged: <why>`. */
export type BundleWarning = BundleError & { readonly rule: LintRule };
