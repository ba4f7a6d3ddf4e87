import type { Bundle, CompiledEntitlement, CompiledPolicy } from '../bundle/bundle.ts';
import type { Decision } from '../decision.ts';
import type { LocatedCase } from './cases-file.ts';
import { changesOfEntitlement } from './diff-entitlement.ts';
import { changesOfFields } from './diff-fields.ts';
import { answerCase, type Bench } from './run-cases.ts';

/** One difference between two bundles, in plain words. */
export type Change = {
  readonly kind: 'entitlement' | 'policy' | 'issuer';
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly details: readonly string[];
};

/** A case that is answered otherwise; null where a bundle cannot answer it at all. */
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

/** What changes from one bundle to another, and which of both bundles' cases notice. */
export function diffBundles(
  from: { readonly bench: Bench; readonly cases: readonly LocatedCase[] },
  to: { readonly bench: Bench; readonly cases: readonly LocatedCase[] },
): BundleDiff {
  const asked = distinct([...to.cases, ...from.cases]);
  return {
    changes: changesBetween(from.bench.bundle, to.bench.bundle),
    casesAsked: asked.length,
    cases: asked.flatMap((it): CaseChange[] => {
      const before = answered(from.bench, it);
      const after = answered(to.bench, it);
      if (before.outcome === after.outcome) return [];
      const { file, line } = it;
      return [{ name: it.value.name, file, line, from: before, to: after }];
    }),
  };
}

function changesBetween(from: Bundle, to: Bundle): readonly Change[] {
  const issuers = (bundle: Bundle) => Object.fromEntries(bundle.issuers.map((it) => [it.id, it]));
  return [
    ...compare('entitlement', from.entitlements, to.entitlements, changesOfEntitlement, about),
    ...compare('policy', from.policies, to.policies, changesOfPolicy, (it) => [it.effect]),
    ...compare('issuer', issuers(from), issuers(to), changesOfFields, (it) => [
      `${it.type} from ${it.url}`,
    ]),
  ];
}

function compare<T>(
  kind: Change['kind'],
  from: Readonly<Record<string, T>>,
  to: Readonly<Record<string, T>>,
  details: (before: T, after: T) => readonly string[],
  whole: (it: T) => readonly string[],
): readonly Change[] {
  const ids = [...new Set([...Object.keys(from), ...Object.keys(to)])].toSorted();
  return ids.flatMap((id): Change[] => {
    const [before, after] = [from[id], to[id]];
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

function changesOfPolicy(before: CompiledPolicy, after: CompiledPolicy): readonly string[] {
  if (before.text === after.text) return [];
  const details: string[] = [];
  if (before.effect !== after.effect) details.push(`is a ${after.effect}, was a ${before.effect}`);
  if (before.advice !== after.advice) {
    details.push(`advice is '${after.advice ?? 'none'}', was '${before.advice ?? 'none'}'`);
  }
  const [old, now] = [linesOf(before), linesOf(after)];
  return [
    ...details,
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

function linesOf({ text }: CompiledPolicy): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('@'));
}

/** A case that both bundles have is asked once; what it expects is no part of its question. */
function distinct(cases: readonly LocatedCase[]): readonly LocatedCase[] {
  const seen = new Map<string, LocatedCase>();
  for (const it of cases) {
    const { expect: _, ...question } = it.value;
    const key = JSON.stringify(question);
    if (!seen.has(key)) seen.set(key, it);
  }
  return [...seen.values()];
}

function answered(bench: Bench, it: LocatedCase): Answered {
  const answer = answerCase(bench, it.value);
  if (!answer.ok) return { outcome: 'invalid', why: answer.error[0]?.message ?? '' };
  const { outcome, policies } = answer.value.decision;
  return { outcome, policies };
}
