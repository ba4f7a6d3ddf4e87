import type { Clause, PolicyJson } from '@cedar-policy/cedar-wasm/web';

/** Whether the residual of a policy is true; null if that depends on unknown values. */
export function truthOf({ conditions }: PolicyJson): boolean | null {
  return and(conditions.map(truthOfClause));
}

function truthOfClause({ kind, body }: Clause): boolean | null {
  const truth = truthOfExpression(body);
  return kind === 'when' ? truth : not(truth);
}

type Pair = { readonly left: unknown; readonly right: unknown };

type Expression = {
  readonly Value?: unknown;
  readonly '&&'?: Pair;
  readonly '||'?: Pair;
  readonly '!'?: { readonly arg: unknown };
};

/**
 * Cedar keeps `unknown && false`, because the unknown part might fail. Here that is false: a policy that
 * fails does not apply either.
 */
function truthOfExpression(node: unknown): boolean | null {
  if (typeof node !== 'object' || node === null) return null;
  const { Value: value, '&&': both, '||': either, '!': negated }: Expression = node;
  if (typeof value === 'boolean') return value;
  if (both !== undefined) return and([both.left, both.right].map(truthOfExpression));
  if (either !== undefined) {
    const sides = [either.left, either.right].map(truthOfExpression);
    return not(and(sides.map(not)));
  }
  return negated === undefined ? null : not(truthOfExpression(negated.arg));
}

function and(truths: readonly (boolean | null)[]): boolean | null {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function not(truth: boolean | null): boolean | null {
  return truth === null ? null : !truth;
}
