import type { BundleError } from '../bundle/bundle.ts';
import type { LocatedPolicy } from '../bundle/policy-file.ts';
import { FIXED_RULES } from '../deciding/fixed-rules.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { LocatedCase } from './cases-file.ts';

/** A case that expects a policy which does not exist could only fail, and for the wrong reason. */
export function checkCases(
  cases: readonly LocatedCase[],
  policies: readonly LocatedPolicy[],
): readonly BundleError[] {
  const known = policies.map(({ id }) => id);
  return cases.flatMap(({ value, error }) =>
    (value.expect.policies ?? []).flatMap((id, index) => {
      if (known.includes(id) || FIXED_RULES.includes(id)) return [];
      const message = `policy '${id}' does not exist; the bundle has: ${known.join(', ')}${didYouMean(id, known)}`;
      return [error(['expect', 'policies', index], message)];
    }),
  );
}
