import type { ReactNode } from 'react';
import { useNow } from '../../api/clock.ts';
import type { Grant, Me } from '../../api/types.ts';
import { Asked } from '../../grant/asked.tsx';
import { Decided } from '../../grant/decided.tsx';
import { History } from '../../grant/history.tsx';
import { SessionPolicy } from '../../grant/session-policy.tsx';
import { VotePanel } from '../../grant/vote-panel.tsx';
import { Votes } from '../../grant/votes.tsx';
import { waitingOf } from '../../grant/waiting.ts';
import { Failed } from '../../parts/failed.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import { actionsFor } from './actions.ts';
import { Buttons } from './buttons.tsx';
import { Command } from './command.tsx';
import { ExtensionWaits } from './extension-waits.tsx';
import { Keys } from './keys.tsx';
import { MatchCode } from './match-code.tsx';
import { Review } from './review.tsx';
import { Sessions } from './sessions.tsx';
import { Summary } from './summary.tsx';
import { Timeline } from './timeline.tsx';
import { Usage } from './usage.tsx';
import { hasBegun } from './usage-when.ts';
import { useTrail } from './use-trail.ts';

type PageProps = {
  readonly grant: Grant;
  readonly me: Me;
  readonly title: string;
  readonly risk: string | null;
  readonly own: boolean;
  /** What to say where the grant could not be read again. */
  readonly stale: ReactNode;
  readonly onSuspended: () => void;
};

/** The parts of the view: what matters now on top, then the facts, then the story. */
export function Page({ grant, me, title, risk, own, stale, onSuspended }: PageProps) {
  const now = useNow();
  const trail = useTrail(grant);
  const actions = actionsFor(grant, me, now);
  const waiting = waitingOf(grant, now);
  const events = trail.data?.events ?? [];
  return (
    <ViewFrame
      title={title}
      actions={<Buttons grant={grant} actions={actions} onSuspended={onSuspended} />}
    >
      <Summary grant={grant} risk={risk} />
      {stale}
      <div className="grant-view-columns">
        <div className="grant-view-main">
          {own && waiting !== null ? <MatchCode grant={grant} waiting={waiting} /> : null}
          {own && grant.extension !== null ? <ExtensionWaits grant={grant} /> : null}
          {actions.includes('command') ? <Command grant={grant} /> : null}
          <Asked grant={grant} waiting={waiting} />
          {own ? null : (
            <VotePanel key={grant.id} grant={grant} me={me} title={title} risk={risk} />
          )}
          {grant.review === null ? null : (
            <Review grant={grant} review={grant.review} open={actions.includes('review')} />
          )}
          <SessionPolicy policy={grant.details?.sessionPolicy} />
        </div>
        <div className="grant-view-side">
          <Keys grant={grant} events={events} />
          {grant.extension === null ? null : (
            <Votes
              title="Votes on the extension"
              approvals={grant.extension.approvals}
              open={waiting?.kind === 'extension'}
            />
          )}
          {grant.approvals.required === 0 ? null : (
            <Votes title="Votes" approvals={grant.approvals} open={waiting?.kind === 'request'} />
          )}
          <History grant={grant} />
          <Decided decision={grant.extension?.decision ?? grant.decision} />
          <Sessions grant={grant} events={events} />
        </div>
      </div>
      {hasBegun(grant) ? <Usage grant={grant} /> : null}
      {trail.error === null ? null : (
        <Failed error={trail.error} retry={() => void trail.refetch()} />
      )}
      <Timeline grant={grant} events={trail.data?.events} />
    </ViewFrame>
  );
}
