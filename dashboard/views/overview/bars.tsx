import type { ReactNode } from 'react';

export type Bar = {
  readonly name: string;
  readonly value: number;
  /** The value in words, where it is no plain number. */
  readonly text?: string;
  readonly href?: string;
  readonly more?: ReactNode;
};

/** Horizontal bars, each with its name and its number as text: nothing is in the picture alone. */
export function Bars({ bars, label }: { readonly bars: readonly Bar[]; readonly label: string }) {
  const top = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ul className="overview-bars" aria-label={label}>
      {bars.map(({ name, value, text, href, more }) => (
        <li key={name}>
          <span className="name">
            {href === undefined ? (
              name
            ) : (
              <a className="overview-a" href={href}>
                {name}
              </a>
            )}
          </span>
          <span className="value">{text ?? value.toLocaleString()}</span>
          <span className="track">
            <span className="fill" style={{ width: `${(100 * value) / top}%` }} />
          </span>
          {more === undefined ? null : <span className="more">{more}</span>}
        </li>
      ))}
    </ul>
  );
}
