import { byteLength } from '../text.ts';
import { type ActionUse, type GrantUsage, MOST_RESOURCES, type ResourceUse } from '../usage.ts';
import type { Trail } from './trail.ts';

/** An item of the table has at most 400 KB, and a report of an entitlement reads many. */
export const MOST_BYTES = 100_000;
const MOST_TRAIL_BYTES = 20_000;

/**
 * The usage as it is kept. Where it is too long, fewer resources are named, in steps down to none; actions all stay,
 * because one that is missing would count as unused.
 */
export function boundUsage(usage: GrantUsage): GrantUsage {
  for (let count = MOST_RESOURCES; count > 0; count = Math.floor(count / 2)) {
    const fewer = withResources(usage, count);
    if (bytesOf(fewer) <= MOST_BYTES) return fewer;
  }
  return withResources(usage, 0);
}

function withResources(usage: GrantUsage, count: number): GrantUsage {
  return { ...usage, actions: usage.actions.map((action) => named(action, count)) };
}

function named(action: ActionUse, count: number): ActionUse {
  const { resources, otherResources } = action;
  if (resources.length <= count) return action;
  const left = resources.length - count;
  return {
    ...action,
    resources: shown(resources, count),
    otherResources: otherResources + left,
  };
}

/** As `fold-action.ts` chooses them: up to half of the places are for those with most refused calls. */
function shown(all: readonly ResourceUse[], count: number): readonly ResourceUse[] {
  const refused = all
    .filter((one) => one.refused > 0)
    .toSorted((a, b) => b.refused - a.refused)
    .slice(0, Math.floor(count / 2));
  const others = busiest(all.filter((one) => !refused.includes(one)));
  return busiest([...refused, ...others.slice(0, count - refused.length)]);
}

function busiest(all: readonly ResourceUse[]): readonly ResourceUse[] {
  return all.toSorted((a, b) => b.calls - a.calls);
}

/** Settings that are too long to keep count as not read: then nothing is called unused. */
export function boundTrails(trails: readonly Trail[] | null): readonly Trail[] | null {
  return bytesOf(trails) > MOST_TRAIL_BYTES ? null : trails;
}

function bytesOf(value: unknown): number {
  return byteLength(JSON.stringify(value));
}
