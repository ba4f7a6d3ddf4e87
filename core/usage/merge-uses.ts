import type { Instant } from '../instant.ts';
import type { Calls, GrantUsage } from '../usage.ts';

/** A grant to judge by, with what was called under it. */
export type GrantRead = {
  readonly id: string;
  /** Id and name of the requester. */
  readonly principal: string;
  readonly name: string;
  readonly from: Instant;
  /** When it ended; null while it runs, and while calls may be missing because it has just ended. */
  readonly until: Instant | null;
  /** Null where its calls were not read, or are not kept any more. */
  readonly usage: GrantUsage | null;
};

/**
 * Whether all its calls are known: what is not among them was not called. They are not while it runs, or where the logs
 * lack the vend of its keys.
 */
export function isRead({ until, usage }: Pick<GrantRead, 'until' | 'usage'>): boolean {
  return until !== null && usage !== null && usage.vends !== 0;
}

/** The calls of one action under all grants. */
export type Uses = Calls & {
  readonly action: string;
  /** Grants under which a call had the permission, and principals who made one. */
  readonly grants: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
  /** Whether calls were answered before anybody asked for permissions: what they needed is not proven. */
  readonly unproven: boolean;
};

type Growing = {
  action: string;
  calls: number;
  refused: number;
  readonly grants: Set<string>;
  readonly principals: Set<string>;
  unproven: boolean;
};

/** By the action in lower case: IAM ignores its case. */
export function usesOf(grants: readonly GrantRead[]): ReadonlyMap<string, Uses> {
  const uses = new Map<string, Growing>();
  for (const { id, principal, usage } of grants) {
    for (const { action, calls, refused, unproven = 0 } of usage?.actions ?? []) {
      const known = uses.get(action.toLowerCase()) ?? begin(action);
      uses.set(action.toLowerCase(), known);
      known.calls += calls;
      known.refused += refused;
      known.unproven ||= calls === 0 || unproven > 0;
      if (calls <= refused) continue;
      known.grants.add(id);
      known.principals.add(principal);
    }
  }
  return uses;
}

function begin(action: string): Growing {
  return {
    ...{ action, calls: 0, refused: 0 },
    ...{ grants: new Set(), principals: new Set(), unproven: false },
  };
}
