import { type KeyboardEvent, useRef, useState } from 'react';
import type { Stats } from '../../api/types.ts';
import { outcomeInWords } from '../../parts/status.tsx';
import { linkTo } from '../../place.ts';
import { DayTable } from './day-table.tsx';
import { dayInWords, shortDay } from './days.ts';
import { roundUp } from './scale.ts';

type Day = Stats['days'][number];

export const OUTCOMES = ['allow', 'approve', 'deny'] as const;

/** The requests of each day by decision. Arrow keys go from day to day; each day leads to its own figures. */
export function DayChart({ days }: { readonly days: readonly Day[] }) {
  const all = (day: Day): number => day.allow + day.approve + day.deny;
  const top = roundUp(Math.max(0, ...days.map(all)));
  const [first, middle, last] = [days[0], days[Math.floor(days.length / 2)], days.at(-1)];
  const labels = days.length > 6 ? [first, middle, last] : days;
  return (
    <>
      <Legend />
      <div className="overview-chart">
        <div className="axis" aria-hidden="true">
          {[top, top / 2, 0].map((value) => (
            <span key={value}>{value.toLocaleString()}</span>
          ))}
        </div>
        <Columns days={days} top={top} />
        <div className="labels" aria-hidden="true">
          {labels.map((day) => day && <span key={day.date}>{shortDay(day.date)}</span>)}
        </div>
      </div>
      <DayTable days={days} />
    </>
  );
}

function Legend() {
  return (
    <ul className="overview-legend">
      {OUTCOMES.map((outcome) => (
        <li key={outcome}>
          <span className={`swatch ${outcome}`} />
          {outcomeInWords(outcome)}
        </li>
      ))}
    </ul>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** One stop of the Tab key, whatever the number of days. */
function Columns({ days, top }: { readonly days: readonly Day[]; readonly top: number }) {
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const current = days.findIndex(({ date }) => date === chosen);
  const stop = current === -1 ? days.length - 1 : current;
  const move = (event: KeyboardEvent): void => {
    const ends: Readonly<Record<string, number>> = { Home: 0, End: days.length - 1 };
    const step = STEPS[event.key];
    const to = ends[event.key] ?? (step === undefined ? null : stop + step);
    if (to === null || days[to] === undefined) return;
    event.preventDefault();
    setChosen(days[to].date);
    list.current?.querySelectorAll('a')[to]?.focus();
  };
  return (
    <ul className="columns" ref={list} aria-label="Requests of each day" onKeyDown={move}>
      {days.map((day, index) => (
        <li key={day.date}>
          <a
            href={linkTo('overview', { from: day.date, to: day.date })}
            aria-label={dayInWords(day)}
            tabIndex={index === stop ? 0 : -1}
            onFocus={() => setChosen(day.date)}
          >
            {OUTCOMES.toReversed().map((outcome) => (
              <span
                key={outcome}
                className={`part ${outcome}`}
                style={{ height: `${(100 * day[outcome]) / top}%` }}
              />
            ))}
            <span className={`tip${index > days.length / 2 ? ' left' : ''}`}>
              {dayInWords(day)}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
