import type { Grant } from '../grant.ts';
import type { Instant } from '../instant.ts';

/** How many grants are in a state now, as the sum of what each of them was last counted as. */
export type Gauges = {
  readonly active: number;
  readonly pending: number;
  /** When each review of a break-glass grant is due. */
  readonly reviewsDue: ReadonlyMap<string, Instant>;
};

export const NO_GAUGES: Gauges = { active: 0, pending: 0, reviewsDue: new Map() };

/** What a version of a grant is counted as. */
export type CountedAs = {
  readonly status: 'active' | 'pending' | 'other';
  readonly version: number;
};

/** What was never counted. */
export const UNCOUNTED: CountedAs = { status: 'other', version: 0 };

export function countedAs({ status, version }: Pick<Grant, 'status' | 'version'>): CountedAs {
  return { status: status === 'active' || status === 'pending' ? status : 'other', version };
}

/**
 * Whether the grant, as it was read, is later than what it is counted as. A first vend makes a scheduled grant active in
 * the same version.
 */
export function isLater(grant: Grant, counted: CountedAs): boolean {
  if (grant.version > counted.version) return true;
  const begun = grant.status === 'active' && counted.status !== 'active';
  return begun && grant.version === counted.version;
}

/** The gauges with the grant as it is now instead of as it was counted before. */
export function recount(gauges: Gauges, grant: Grant, before: CountedAs): Gauges {
  const { status: now } = countedAs(grant);
  const change = (status: 'active' | 'pending'): number =>
    Number(now === status) - Number(before.status === status);
  const reviewsDue = new Map(gauges.reviewsDue);
  if (grant.review?.status === 'due') reviewsDue.set(grant.id, grant.review.dueAt);
  else reviewsDue.delete(grant.id);
  return {
    active: gauges.active + change('active'),
    pending: gauges.pending + change('pending'),
    reviewsDue,
  };
}
