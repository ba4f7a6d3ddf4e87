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

/** What a grant is counted as; what was never counted counts as `other`. */
export type CountedAs = 'active' | 'pending' | 'other';

export function countedAs({ status }: Pick<Grant, 'status'>): CountedAs {
  return status === 'active' || status === 'pending' ? status : 'other';
}

/** The gauges with the grant as it is now instead of as it was counted before. */
export function recount(gauges: Gauges, grant: Grant, before: CountedAs): Gauges {
  const now = countedAs(grant);
  const change = (status: 'active' | 'pending'): number =>
    Number(now === status) - Number(before === status);
  const reviewsDue = new Map(gauges.reviewsDue);
  if (grant.review?.status === 'due') reviewsDue.set(grant.id, grant.review.dueAt);
  else reviewsDue.delete(grant.id);
  return {
    active: gauges.active + change('active'),
    pending: gauges.pending + change('pending'),
    reviewsDue,
  };
}
