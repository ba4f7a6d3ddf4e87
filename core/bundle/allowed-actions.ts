import type { Statement } from '../entitlement.ts';
import { containsAction } from '../session-policy/glob.ts';

/**
 * Which of some actions a statement allows on at least one resource, unless another statement denies
 * them on every resource without a condition.
 */
export function allowedActions(
  statement: Statement,
  actions: readonly string[],
  all: readonly Statement[],
): readonly string[] {
  if (statement.Effect !== 'Allow') return [];
  const denies = all.filter(deniesEverywhere);
  return actions.filter(
    (action) => covers(statement, action) && !denies.some((deny) => covers(deny, action)),
  );
}

function deniesEverywhere({ Effect, Condition, Resource }: Statement): boolean {
  return Effect === 'Deny' && Condition === undefined && Resource?.includes('*') === true;
}

function covers({ Action, NotAction = [] }: Statement, action: string): boolean {
  if (Action !== undefined) return Action.some((pattern) => containsAction(pattern, action));
  return !NotAction.some((pattern) => containsAction(pattern, action));
}
