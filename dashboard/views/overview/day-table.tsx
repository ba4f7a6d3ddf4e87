import type { Stats } from '../../api/types.ts';
import { shortDay } from './days.ts';

const COLUMNS = [
  ['allow', 'Allowed at once'],
  ['approve', 'Needs approval'],
  ['deny', 'Denied'],
  ['vends', 'Keys vended'],
  ['revoked', 'Revoked'],
  ['signals', 'Signals'],
] as const;

/** The same days as numbers, the latest first. */
export function DayTable({ days }: { readonly days: readonly Stats['days'][number][] }) {
  return (
    <details className="overview-details">
      <summary>Show as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the keyboard. */}
      <section className="scroll" tabIndex={0} aria-label="Figures of each day">
        <table>
          <thead>
            <tr>
              <th scope="col">Day</th>
              {COLUMNS.map(([key, name]) => (
                <th key={key} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.date}>
                <th scope="row">{shortDay(day.date)}</th>
                {COLUMNS.map(([key]) => (
                  <td key={key}>{day[key].toLocaleString()}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
