import { type ReactNode, useId } from 'react';
import './grant.css';

type PanelProps = {
  readonly title: string;
  readonly children: ReactNode;
  /** Beside the title, such as a count. */
  readonly aside?: ReactNode;
  readonly tone?: 'plain' | 'strong';
};

/** A part of a view under its own heading. */
export function Panel({ title, children, aside, tone = 'plain' }: PanelProps) {
  const id = useId();
  return (
    <section className={`grant-panel grant-panel-${tone}`} aria-labelledby={id}>
      <div className="grant-panel-head">
        <h2 id={id}>{title}</h2>
        {aside === undefined ? null : <div className="grant-quiet">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

type Fact = readonly [name: string, value: ReactNode];

/** Names and values; what has no value is left out. */
export function Facts({ of }: { readonly of: readonly Fact[] }) {
  return (
    <dl className="grant-facts">
      {of
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
