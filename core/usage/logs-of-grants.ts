import { groupBy } from '../group-by.ts';
import type { Logs } from './covers.ts';
import type { KeptUsage } from './usage-store.ts';

/** More are no settings of trails, but something that changes them all the time. */
const MOST_LOGS = 20;

/** The different logs that the grants were read in: trails change, and roles have their accounts. */
export function logsOfGrants(kept: readonly KeptUsage[]): readonly Logs[] {
  const same = [...groupBy(kept, ({ logs }) => JSON.stringify(logs)).values()];
  if (same.length > MOST_LOGS) return [{ trails: null, accounts: null, regions: null }];
  return same.flatMap((grants) => {
    const [first] = grants;
    if (first === undefined) return [];
    return { ...first.logs, from: Math.min(...grants.map(({ of }) => of.from)) };
  });
}
