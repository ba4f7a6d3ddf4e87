import type { LocatedPolicy } from '../bundle/policy-file.ts';
import type { Issuer } from '../issuer.ts';
import type { Condition } from './condition.ts';
import { fits, isOfAnother, lacks, tagOf } from './fits-issuer.ts';
import type { Examined } from './lint-strangers.ts';
import { acceptableWarning, type BundleWarning } from './lint-warning.ts';
import type { Reach } from './policy-analyst.ts';

/**
 * Warns of forbids that do not reach the principals of an issuer only because it does not list a tag: what such a
 * policy is to stop, passes unseen.
 */
export function lintForbids(
  policies: readonly Examined[],
  issuers: readonly Issuer[],
  reach: readonly Reach[],
): readonly BundleWarning[] {
  return policies.flatMap(({ policy, condition }) => {
    if (policy.effect === 'permit') return [];
    // One that stops nobody at all has a warning of its own.
    if (!issuers.some((issuer) => fits(condition, issuer))) return [];
    const places = reach.filter((place) => place.policies.includes(policy.id));
    const permits = policies.filter(
      (other) =>
        other.policy.effect === 'permit' &&
        places.some((place) => place.policies.includes(other.policy.id)),
    );
    return issuers.flatMap((issuer) => {
      if (!permits.some((permit) => fits(permit.condition, issuer))) return [];
      const { wanted } = judge(condition, true, issuer);
      // A claim of jobs is none of people, and a tag that nobody lists has a warning of its own.
      const listing = issuers.filter(({ type }) => type === issuer.type);
      for (const tag of wanted) {
        const other = listing.find(({ tags = [] }) => tags.includes(tag));
        if (other !== undefined) return unreached(policy, tag, issuer, other);
      }
      return [];
    });
  });
}

function unreached(
  policy: LocatedPolicy,
  tag: string,
  issuer: Issuer,
  other: Issuer,
): readonly BundleWarning[] {
  const message = `forbids by the tag '${tag}', which issuer '${issuer.id}' does not list, so it does not stop those who sign in with it; list it under tags in issuers.yaml, or say whom the policy is for, such as principal.issuer == "${other.id}"`;
  return acceptableWarning(policy, 'not-for-issuer', message);
}

/** What a part of a condition is to the principals of an issuer. */
type Part = {
  /** Whether it can hold for them, and whether the author wrote it with them in mind. */
  readonly holds: 'never' | 'perhaps' | 'for them';
  /** The tags without which it, or an alternative in it, holds never. */
  readonly wanted: readonly string[];
};

function judge(condition: Condition, truth: boolean, issuer: Issuer): Part {
  switch (condition.kind) {
    case 'not':
      return judge(condition.of, !truth, issuer);
    case 'all':
    case 'any': {
      const parts = condition.of.map((one) => judge(one, truth, issuer));
      return (condition.kind === 'all') === truth ? together(parts) : alternatives(parts);
    }
    default: {
      const tag = lacks(issuer, condition) ? tagOf(condition) : null;
      if (tag !== null) {
        // That the tag is missing was thought of.
        return truth ? { holds: 'never', wanted: [tag] } : { holds: 'for them', wanted: [] };
      }
      if (isOfAnother(condition, truth, issuer)) return { holds: 'never', wanted: [] };
      const general = condition.kind === 'other' || condition.kind === 'is';
      return { holds: general ? 'perhaps' : 'for them', wanted: [] };
    }
  }
}

function together(parts: readonly Part[]): Part {
  const dead = parts.filter(({ holds }) => holds === 'never');
  if (dead.some(({ wanted }) => wanted.length === 0)) return { holds: 'never', wanted: [] };
  const about = parts.some(({ holds }) => holds === 'for them');
  const holds = dead.length > 0 ? 'never' : about ? 'for them' : 'perhaps';
  return { holds, wanted: parts.flatMap(({ wanted }) => wanted) };
}

/** Where one alternative is for the principals of the issuer, those that hold never are for others. */
function alternatives(parts: readonly Part[]): Part {
  const alive = parts.filter(({ holds }) => holds !== 'never');
  const about = alive.some(({ holds }) => holds === 'for them');
  const holds = about ? 'for them' : alive.length > 0 ? 'perhaps' : 'never';
  return { holds, wanted: (about ? alive : parts).flatMap(({ wanted }) => wanted) };
}
