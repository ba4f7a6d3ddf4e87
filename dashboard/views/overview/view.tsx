import './overview.css';
import { now } from '../../api/clock.ts';
import { SELDOM_MS, useRead } from '../../api/queries.ts';
import type { Me, Stats } from '../../api/types.ts';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Time } from '../../parts/time.tsx';
import { ViewFrame } from '../../parts/view-frame.tsx';
import type { Place } from '../../place.ts';
import { Card, Quiet } from './card.tsx';
import { ChoosePeriod } from './choose-period.tsx';
import { DayChart } from './day-chart.tsx';
import { Denials, Speeds, UsedEntitlements } from './figures.tsx';
import { Frozen } from './frozen.tsx';
import { Expiring, Signals } from './lists.tsx';
import { NowTiles } from './now-tiles.tsx';
import { periodOf } from './period.ts';
import { PeriodTiles } from './period-tiles.tsx';

type ViewProps = { readonly me: Me; readonly place: Place };

/** How access is used and taken away, for auditors; each number leads to what is behind it. */
export function View({ me, place: { query } }: ViewProps) {
  const period = periodOf(query, now());
  const search = new URLSearchParams({ from: period.from, to: period.to });
  const { data, error, refetch } = useRead<Stats>(`/v1/stats?${search}`, SELDOM_MS);
  return (
    <ViewFrame
      title="Overview"
      description={
        data === undefined ? (
          'Counted from the audit trail.'
        ) : (
          <>
            Counted from the audit trail up to <Time at={data.at} />.
          </>
        )
      }
    >
      {error === null ? null : <Failed error={error} retry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <Loading what="Loading the figures" />
      ) : (
        <Figures stats={data} me={me} choose={<ChoosePeriod period={period} />} />
      )}
    </ViewFrame>
  );
}

type FiguresProps = {
  readonly stats: Stats;
  readonly me: Me;
  readonly choose: React.ReactNode;
};

function Figures({ stats, me, choose }: FiguresProps) {
  const { used } = stats.breakGlass;
  const requested = stats.days.some(({ allow, approve, deny }) => allow + approve + deny > 0);
  return (
    <div className="overview">
      <Frozen roles={stats.frozenRoles} />
      <h2 className="overview-part">Right now</h2>
      <NowTiles stats={stats} me={me} />
      <div className="overview-part">
        <h2>Over time</h2>
        {choose}
      </div>
      <PeriodTiles stats={stats} />
      <div className="overview-cards">
        <Card title="Requests by day" wide>
          {requested ? (
            <DayChart days={stats.days} />
          ) : (
            <Quiet>Nobody requested anything in these days. Choose others above.</Quiet>
          )}
        </Card>
        <Card title="Entitlements">
          <UsedEntitlements of={stats.entitlements} />
        </Card>
        <Card title="Denials by policy">
          <Denials of={stats.denialsByPolicy} />
        </Card>
        <Speeds stats={stats} />
        <Card title="Ends within 15 minutes">
          <Expiring grants={stats.expiringSoon} />
        </Card>
        <Card title="Signals" note={used > 0 ? `Break-glass was used ${used} times.` : undefined}>
          <Signals signals={stats.signals} />
        </Card>
      </div>
    </div>
  );
}
