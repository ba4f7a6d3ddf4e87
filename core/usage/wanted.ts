import type { Statement } from '../entitlement.ts';
import { resourcesOverlap } from '../policy/pattern-overlap.ts';
import { containsAction } from '../session-policy/glob.ts';
import { type Judged, MOST_WANTED, type Wanted } from '../usage.ts';
import type { GrantRead } from './merge-uses.ts';

type Growing = Omit<Wanted, 'calls' | 'grants'> & { calls: number; readonly grants: Set<string> };

/**
 * Refused calls that no statement allows or denies: most calls first. A statement that allows the call under a condition,
 * or for another value of a parameter, allows it. The caller chooses what it calls: only so many different calls are
 * compared with the statements, those with most refusals, and each once for all grants.
 */
export function wantedOf(
  statements: readonly Statement[],
  grants: readonly GrantRead[],
): Pick<Judged, 'wanted' | 'wantedLeftOut'> {
  const refused = refusedIn(grants).toSorted(
    (one, other) => other.calls - one.calls || (keyOf(one) < keyOf(other) ? -1 : 1),
  );
  return {
    wanted: refused
      .slice(0, MOST_WANTED)
      .filter(({ action, resource }) => !concerns(statements, action, resource))
      .map((one): Wanted => ({ ...one, grants: one.grants.size })),
    wantedLeftOut: Math.max(0, refused.length - MOST_WANTED),
  };
}

/** By action and resource; without one where the record does not tell it. */
function refusedIn(grants: readonly GrantRead[]): readonly Growing[] {
  const found = new Map<string, Growing>();
  const add = (grant: string, action: string, resource: string | null, calls: number) => {
    const key = keyOf({ action, resource });
    const known = found.get(key) ?? { action, resource, calls: 0, grants: new Set() };
    known.calls += calls;
    known.grants.add(grant);
    found.set(key, known);
  };
  for (const { id, usage } of grants) {
    for (const { action, refused, resources } of usage?.actions ?? []) {
      if (refused === 0) continue;
      const named = resources.filter((one) => one.refused > 0);
      for (const one of named) add(id, action, one.resource, one.refused);
      const rest = refused - named.reduce((sum, one) => sum + one.refused, 0);
      if (rest > 0) add(id, action, null, rest);
    }
  }
  return [...found.values()];
}

function keyOf({ action, resource }: Pick<Wanted, 'action' | 'resource'>): string {
  return `${action} ${resource ?? ''}`;
}

/** @param resource Null for any: where some are allowed, nobody can tell. */
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
