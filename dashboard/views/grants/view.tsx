import Button from '@cloudscape-design/components/button';
import Table from '@cloudscape-design/components/table';
import type { Grant, GrantPage, Me } from '../../api/types.ts';
import { DownloadBar } from '../../lists/download-bar.tsx';
import { FilterBar } from '../../lists/filter-bar.tsx';
import { type ListPlace, listPlaceOf } from '../../lists/list-place.ts';
import { News } from '../../lists/news.tsx';
import { Nothing } from '../../lists/nothing.tsx';
import { Pager } from '../../lists/pager.tsx';
import { type Download, useDownload } from '../../lists/use-download.ts';
import { goToPlace, useList } from '../../lists/use-list.ts';
import { Failed } from '../../parts/failed.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import type { Place } from '../../place.ts';
import { columnsOf } from './columns.tsx';
import { GRANTS_HEAD, grantRecord } from './grants-csv.ts';

const CALL = '/v1/grants';

const CSV: Download<GrantPage> = {
  ...{ format: 'CSV', file: 'grants.csv', type: 'text/csv;charset=utf-8', head: GRANTS_HEAD },
  linesOf: ({ grants }) => grants.map(grantRecord),
};

type ViewProps = { readonly me: Me; readonly place: Place };

/** Every grant there is, for auditors and administrators, a page at a time. */
export function View({ me, place: { query } }: ViewProps) {
  const place = listPlaceOf(query);
  const go = (next: ListPlace): void => goToPlace('grants', next);
  const list = useList<GrantPage, Grant>(CALL, place, ({ grants, nextCursor }) => ({
    rows: grants,
    next: nextCursor,
  }));
  const downloads = useDownload<GrantPage>(CALL, place.filter);
  const { rows, next, loading, error, refresh } = list;
  return (
    <ViewFrame
      title="All grants"
      description="Every request for access, newest first, whatever became of it."
      actions={
        <Button
          iconName="download"
          disabled={downloads.running !== null}
          onClick={() => downloads.start(CSV)}
        >
          Download CSV
        </Button>
      }
    >
      <FilterBar me={me} place={place} go={go} seen={rows} />
      <DownloadBar downloads={downloads} one="grant" />
      {error === null ? null : <Failed error={error} retry={refresh} />}
      <div className={`list-rows${loading && rows.length > 0 ? ' stale' : ''}`} aria-busy={loading}>
        <Table
          variant="container"
          contentDensity="compact"
          wrapLines
          stickyHeader
          trackBy="id"
          items={rows}
          loading={loading && rows.length === 0}
          loadingText="Loading grants…"
          columnDefinitions={columnsOf(place, list.gone)}
          ariaLabels={{ tableLabel: 'Grants' }}
          empty={<Nothing place={place} next={next} go={go} what="grants" />}
          filter={
            <Pager {...{ place, next, loading, go, refresh }}>
              <News list={list} one="grant" />
            </Pager>
          }
        />
      </div>
    </ViewFrame>
  );
}
