import type { Statement } from '../entitlement.ts';
import { containsAction, containsResource } from './glob.ts';

/**
 * Writes the same permissions in fewer statements: those that differ only in resources, or only in
 * actions, become one, and a pattern that another one of its list contains is left out. The same input
 * gives the same statements in the same order.
 */
export function mergeStatements(statements: readonly Statement[]): readonly Statement[] {
  const byResource = mergeBy(statements.map(withoutContained), 'Resource');
  return mergeBy(byResource, 'Action').map(withoutContained);
}

function mergeBy(
  statements: readonly Statement[],
  field: 'Action' | 'Resource',
): readonly Statement[] {
  const merged = new Map<string, Statement>();
  for (const statement of statements) {
    const { [field]: list, ...rest } = statement;
    const key =
      list === undefined ? JSON.stringify(statement) : `${field}${JSON.stringify(sorted(rest))}`;
    const first = merged.get(key);
    if (first === undefined) merged.set(key, statement);
    else if (list !== undefined)
      merged.set(key, { ...first, [field]: unique([...(first[field] ?? []), ...list]) });
  }
  return [...merged.values()];
}

/** A form in which statements are equal if their lists have the same entries in any order. */
function sorted(statement: Statement): unknown {
  return Object.entries(statement)
    .map(([key, value]) => [key, Array.isArray(value) ? value.toSorted() : value])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function withoutContained(statement: Statement): Statement {
  const { Action, Resource } = statement;
  return {
    ...statement,
    ...(Action && { Action: widest(Action, containsAction) }),
    ...(Resource && { Resource: widest(Resource, containsResource) }),
  };
}

function widest(
  patterns: readonly string[],
  containedIn: (outer: string, inner: string) => boolean,
): readonly string[] {
  const distinct = unique(patterns);
  // What a pattern contains begins as it does; most pairs need no closer look.
  const lower = distinct.map((text) => text.toLowerCase());
  const beginnings = lower.map((text) => /^[^*?$]*/.exec(text)?.[0] ?? '');
  return distinct.filter(
    (inner, index) =>
      !distinct.some((outer, other) => {
        if (lower[index]?.startsWith(beginnings[other] ?? '') !== true) return false;
        if (other === index || !containedIn(outer, inner)) return false;
        // Of two that contain each other, the first stays.
        return !containedIn(inner, outer) || other < index;
      }),
  );
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
