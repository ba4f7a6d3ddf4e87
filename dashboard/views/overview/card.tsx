import { type ReactNode, useId } from 'react';

type CardProps = {
  readonly title: string;
  readonly note?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
};

export function Card({ title, note, wide = false, children }: CardProps) {
  const id = useId();
  return (
    <section className={`overview-card${wide ? ' wide' : ''}`} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {note === undefined ? null : <p className="overview-note">{note}</p>}
      {children}
    </section>
  );
}

/** Where there is nothing to draw. */
export function Quiet({ children }: { readonly children: ReactNode }) {
  return <p className="overview-quiet">{children}</p>;
}
