import type { ReactNode } from 'react';

type ViewFrameProps = {
  /** The one `h1` of the view. */
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** The heading of a view, what can be done here, and its parts one below the other. */
export function ViewFrame({ title, description, actions, children }: ViewFrameProps) {
  return (
    <div className="view">
      <div className="heading">
        <div>
          <h1>{title}</h1>
          {description === undefined ? null : <p>{description}</p>}
        </div>
        {actions === undefined ? null : <div className="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
