import { goTo, linkTo } from '../../place.ts';
import { type Period, PRESETS } from './period.ts';

/** Which days: some up to today, or any two. */
export function ChoosePeriod({ period }: { readonly period: Period }) {
  const { from, to, days } = period;
  const choose = (changed: { readonly from?: string; readonly to?: string }): void => {
    const next = { from, to, ...changed };
    if (next.from !== '' && next.to !== '') goTo(linkTo('overview', next));
  };
  return (
    <fieldset className="overview-period">
      <legend>Days, in UTC</legend>
      <span className="presets">
        {PRESETS.map((one) => (
          <a
            key={one}
            href={linkTo('overview', { days: String(one) })}
            aria-current={one === days ? 'true' : undefined}
          >
            {one} days
          </a>
        ))}
      </span>
      <label>
        From
        <input
          type="date"
          value={from}
          max={to}
          onChange={({ target }) => choose({ from: target.value })}
        />
      </label>
      <label>
        To
        <input
          type="date"
          value={to}
          min={from}
          onChange={({ target }) => choose({ to: target.value })}
        />
      </label>
    </fieldset>
  );
}
