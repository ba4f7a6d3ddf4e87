import { didYouMean } from '../did-you-mean.ts';
import type { Entitlement } from '../entitlement.ts';
import type { Limits } from '../limits.ts';
import type { BundleError } from './bundle.ts';
import type { Located } from './yaml-file.ts';

/** Limits of an entitlement that there is not would limit nothing. */
export function checkLimits(
  limits: Located<Limits>,
  entitlements: readonly Located<Entitlement>[],
): readonly BundleError[] {
  const ids = entitlements.map(({ value }) => value.id);
  return Object.keys(limits.value.entitlements)
    .filter((id) => !ids.includes(id))
    .map((id) =>
      limits.error(
        ['entitlements', id],
        `is no entitlement of the bundle: name one of them, or remove it${didYouMean(id, ids)}`,
      ),
    );
}
