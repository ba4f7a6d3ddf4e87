import { type ReactNode, useId } from 'react';

type CardProps = {
  readonly title: string;
  /** Beside the title: a countdown, a status. */
  readonly aside: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** One grant. */
export function Card({ title, aside, actions, children }: CardProps) {
  const id = useId();
  return (
    <article className="mine-card" aria-labelledby={id}>
      <div className="mine-card-head">
        <h3 id={id}>{title}</h3>
        <div className="mine-card-aside">{aside}</div>
      </div>
      {children}
      {actions === undefined ? null : <div className="mine-card-actions">{actions}</div>}
    </article>
  );
}
