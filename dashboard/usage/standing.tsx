import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import { noteOf, STANDINGS, type Standing, standingOf } from './in-words.ts';

const TYPES: Readonly<Record<Standing, StatusIndicatorProps.Type>> = {
  used: 'success',
  unused: 'stopped',
  unknown: 'warning',
  refused: 'error',
};

/** Whether an action was used; why it is unknown stands below. */
export function StandingOf({ action }: { readonly action: Parameters<typeof noteOf>[0] }) {
  const standing = standingOf(action);
  const note = noteOf(action);
  return (
    <>
      <StatusIndicator type={TYPES[standing]}>{STANDINGS[standing]}</StatusIndicator>
      {note === null ? null : <span className="usage-note">{note}</span>}
    </>
  );
}
