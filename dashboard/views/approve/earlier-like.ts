import type { Grant } from '../../api/types.ts';

const SHOWN = 5;

/** The decided ones of the same entitlement: first those of the same requester, then those with the same parameters. */
export function earlierLike(grant: Grant, others: readonly Grant[]): readonly Grant[] {
  const likeness = (other: Grant): number =>
    Number(other.requester.id === grant.requester.id) * 2 +
    Number(JSON.stringify(other.parameters) === JSON.stringify(grant.parameters));
  return others
    .filter(({ id, entitlement, status }) => {
      return id !== grant.id && entitlement === grant.entitlement && status !== 'pending';
    })
    .toSorted((a, b) => likeness(b) - likeness(a))
    .slice(0, SHOWN);
}
