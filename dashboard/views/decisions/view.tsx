import './decisions.css';
import Button from '@cloudscape-design/components/button';
import type { DecisionPage, Me } from '../../api/types.ts';
import { DownloadBar } from '../../lists/download-bar.tsx';
import { FilterBar } from '../../lists/filter-bar.tsx';
import { type ListPlace, listPlaceOf } from '../../lists/list-place.ts';
import { News } from '../../lists/news.tsx';
import { Nothing } from '../../lists/nothing.tsx';
import { Pager } from '../../lists/pager.tsx';
import { useDownload } from '../../lists/use-download.ts';
import { goToPlace, type List, useList } from '../../lists/use-list.ts';
import { counted } from '../../parts/counted.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import type { Place } from '../../place.ts';
import { DecisionRow, type Recorded } from './decision-row.tsx';
import { DECISIONS_CSV, DECISIONS_LINES } from './files.ts';

const CALL = '/v1/decisions';

type Row = Recorded & { readonly id: string; readonly createdAt: string };

type ViewProps = { readonly me: Me; readonly place: Place };

/** Every decision with what the policy engine saw, for auditors. */
export function View({ me, place: { query } }: ViewProps) {
  const place = listPlaceOf(query);
  const go = (next: ListPlace): void => goToPlace('decisions', next);
  const list = useList<DecisionPage, Row>(CALL, place, ({ decisions, nextCursor }) => ({
    rows: decisions.map((one) => ({ ...one, id: one.grantId, createdAt: one.at })),
    next: nextCursor,
  }));
  const downloads = useDownload<DecisionPage>(CALL, place.filter);
  const busy = downloads.running !== null;
  const { rows, next, loading, error, refresh } = list;
  const download = (what: typeof DECISIONS_CSV) => (
    <Button
      key={what.format}
      iconName="download"
      disabled={busy}
      onClick={() => downloads.start(what)}
    >
      Download {what.format}
    </Button>
  );
  return (
    <ViewFrame
      title="Decisions"
      description="What policy said to each request, and everything it saw."
      actions={[DECISIONS_CSV, DECISIONS_LINES].map(download)}
    >
      <FilterBar me={me} place={place} go={go} seen={rows} />
      <Marked place={place} rows={rows} go={go} />
      <DownloadBar downloads={downloads} one="decision" />
      {error === null ? null : <Failed error={error} retry={refresh} />}
      <div className="decisions">
        <Pager {...{ place, next, loading, go, refresh }}>
          <News list={list} one="decision" />
        </Pager>
        <Decisions list={list} place={place} go={go} />
      </div>
    </ViewFrame>
  );
}

type DecisionsProps = {
  readonly list: List<Row>;
  readonly place: ListPlace;
  readonly go: (place: ListPlace) => void;
};

function Decisions({ list: { rows, next, loading, error }, place, go }: DecisionsProps) {
  if (rows.length === 0) {
    if (loading) return <Loading what="Loading decisions" />;
    return error === null ? <Nothing place={place} next={next} go={go} what="decisions" /> : null;
  }
  return (
    <table
      className={`list-rows${loading ? ' stale' : ''}`}
      aria-label="Decisions"
      aria-busy={loading}
    >
      <thead>
        <tr>
          <th scope="col">When, grant</th>
          <th scope="col">Outcome</th>
          <th scope="col">Requester</th>
          <th scope="col">Entitlement</th>
          <th scope="col">Policies</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <DecisionRow key={row.id} of={row} place={place} />
        ))}
      </tbody>
    </table>
  );
}

/** The server filters by status, requester and entitlement. A policy is marked, so that no row is missed unseen. */
function Marked({
  place,
  rows,
  go,
}: Omit<DecisionsProps, 'list'> & { readonly rows: readonly Row[] }) {
  const { policy } = place;
  if (policy === null) return null;
  const found = rows.filter(({ decision }) => decision.policies.includes(policy)).length;
  return (
    <div className="list-news">
      <p>
        {found} of the {counted(rows.length, 'decision')} on this page {found === 1 ? 'is' : 'are'}{' '}
        by <strong>{policy}</strong>, marked below. The list cannot be filtered by policy.
      </p>
      <Button variant="inline-link" onClick={() => go({ ...place, policy: null })}>
        Mark nothing
      </Button>
    </div>
  );
}
