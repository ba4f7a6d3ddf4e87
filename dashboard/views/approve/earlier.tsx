import { SELDOM_MS, useRead } from '../../api/queries.ts';
import type { Grant, GrantPage, Me } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';
import { Failed } from '../../parts/failed.tsx';
import { Status } from '../../parts/status.tsx';
import { Time } from '../../parts/time.tsx';
import { linkTo, linkToGrant } from '../../place.ts';
import { earlierLike } from './earlier-like.ts';

/** How earlier requests like this one ended: those that the person may see. */
export function Earlier({ grant, me }: { readonly grant: Grant; readonly me: Me }) {
  const seesAll = me.may.length > 0;
  const query = { entitlement: grant.entitlement, voted: seesAll ? null : 'me', limit: '50' };
  const path = `/v1/grants${linkTo('', query).slice('#/'.length)}`;
  const { data, error } = useRead<GrantPage>(path, SELDOM_MS);
  const found = earlierLike(grant, data?.grants ?? []);
  return (
    <Panel
      title="Earlier requests like this"
      aside={seesAll ? 'of everybody' : 'that you voted on'}
    >
      {error === null ? null : <Failed error={error} />}
      {data === undefined ? (
        <p className="grant-quiet">Loading…</p>
      ) : found.length === 0 ? (
        <p className="grant-quiet">None that you may see.</p>
      ) : (
        <ul className="approve-earlier">
          {found.map((other) => (
            <li key={other.id}>
              <Status of={other.status} />
              <a href={linkToGrant(other.id)}>
                {other.requester.name}, <Time at={other.createdAt} />
              </a>
              <span className="grant-quiet">{other.justification}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
