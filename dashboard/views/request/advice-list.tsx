import Button from '@cloudscape-design/components/button';
import { inDuration, Time } from '../../parts/time.tsx';
import { type Change, readAdvice } from './advice.ts';

type AdviceListProps = {
  readonly advice: readonly string[];
  readonly onChange: (change: Change) => void;
};

/** What would have a better outcome; a click does it, where the form can. */
export function AdviceList({ advice, onChange }: AdviceListProps) {
  if (advice.length === 0) return null;
  return (
    <div>
      <h3>What would help</h3>
      <ul className="request-advice">
        {advice.map(readAdvice).map(({ text, change }) => {
          const label = change === null ? null : labelOf(change);
          return (
            <li key={text}>
              <span>
                {text}
                {change?.kind === 'wait' ? (
                  <>
                    {' '}
                    That is <Time at={change.until} /> your time. Asking then is what counts, not a
                    later start.
                  </>
                ) : null}
              </span>
              {change === null || label === null ? null : (
                <Button formAction="none" onClick={() => onChange(change)}>
                  {label}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function labelOf(change: Change): string | null {
  switch (change.kind) {
    case 'duration':
      return `Use ${inDuration(change.seconds)}`;
    case 'second-factor':
      return 'Sign in again';
    case 'ticket':
      return 'Name a ticket';
    case 'narrow':
      return 'Narrow it';
    case 'instead':
      return `Use ${change.entitlement}`;
    case 'wait':
      return null;
  }
}
