import { groupBy } from '../group-by.ts';
import type { EntitlementUsage, PrincipalUse } from '../usage.ts';
import { type Judging, judge } from './judge.ts';
import { type GrantRead, isRead, usesOf } from './merge-uses.ts';

export type EntitlementToJudge = {
  readonly entitlement: string;
  readonly days: number;
  /** All that began within the days, also those whose calls were not read. */
  readonly grants: readonly GrantRead[];
};

/** What of an entitlement was used under its grants, and by whom. */
export function judgeEntitlement(
  judging: Judging,
  { entitlement, days, grants }: EntitlementToJudge,
): EntitlementUsage {
  return {
    ...judge(judging, grants),
    ...{ entitlement, days, grants: grants.length },
    idle: grants.filter(isIdle).length,
    unread: grants.filter((grant) => !isRead(grant)).length,
    principals: [...groupBy(grants, ({ principal }) => principal).values()]
      .flatMap(principalUse)
      .toSorted(
        (one, other) => other.calls - one.calls || (one.principal < other.principal ? -1 : 1),
      ),
  };
}

function principalUse(grants: readonly GrantRead[]): readonly PrincipalUse[] {
  const last = grants.at(-1);
  if (last === undefined) return [];
  const usages = grants.flatMap(({ usage }) => usage ?? []);
  const uses = usages.flatMap((usage) => usage.last ?? []);
  const actions = [...usesOf(grants).values()].filter((use) => use.grants.size > 0);
  return [
    {
      ...{ principal: last.principal, name: last.name, grants: grants.length },
      idle: grants.filter(isIdle).length,
      actions: actions.length,
      calls: usages.reduce((sum, { calls }) => sum + calls, 0),
      refused: usages.reduce((sum, { refused }) => sum + refused, 0),
      lastUse: uses.length === 0 ? null : Math.max(...uses),
    },
  ];
}

/** Calls of which nothing is proven are calls. */
function isIdle(grant: GrantRead): boolean {
  const { usage } = grant;
  if (usage === null || !isRead(grant)) return false;
  return usage.calls === 0 && usage.actions.length === 0 && usage.unmapped.length === 0;
}
