import { useNow } from '../../api/clock.ts';
import type { Grant, Me } from '../../api/types.ts';
import { Asked } from '../../grant/asked.tsx';
import { Decided } from '../../grant/decided.tsx';
import { History } from '../../grant/history.tsx';
import { Risk } from '../../grant/risk.tsx';
import { SessionPolicy } from '../../grant/session-policy.tsx';
import { isOwn, useEntitlementOf, useGrant } from '../../grant/use-grant.ts';
import { VotePanel } from '../../grant/vote-panel.tsx';
import { Votes } from '../../grant/votes.tsx';
import { waitingOf } from '../../grant/waiting.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Status } from '../../parts/status.tsx';
import { linkToGrant } from '../../place.ts';
import { Earlier } from './earlier.tsx';

type RequestProps = { readonly id: string; readonly me: Me; readonly onVoted: () => void };

/** One request, with everything that a vote needs. */
export function Request({ id, me, onVoted }: RequestProps) {
  const { grant, error, missing, retry } = useGrant(id);
  const entitlement = useEntitlementOf(grant);
  if (missing) {
    return <p className="empty">There is no such request, or you may not see it any more.</p>;
  }
  if (grant === undefined || entitlement === undefined) {
    return error == null ? (
      <Loading what="Loading the request" />
    ) : (
      <Failed error={error} retry={retry} />
    );
  }
  return (
    <>
      {error == null ? null : <Failed error={error} retry={retry} />}
      <Head grant={grant} title={entitlement.title} risk={entitlement.risk} />
      <Body key={id} grant={grant} me={me} {...entitlement} onVoted={onVoted} />
    </>
  );
}

type Known = { readonly grant: Grant; readonly title: string; readonly risk: string | null };

function Head({ grant, title, risk }: Known) {
  return (
    <div className="approve-head">
      <h2>{title}</h2>
      <div className="approve-head-facts">
        <Status of={grant.status} />
        {risk === null ? null : <Risk of={risk} />}
        <a href={linkToGrant(grant.id)}>Open the grant</a>
      </div>
    </div>
  );
}

type BodyProps = Known & { readonly me: Me; readonly onVoted: () => void };

function Body({ grant, me, title, risk, onVoted }: BodyProps) {
  const waiting = waitingOf(grant, useNow());
  const decided = waiting ?? grant;
  const extended = waiting?.kind === 'extension';
  return (
    <>
      {waiting === null ? (
        <p role="status">
          Nothing of it waits for votes any more. <a href={linkToGrant(grant.id)}>See the grant</a>
        </p>
      ) : null}
      <Asked grant={grant} waiting={waiting} />
      {isOwn(grant, me) ? (
        <p>This is your own request. Somebody else has to vote on it.</p>
      ) : (
        <VotePanel grant={grant} me={me} title={title} risk={risk} onVoted={onVoted} />
      )}
      <Votes
        title={extended ? 'Votes on the extension' : 'Votes'}
        approvals={decided.approvals}
        open={waiting !== null}
      />
      <SessionPolicy policy={grant.details?.sessionPolicy} />
      <History grant={grant} />
      <Decided decision={decided.decision} />
      <Earlier grant={grant} me={me} />
    </>
  );
}
