import type { Stats } from '../../api/types.ts';
import { linkTo } from '../../place.ts';
import { Sparkline } from './sparkline.tsx';
import { Tile } from './tile.tsx';

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });

type Day = Stats['days'][number];

/** What happened in the chosen days, with how it went from day to day. */
export function PeriodTiles({ stats }: { readonly stats: Stats }) {
  const { days, outcomes, automaticShare } = stats;
  const of = (count: (day: Day) => number): readonly number[] => days.map(count);
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
  const asked = of(({ allow, approve, deny }) => allow + approve + deny);
  const counts: readonly (readonly [string, readonly number[], string])[] = [
    ['Requests', asked, linkTo('decisions')],
    ['Denied', of(({ deny }) => deny), linkTo('decisions', { status: 'denied' })],
    ['Keys vended', of(({ vends }) => vends), linkTo('grants')],
    ['Revoked', of(({ revoked }) => revoked), linkTo('grants', { status: 'revoked' })],
  ];
  return (
    <ul className="overview-tiles">
      {counts.map(([label, values, href]) => (
        <Tile key={label} label={label} value={sum(values).toLocaleString()} href={href}>
          <Sparkline values={values} />
        </Tile>
      ))}
      <Tile
        label="Automatic"
        value={automaticShare === null ? '–' : percent.format(automaticShare)}
        href={linkTo('decisions')}
        note={`${(outcomes.approve).toLocaleString()} needed a person`}
      />
    </ul>
  );
}
