import type { Statement } from '../entitlement.ts';
import { resourcesOverlap } from '../policy/pattern-overlap.ts';
import { containsAction } from '../session-policy/glob.ts';
import type { Wanted } from '../usage.ts';
import type { GrantRead } from './merge-uses.ts';

type Growing = Omit<Wanted, 'calls' | 'grants'> & { calls: number; readonly grants: Set<string> };

/**
 * Refused calls that no statement allows or denies: most calls first. A statement that allows the call under a condition,
 * or for another value of a parameter, allows it.
 */
export function wantedOf(
  statements: readonly Statement[],
  grants: readonly GrantRead[],
): readonly Wanted[] {
  const wanted = new Map<string, Growing>();
  const add = (grant: string, action: string, resource: string | null, calls: number) => {
    const key = `${action} ${resource ?? ''}`;
    const known = wanted.get(key) ?? { action, resource, calls: 0, grants: new Set() };
    known.calls += calls;
    known.grants.add(grant);
    wanted.set(key, known);
  };
  for (const { id, usage } of grants) {
    for (const { action, refused, resources } of usage?.actions ?? []) {
      if (refused === 0) continue;
      const named = resources.filter((one) => one.refused > 0);
      for (const one of named.filter(({ resource }) => !concerns(statements, action, resource))) {
        add(id, action, one.resource, one.refused);
      }
      const rest = refused - named.reduce((sum, one) => sum + one.refused, 0);
      // On some resource it may be allowed: then nobody can tell.
      if (rest > 0 && !concerns(statements, action, null)) add(id, action, null, rest);
    }
  }
  return [...wanted.values()]
    .map((one): Wanted => ({ ...one, grants: one.grants.size }))
    .toSorted((one, other) => other.calls - one.calls || (keyOf(one) < keyOf(other) ? -1 : 1));
}

function keyOf({ action, resource }: Wanted): string {
  return `${action} ${resource ?? ''}`;
}

/** @param resource null for any */
function concerns(
  statements: readonly Statement[],
  action: string,
  resource: string | null,
): boolean {
  return statements.some(({ Effect, Action, NotAction, Resource, NotResource, Condition }) => {
    // It may have been refused by something else.
    if (Effect === 'Deny' && Object.keys(Condition ?? {}).length > 0) return false;
    const isAction =
      Action?.some((pattern) => containsAction(pattern, action)) ??
      !(NotAction ?? []).some((pattern) => containsAction(pattern, action));
    if (!isAction || resource === null) return isAction;
    const matches = (pattern: string) => resourcesOverlap(pattern, literal(resource));
    return Resource?.some(matches) ?? !(NotResource ?? []).some(matches);
  });
}

/** A name may have characters that are wildcards in a pattern, and stands for itself. */
function literal(resource: string): string {
  return resource.replace(/[*?$]|\{(?=\{)/g, '\u0000');
}
