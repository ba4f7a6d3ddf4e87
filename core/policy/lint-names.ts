import type { LocatedPolicy } from '../bundle/policy-file.ts';
import { insteadOfName } from '../bundle/public-issuers.ts';
import { groupBy } from '../group-by.ts';
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
    const having = issuers.filter((one) => (one.tags ?? []).includes(tag) && fits(condition, one));
    const warnings = [
      ...names(tag, policy, having, (issuer) =>
        pins(condition, issuer, { truth: policy.effect === 'permit' }),
      ),
      ...patterns(tag, policy, having, leaf, truth === (policy.effect === 'permit')),
    ];
    if (warnings.length > 0) seen.add(tag);
    return warnings;
  });
}

/** One warning for the issuers of which a policy should compare the same instead. */
function names(
  tag: string,
  policy: LocatedPolicy,
  issuers: readonly Issuer[],
  isPinned: (issuer: Issuer) => boolean,
): readonly BundleWarning[] {
  const remedies = issuers.flatMap((issuer) => {
    const instead = insteadOfName(issuer, claimOf(issuer, tag));
    return instead === null || isPinned(issuer)
      ? []
      : [{ id: `'${issuer.id}'`, remedy: useInstead(issuer, instead) }];
  });
  const groups = groupBy(remedies, ({ remedy }) => remedy);
  return [...groups].flatMap(([remedy, found]) => {
    const whose = `issuer${found.length > 1 ? 's' : ''} ${found.map(({ id }) => id).join(' and ')}`;
    return acceptableWarning(
      policy,
      'name-decides',
      `decides by '${tag}' of ${whose}, a name that can change and be given to somebody else; ${remedy}`,
    );
  });
}

function patterns(
  tag: string,
  policy: LocatedPolicy,
  issuers: readonly Issuer[],
  leaf: Leaf,
  grants: boolean,
): readonly BundleWarning[] {
  if (!grants || leaf.kind !== 'like') return [];
  const jobs = issuers.filter(({ type }) => type === 'Workload');
  const isName = (issuer: Issuer) => insteadOfName(issuer, claimOf(issuer, tag)) !== null;
  const mistake = jobs.some((issuer) => !isName(issuer))
    ? unanchored(tag, leaf.parts)
    : jobs.length > 0
      ? prefixOfBranch(tag, leaf.parts)
      : null;
  return mistake === null ? [] : acceptableWarning(policy, 'unanchored-pattern', mistake);
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
  const branch = prefixOfBranch(tag, parts);
  if (branch !== null || !WORKFLOW_REFS.includes(tag) || parts.length === 1) return branch;
  const [file = '', ref] = start.split('@');
  if (!file.includes('/'))
    return `${text}, which does not write the owner out; write owner/…@<ref>`;
  if (ref === undefined) {
    return `${text}, which leaves the file or its ref open: every branch, with whatever somebody pushed to it; write …@<commit> in full`;
  }
  if (!/^(refs\/(heads|tags)\/?|refs\/?|)$/.test(ref)) return null;
  return `${text}, which leaves the ref open: every branch or tag, with whatever somebody pushed to it; write …@<commit> in full`;
}

/** Claims with a branch's name alone. */
const BRANCHES = ['ref', 'build_branch', 'branchName', 'head_ref', 'base_ref'];

/**
 * Why a pattern matches branches that only begin like the one that it names; null where it ends at a separator,
 * as `release/*` and `v1.*` do. Tags are versions, and `v*` is every version.
 */
function prefixOfBranch(tag: string, parts: readonly string[]): string | null {
  const [start = ''] = parts;
  if (parts.length === 1) return null;
  const [, after] = /refs\/heads\/(.*)/.exec(start) ?? [];
  const name = after ?? (BRANCHES.includes(tag) && !start.startsWith('refs/') ? start : '');
  if (!/[a-z0-9]$/i.test(name) || /(^|\/)v\d*$/.test(name)) return null;
  return `matches '${tag}' with "${parts.join('*')}", and so every branch that begins with '${name}', such as ${name}-x; write the branch in full, or the separator after it: ${name}/*`;
}
