import type { Clause, PolicyJson } from '@cedar-policy/cedar-wasm/web';

/** What is left of a policy; null where it depends on what is not known. */
export function truthOf({ conditions }: PolicyJson): boolean | null {
  return all(conditions.map(clauseTruth));
}

function clauseTruth({ kind, body }: Clause): boolean | null {
  const truth = expressionTruth(body);
  return kind === 'when' ? truth : negate(truth);
}

/**
 * Cedar keeps `unknown && false`, because the unknown part might fail; for us that is the same: a
 * policy that fails does not apply either.
 */
function expressionTruth(node: unknown): boolean | null {
  if (typeof node !== 'object' || node === null) return null;
  const it = node as {
    readonly Value?: unknown;
    readonly '&&'?: Pair;
    readonly '||'?: Pair;
    readonly '!'?: { readonly arg: unknown };
  };
  if (typeof it.Value === 'boolean') return it.Value;
  if (it['&&'] !== undefined) return all([it['&&'].left, it['&&'].right].map(expressionTruth));
  if (it['||'] !== undefined) {
    return negate(
      all([it['||'].left, it['||'].right].map((side) => negate(expressionTruth(side)))),
    );
  }
  return it['!'] === undefined ? null : negate(expressionTruth(it['!'].arg));
}

type Pair = { readonly left: unknown; readonly right: unknown };

function all(truths: readonly (boolean | null)[]): boolean | null {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function negate(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth;
}
