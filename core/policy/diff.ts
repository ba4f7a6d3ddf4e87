import type { Bundle, CompiledEntitlement } from '../bundle/bundle.ts';
import type { Decision } from '../decision.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import type { LocatedCase } from './cases-file.ts';
import { changesOfEntitlement } from './diff-entitlement.ts';
import { changesOfFields, ownField, show } from './diff-fields.ts';
import { changesOfPolicy } from './diff-policy.ts';
import { answerCase, type Bench } from './run-cases.ts';

/** A difference between two bundles, in words. */
export type Change = {
  readonly kind: 'entitlement' | 'policy' | 'issuer' | 'limits';
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly details: readonly string[];
};

/** A case with another outcome in the other bundle. */
export type CaseChange = {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly from: Answered;
  readonly to: Answered;
};

export type Answered =
  | Pick<Decision, 'outcome' | 'policies'>
  | { readonly outcome: 'invalid'; readonly why: string };

export type BundleDiff = {
  readonly changes: readonly Change[];
  readonly cases: readonly CaseChange[];
  readonly casesAsked: number;
};

/** The differences between two bundles, and the cases of either whose outcome they change. */
export function diffBundles(
  from: { readonly bench: Bench; readonly cases: readonly LocatedCase[] },
  to: { readonly bench: Bench; readonly cases: readonly LocatedCase[] },
): BundleDiff {
  const asked = distinct([...to.cases, ...from.cases]);
  return {
    changes: changesBetween(from.bench.bundle, to.bench.bundle),
    casesAsked: asked.length,
    cases: asked.flatMap((located): CaseChange[] => {
      const before = answered(from.bench, located);
      const after = answered(to.bench, located);
      if (before.outcome === after.outcome) return [];
      const { file, line, value } = located;
      return [{ name: value.name, file, line, from: before, to: after }];
    }),
  };
}

/** What two bundles grant differently, in words. */
export function changesBetween(from: Bundle, to: Bundle): readonly Change[] {
  const issuers = (bundle: Bundle) =>
    Object.fromEntries(bundle.issuers.map((issuer) => [issuer.id, issuer]));
  return [
    ...compare('entitlement', from.entitlements, to.entitlements, changesOfEntitlement, about),
    ...compare('policy', from.policies, to.policies, changesOfPolicy, ({ effect }) => [effect]),
    ...compare('issuer', issuers(from), issuers(to), changesOfFields, ({ type, url }) => [
      `${type} from ${url}`,
    ]),
    ...compare('limits', limitsOf(from), limitsOf(to), changesOfFields, (own) =>
      Object.entries(own).map(([limit, most]) => `${limit}: ${show(most)}`),
    ),
  ];
}

/** Bundles that were kept before there were limits have those of everybody. */
function limitsOf({ limits = DEFAULT_LIMITS }: Partial<Bundle>): Record<string, object> {
  const { User: users, Workload: workloads, vendsPerMinute, coolDown, entitlements } = limits;
  // So are those from before there was this one.
  const { killSwitchPercent = DEFAULT_LIMITS.killSwitchPercent }: Partial<Limits> = limits;
  const own = Object.entries(entitlements).map(([id, of]) => [`entitlements.${id}`, of] as const);
  const all = {
    ...{ users, workloads, grants: { vendsPerMinute }, coolDown },
    roles: { killSwitchPercent },
  };
  return { ...all, ...Object.fromEntries(own) };
}

function compare<T>(
  kind: Change['kind'],
  from: Readonly<Record<string, T>>,
  to: Readonly<Record<string, T>>,
  details: (before: T, after: T) => readonly string[],
  whole: (one: T) => readonly string[],
): readonly Change[] {
  const ids = [...new Set([...Object.keys(from), ...Object.keys(to)])].toSorted();
  return ids.flatMap((id): Change[] => {
    const [before, after] = [ownField(from, id), ownField(to, id)];
    if (before === undefined) {
      return after === undefined ? [] : [{ kind, id, change: 'added', details: whole(after) }];
    }
    if (after === undefined) return [{ kind, id, change: 'removed', details: whole(before) }];
    const found = details(before, after);
    return found.length === 0 ? [] : [{ kind, id, change: 'changed', details: found }];
  });
}

function about({ title, risk, approval }: CompiledEntitlement): readonly string[] {
  return [`${title} (risk ${risk}, ${approval === undefined ? 'no approval' : 'with approval'})`];
}

/** Drops repeats: a case in both bundles is asked once, whatever they expect of it. */
function distinct(cases: readonly LocatedCase[]): readonly LocatedCase[] {
  const seen = new Map<string, LocatedCase>();
  for (const located of cases) {
    const { expect: _, ...question } = located.value;
    const key = JSON.stringify(question);
    if (!seen.has(key)) seen.set(key, located);
  }
  return [...seen.values()];
}

function answered(bench: Bench, { value }: LocatedCase): Answered {
  const answer = answerCase(bench, value);
  if (!answer.ok) return { outcome: 'invalid', why: answer.error[0]?.message ?? '' };
  const { outcome, policies } = answer.value.decision;
  return { outcome, policies };
}
