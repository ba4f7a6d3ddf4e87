import { useNow } from '../../api/clock.ts';
import type { Grant, Me } from '../../api/types.ts';
import { Risk } from '../../grant/risk.tsx';
import { voteOf, type Waiting, waitingOf } from '../../grant/waiting.ts';
import { Countdown, fromNow } from '../../parts/time.tsx';
import { linkTo } from '../../place.ts';
import type { Titles } from './use-titles.ts';

type ListProps = {
  readonly grants: readonly Grant[];
  readonly titles: Titles;
  readonly me: Me;
  readonly chosen: string | null;
};

/** The requests that wait, newest first, each a link to itself. */
export function RequestList({ grants, titles, me, chosen }: ListProps) {
  return (
    <ul className="approve-list" aria-label="Requests that wait for your vote">
      {grants.map((grant) => (
        <li key={grant.id}>
          <a
            id={rowId(grant.id)}
            href={linkTo('approve', { grant: grant.id })}
            aria-current={grant.id === chosen ? 'true' : undefined}
          >
            <Row grant={grant} titles={titles} me={me} />
          </a>
        </li>
      ))}
    </ul>
  );
}

export function rowId(grant: string): string {
  return `request-${grant}`;
}

function Row({ grant, titles, me }: Pick<ListProps, 'titles' | 'me'> & { readonly grant: Grant }) {
  const now = useNow();
  const waiting = waitingOf(grant, now);
  const known = titles.get(grant.entitlement);
  return (
    <>
      <span className="approve-row-top">
        <strong>{grant.requester.name}</strong>
        <span className="grant-quiet">{fromNow(waiting?.askedAt ?? grant.createdAt, now)}</span>
      </span>
      <span className="approve-row-title">{known?.title ?? grant.entitlement}</span>
      <span className="approve-row-bottom grant-quiet">
        {known === undefined ? <span>&nbsp;</span> : <Risk of={known.risk} />}
        {waiting === null ? null : <Facts waiting={waiting} voter={me.id} />}
      </span>
    </>
  );
}

function Facts({ waiting, voter }: { readonly waiting: Waiting; readonly voter: string }) {
  const { lapsesAt } = waiting.approvals;
  const voted = voteOf(waiting.approvals, voter);
  return (
    <>
      {waiting.kind === 'extension' ? <span className="approve-tag">Extension</span> : null}
      {voted === null ? null : (
        <span className="approve-tag">{voted === 'approve' ? 'You approved' : 'You denied'}</span>
      )}
      {lapsesAt === null ? null : (
        <span>
          lapses in <Countdown until={lapsesAt} />
        </span>
      )}
    </>
  );
}
