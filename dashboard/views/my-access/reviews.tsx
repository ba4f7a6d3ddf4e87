import Alert from '@cloudscape-design/components/alert';
import type { Grant } from '../../api/types.ts';
import { Time } from '../../parts/time.tsx';
import { linkToGrant } from '../../place.ts';

type ReviewsProps = { readonly grants: readonly Grant[] };

/** The person's own break-glass uses that wait for their review. */
export function Reviews({ grants }: ReviewsProps) {
  if (grants.length === 0) return null;
  return (
    <Alert type="warning" header="A break-glass use waits for its review">
      <ul className="mine-reviews">
        {grants.map(({ id, justification, review }) => (
          <li key={id}>
            <a href={linkToGrant(id)}>{justification || id}</a>, due{' '}
            <Time at={review?.dueAt ?? null} />
          </li>
        ))}
      </ul>
      Somebody else has to review it: send them the link. While a review is overdue, you get no
      break-glass.
    </Alert>
  );
}
