import type { ReactNode } from 'react';

type TileProps = {
  readonly label: string;
  readonly value: ReactNode;
  /** Where the list behind the number is. */
  readonly href?: string;
  readonly note?: ReactNode;
  /** Somebody has to do something. */
  readonly loud?: boolean;
  readonly children?: ReactNode;
};

/** A number and what it counts, which is the way to the list behind it. */
export function Tile({ label, value, href, note, loud = false, children }: TileProps) {
  const number = <span className="overview-number">{value}</span>;
  return (
    <li className={`overview-tile${loud ? ' loud' : ''}`}>
      {href === undefined ? (
        <span className="overview-way">
          <span className="overview-label">{label}</span>
          {number}
        </span>
      ) : (
        <a className="overview-way" href={href}>
          <span className="overview-label">{label}</span>
          {number}
        </a>
      )}
      {children}
      <span className="overview-note">{note}</span>
    </li>
  );
}
