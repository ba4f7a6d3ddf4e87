import { insteadOfName } from '../bundle/public-issuers.ts';
import type { Issuer } from '../issuer.ts';
import { type Leaf, leavesOf } from './condition.ts';
import { claimOf, fits, pins, tagOf } from './fits-issuer.ts';
import type { Examined } from './lint-strangers.ts';
import { acceptableWarning, type BundleWarning } from './lint-warning.ts';
import type { PolicyAnalyst } from './policy-analyst.ts';

/** Warns of policies that decide by names, which change and are given to others. */
export function lintNames(
  policies: readonly Examined[],
  issuers: readonly Issuer[],
  analyst: PolicyAnalyst,
): readonly BundleWarning[] {
  return policies.flatMap((examined) => {
    const { policy } = examined;
    const display = analyst.readsName(policy)
      ? acceptableWarning(
          policy,
          'name-decides',
          "reads a principal's name, which is for display: it can change, and be given to somebody else; name principals by their ids, or use groups or tags",
        )
      : [];
    const found = findings(examined, issuers);
    return [...display, ...found];
  });
}

function findings(
  { policy, condition }: Examined,
  issuers: readonly Issuer[],
): readonly BundleWarning[] {
  const seen = new Set<string>();
  return leavesOf(condition).flatMap(({ leaf, truth }) => {
    const tag = tagOf(leaf);
    if (tag === null || leaf.kind === 'tagged' || seen.has(tag)) return [];
    const issuer = issuers.find(
      (one) => (one.tags ?? []).includes(tag) && fits(condition, one) && isSuspect(leaf, one),
    );
    if (issuer === undefined) return [];
    const grants = truth === (policy.effect === 'permit');
    const instead = insteadOfName(issuer, claimOf(issuer, tag));
    if (instead !== null) {
      if (pins(condition, issuer, { truth: policy.effect === 'permit' })) return [];
      seen.add(tag);
      return acceptableWarning(
        policy,
        'name-decides',
        `decides by '${tag}' of issuer '${issuer.id}', a name that can change and be given to somebody else; ${useInstead(issuer, instead)}`,
      );
    }
    const mistake = grants && leaf.kind === 'like' ? unanchored(tag, leaf.parts) : null;
    if (mistake === null) return [];
    seen.add(tag);
    return acceptableWarning(policy, 'unanchored-pattern', mistake);
  });
}

function isSuspect(leaf: Leaf, issuer: Issuer): boolean {
  const tag = tagOf(leaf) ?? '';
  if (insteadOfName(issuer, claimOf(issuer, tag)) !== null) return true;
  return leaf.kind === 'like' && issuer.type === 'Workload';
}

function useInstead(issuer: Issuer, instead: string): string {
  if (issuer.subject.includes(instead) && issuer.subject.length === 1) {
    return `name the principal instead: ValetKey::${issuer.type}::"${issuer.id}:<${instead}>", or use a group`;
  }
  return `compare ${instead} instead`;
}

/** The claims that name a workflow's file and, after an @, its ref. */
const WORKFLOW_REFS = ['job_workflow_ref', 'workflow_ref', 'ci_config_ref_uri'];

/** Why a pattern matches more than it seems to; null where it is anchored. */
function unanchored(tag: string, parts: readonly string[]): string | null {
  const pattern = parts.join('*');
  const [start = '', second = ''] = parts;
  // Any value at all, or a member of a list, which is written between bars.
  if (/^\**$/.test(pattern) || (start === '' && /^\|.+\|$/.test(second))) return null;
  const text = `matches '${tag}' with "${pattern}"`;
  if (start === '') {
    return `${text}, which begins with a wildcard: anybody can make a value that ends like this; write the beginning out`;
  }
  if (!WORKFLOW_REFS.includes(tag) || parts.length === 1) return null;
  const [file = '', ref] = start.split('@');
  if (!file.includes('/'))
    return `${text}, which does not write the owner out; write owner/…@<ref>`;
  if (ref === undefined) {
    return `${text}, which leaves the file or its ref open: every branch, with whatever somebody pushed to it; write …@<commit> in full`;
  }
  if (!/^(refs\/(heads|tags)\/?|refs\/?|)$/.test(ref)) return null;
  return `${text}, which leaves the ref open: every branch or tag, with whatever somebody pushed to it; write …@<commit> in full`;
}
