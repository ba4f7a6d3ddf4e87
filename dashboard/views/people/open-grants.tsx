import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Status } from '../../parts/status.tsx';
import { Countdown } from '../../parts/time.tsx';
import { linkTo, linkToGrant } from '../../place.ts';
import type { OpenGrants } from './use-open-grants.ts';

/** What a principal has now: what an order would end, and what still runs after one. */
export function OpenGrantList({
  of,
  principal,
}: {
  readonly of: OpenGrants;
  readonly principal: string;
}) {
  const { grants, isMore, error, retry } = of;
  if (grants === null) {
    if (error !== null) return <Failed error={error} retry={retry} />;
    return <Loading what="Reading what it has" />;
  }
  return (
    <div className="people-open">
      <h2>What it has now</h2>
      {grants.length === 0 ? (
        <p className="people-quiet">Nothing runs, waits or is scheduled.</p>
      ) : (
        <ul className="people-list">
          {grants.map(({ id, status, entitlement, justification, expiresAt }) => (
            <li key={id}>
              <span className="status">
                <Status of={status} />
              </span>
              <span className="what">
                <a className="list-a" href={linkToGrant(id)}>
                  {entitlement}
                </a>
                <span className="list-id">{justification}</span>
              </span>
              {status === 'active' && expiresAt !== null ? <Countdown until={expiresAt} /> : null}
            </li>
          ))}
        </ul>
      )}
      <p className="people-quiet">
        {isMore ? 'There are more than these. ' : ''}
        <a className="list-a" href={linkTo('grants', { requester: principal })}>
          All its grants, also those that ended
        </a>
      </p>
    </div>
  );
}
