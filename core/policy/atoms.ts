import { canonicalJson } from '../canonical-json.ts';
import type { ConditionBlock, Statement } from '../entitlement.ts';
import { containsAction } from '../session-policy/glob.ts';
import { actionsOverlap, containsTemplate, resourcesOverlap } from './pattern-overlap.ts';

/** The actions or resources of an atom: what matches a pattern, or all but what matches some. */
export type Side = { readonly in: string } | { readonly not: readonly string[] };

/** The smallest part of a statement: one action pattern on one resource pattern. */
export type Atom = {
  readonly effect: Statement['Effect'];
  readonly action: Side;
  readonly resource: Side;
  readonly condition: ConditionBlock | null;
};

export function atomsOf(statements: readonly Statement[]): readonly Atom[] {
  return statements.flatMap(({ Effect, Condition, ...statement }) => {
    const actions = sides(statement.Action, statement.NotAction);
    const resources = sides(statement.Resource, statement.NotResource);
    const condition = Object.keys(Condition ?? {}).length === 0 ? null : (Condition ?? null);
    return resources.flatMap((resource) =>
      actions.map((action) => ({ effect: Effect, action, resource, condition })),
    );
  });
}

function sides(
  patterns: readonly string[] | undefined,
  not: readonly string[] = [],
): readonly Side[] {
  return patterns === undefined ? [{ not }] : patterns.map((pattern) => ({ in: pattern }));
}

/** Whether one atom applies wherever another one does. False also where that cannot be decided. */
export function covers(outer: Atom, inner: Atom): boolean {
  return reaches(outer, inner) && isWeaker(outer.condition, inner.condition);
}

/** The same whatever their conditions. */
export function reaches(outer: Atom, inner: Atom): boolean {
  return coversActions(outer, inner) && coversResources(outer, inner);
}

export function coversActions(outer: Atom, inner: Atom): boolean {
  return contains(outer.action, inner.action, containsAction, actionsOverlap);
}

export function coversResources(outer: Atom, inner: Atom): boolean {
  return contains(outer.resource, inner.resource, containsTemplate, resourcesOverlap);
}

/** Whether both may apply to one call, whatever their conditions. True also where that cannot be decided. */
export function touches(one: Atom, other: Atom): boolean {
  return (
    mayMeet(one.action, other.action, containsAction, actionsOverlap) &&
    mayMeet(one.resource, other.resource, containsTemplate, resourcesOverlap)
  );
}

type Test = (one: string, other: string) => boolean;

function contains(outer: Side, inner: Side, within: Test, overlap: Test): boolean {
  if ('in' in outer) return within(outer.in, 'in' in inner ? inner.in : '*');
  if ('in' in inner) return !outer.not.some((pattern) => overlap(pattern, inner.in));
  return outer.not.every((pattern) => inner.not.some((other) => within(other, pattern)));
}

function mayMeet(one: Side, other: Side, within: Test, overlap: Test): boolean {
  if ('in' in one && 'in' in other) return overlap(one.in, other.in);
  if ('in' in one) return 'in' in other || !other.not.some((pattern) => within(pattern, one.in));
  return 'not' in other || mayMeet(other, one, within, overlap);
}

/** Whether a condition has no test that the other one lacks. All tests of a condition must hold. */
function isWeaker(one: ConditionBlock | null, other: ConditionBlock | null): boolean {
  const tests = testsOf(other);
  return testsOf(one).every((test) => tests.includes(test));
}

export function hasEqualCondition(one: Atom, other: Atom): boolean {
  return isWeaker(one.condition, other.condition) && isWeaker(other.condition, one.condition);
}

/** The names of keys are not case-sensitive, and the order of values does not matter. */
function testsOf(condition: ConditionBlock | null): readonly string[] {
  return Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) =>
      canonicalJson([operator, key.toLowerCase(), [...new Set([values].flat())].toSorted()]),
    ),
  );
}
