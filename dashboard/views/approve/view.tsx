import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import type { Me } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import type { Place } from '../../place.ts';
import { RequestList } from './list.tsx';
import { Request } from './request.tsx';
import { ShortcutHelp } from './shortcut-help.tsx';
import { useChosen } from './use-chosen.ts';
import { useLetters } from './use-letters.ts';
import { useQueue } from './use-queue.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useTitles } from './use-titles.ts';
import './approve.css';

const ENOUGH = 25;

type ViewProps = { readonly me: Me; readonly place: Place };

/** The requests that wait for the person's vote: the list, and the chosen one beside it. */
export function View({ me, place }: ViewProps) {
  const [enough, setEnough] = useState(ENOUGH);
  const queue = useQueue(enough);
  const grants = queue.data?.grants ?? [];
  const titles = useTitles(grants);
  const [letters, setLetters] = useLetters();
  const { chosen, act, afterVote } = useChosen(place, grants);
  useShortcuts(letters, act);

  if (queue.data === undefined) {
    return (
      <ViewFrame title="Approve">
        {queue.error === null ? (
          <Loading what="Looking for requests that you may vote on" />
        ) : (
          <Failed error={queue.error} retry={() => void queue.refetch()} />
        )}
      </ViewFrame>
    );
  }
  return (
    <ViewFrame
      title="Approve"
      description="Requests and extensions that wait for your vote, newest first."
    >
      {queue.error === null ? null : (
        <Failed error={queue.error} retry={() => void queue.refetch()} />
      )}
      <div className="approve-above">
        <p role="status">{countInWords(grants.length, queue.data.more)}</p>
        {grants.length === 0 ? null : <ShortcutHelp on={letters} onChange={setLetters} />}
      </div>
      {grants.length === 0 && chosen === null ? (
        <Empty />
      ) : (
        <div className="approve-split">
          <div className="approve-side">
            <RequestList grants={grants} titles={titles} me={me} chosen={chosen} />
            {queue.data.more ? (
              <Button
                loading={queue.isFetching && queue.isPlaceholderData}
                onClick={() => setEnough(enough + ENOUGH)}
              >
                Show more
              </Button>
            ) : null}
          </div>
          <div className="approve-main" id="chosen-request">
            {chosen === null ? null : <Request id={chosen} me={me} onVoted={afterVote} />}
          </div>
        </div>
      )}
    </ViewFrame>
  );
}

function Empty() {
  return (
    <div className="empty" id="nothing-waits" tabIndex={-1}>
      <h2>Nothing waits for your vote</h2>
      <p>
        Requests that policy lets you vote on appear here by themselves. What you voted on stays in
        the list of its grant; policy may also ask for a second factor before it shows you a
        request.
      </p>
      <a href="#/">Go to My access</a>
    </div>
  );
}

function countInWords(count: number, more: boolean): string {
  if (count === 0) return more ? 'None among the latest requests. Look further below.' : '';
  return `${count}${more ? ' or more' : ''} ${count === 1 && !more ? 'waits' : 'wait'} for your vote`;
}
